#[cfg(test)]
use crate::cheat::Cheat;
use crate::commitment::commit;
use crate::committed::Committed;
use crate::costs::{Costs, EXTENDED, FRACTION, HASHED, committed};
use crate::deep::{self, Extent, Group};
use crate::domain::{omega, shift};
use crate::evaluate::Point;
use crate::fri::{Fri, row_of};
use crate::logup::aux;
use crate::matrix::{Matrix, extend, interpolate, spread_alone};
use crate::ntt::Twiddles;
use crate::open::{self, grind};
use crate::preprocessed::Preprocessed;
use crate::progress::Reporter;
use crate::quotient::quotient;
use crate::team::{Phase, Team};
use crate::{Error, Options, Prepared, memory};
use air::chips::lut;
use air::logup::Aux;
use air::{Challenges, Table, Trace, Witness};
use field::{Cubic, F3, Goldilocks, Row};
use proto::{
    Claim, Heights, Image, Layout, MIN_LOG_HEIGHT, ParameterSet, Receipt, SegmentProof, TableWidths, Transcript, Tree, Widths,
    encode_digests, encode_elements, encode_proof,
};
use std::sync::Arc;

/// Rows of one work item that is little work.
const PIECE: usize = 1 << 12;

/// The widths of the tables.
pub fn widths() -> Widths {
    let widths = |table: Table| TableWidths {
        main: table.main_width(),
        prep: table.prep_width(),
        interactions: table.interactions(),
        constraints: table.constraints(),
    };
    Widths(Table::ALL.map(widths).to_vec())
}

/// Proves that a witness holds, in one segment (section 4). The claim is not checked against it: what does not hold gives a receipt that the
/// verifier refuses.
///
/// # Errors
/// Everything in [`Error`] but a malformed program.
pub fn prove_witness(witness: Witness, image: &Image, claim: &Claim, params: &ParameterSet, options: &Options) -> Result<Receipt, Error> {
    prove_with(
        witness,
        image,
        claim,
        params,
        options,
        #[cfg(test)]
        Cheat::None,
    )
}

/// [`prove_witness`], in tests with a dishonest prover.
pub(crate) fn prove_with(
    witness: Witness,
    image: &Image,
    claim: &Claim,
    params: &ParameterSet,
    options: &Options,
    #[cfg(test)] cheat: Cheat,
) -> Result<Receipt, Error> {
    let mut traces = witness.traces;
    traces.sort_by_key(|trace| trace.table);
    let highest = traces.iter().map(Trace::log_height).max().unwrap_or(0);
    if let Some(first) = traces.first_mut().filter(|_| highest < MIN_LOG_HEIGHT) {
        first.pad(MIN_LOG_HEIGHT);
    }
    let mut heights = Heights::NONE;
    for trace in &traces {
        heights.0[usize::from(trace.table.id())] = trace.log_height() as u8;
    }
    let layout = Layout::new(*params, heights, &widths())?;
    // The lookup table is in the estimate of every run that has one; what is held of it is otherwise beside it.
    let held = if heights.get(Widths::LUT).is_none() { options.prepared.map_or(0, Prepared::bytes) } else { 0 };
    let needed = memory::estimate(&layout).saturating_add(held);
    if needed > options.memory {
        return Err(Error::Memory { needed, limit: options.memory });
    }
    let team = options.team();
    let kept = options.prepared.is_some_and(|prepared| prepared.has(params.log_blowup));
    let costs = Costs::new(&layout, !kept);
    let twiddles = Twiddles::new(&team, layout.log_domain())?;
    let prover = Prover {
        team,
        options,
        params: *params,
        twiddles: &twiddles,
        log_height: layout.log_height,
        costs,
        #[cfg(test)]
        cheat,
    };
    let proof = prover.segment(traces, heights, image, claim)?;
    Ok(Receipt { claim: *claim, proof: encode_proof(params, &[proof]) })
}

/// What every phase needs.
struct Prover<'a> {
    team: Team<'a>,
    options: &'a Options<'a>,
    params: ParameterSet,
    twiddles: &'a Twiddles,
    /// L.
    log_height: u32,
    costs: Costs,
    #[cfg(test)]
    cheat: Cheat,
}

/// Matrices under one tree.
struct Bundle {
    matrices: Vec<Matrix>,
    tree: Tree,
}

impl Bundle {
    fn views(&self) -> Vec<&Matrix> {
        self.matrices.iter().collect()
    }
}

impl Prover<'_> {
    fn begin(&self, phase: Phase, total: u64) -> Reporter<'_> {
        Reporter::begin(self.options.progress, self.costs, phase, total)
    }

    fn segment(&self, traces: Vec<Trace>, heights: Heights, image: &Image, claim: &Claim) -> Result<SegmentProof, Error> {
        let (team, params, b) = (&self.team, &self.params, self.params.log_blowup);
        let rom_cap = image.rom_cap(params.id).ok_or(Error::ParameterNotInImage { name: params.name })?;
        let (rom, lut) = self.preprocessed(&traces)?;
        // Absorbed also where the segment does not have the table.
        let lut_cap = proto::lut_cap(params);
        debug_assert!(lut.as_ref().is_none_or(|lut| lut.tree.cap() == lut_cap), "the verifier's constant is the cap of the table");
        if rom.as_ref().is_some_and(|rom| rom.tree.cap() != rom_cap) {
            return Err(Error::ImageMismatch);
        }
        let mut transcript = Transcript::begin(params, 1, claim, &[heights], rom_cap, lut_cap);

        let columns: Vec<&[Vec<Goldilocks>]> = traces.iter().map(|trace| trace.columns.as_slice()).collect();
        let widths = traces.iter().map(|trace| (trace.table.main_width(), trace.log_height()));
        let reporter = self.begin(Phase::Main, widths.map(|(width, log_height)| committed(width, log_height + b)).sum());
        let main = self.commit(&reporter, &columns)?;
        reporter.end();
        let main_cap = main.tree.cap().to_vec();
        let zeta0 = transcript.main(params, self.log_height, &encode_digests(&main_cap));
        #[cfg_attr(not(test), expect(unused_mut, reason = "dishonest provers change it"))]
        let mut bound = self.point(zeta0, &main.matrices)?.evaluate(team, &main.views())?;
        #[cfg(test)]
        self.cheat_at(&main.matrices, zeta0, &mut bound);
        #[cfg(test)]
        self.cheat.bound(&mut bound);
        transcript.bind(&encode_elements(&bound));
        let (alpha, beta) = transcript.bus_challenges();
        let mut transcript = transcript.segment(0);

        let challenges = Challenges::new(alpha, beta);
        let (aux, sums) = self.aux(&traces, &challenges)?;
        let tables: Vec<Table> = traces.iter().map(|trace| trace.table).collect();
        drop(traces);
        let aux_cap = aux.tree.cap().to_vec();
        let lambda = transcript.aux(&encode_digests(&aux_cap), &encode_elements(&sums));

        let prep_of = |table: Table| match table {
            Table::Rom => rom.as_ref().map(|rom| &rom.matrix),
            Table::Lut => lut.as_deref().map(|lut| &lut.matrix),
            _ => None,
        };
        let committed: Vec<Committed> = (0..tables.len())
            .map(|i| Committed { table: tables[i], main: &main.matrices[i], prep: prep_of(tables[i]), aux: &aux.matrices[i], sum: sums[i] })
            .collect();
        let quotient = self.quotient(&committed, &challenges, lambda)?;
        let quotient_cap = quotient.tree.cap().to_vec();
        let zeta = transcript.quotient(params, self.log_height, &encode_digests(&quotient_cap));

        let reporter = self.begin(Phase::Deep, 3);
        let next_zeta = zeta * omega(self.log_height);
        let parts = parts(&committed, &quotient.matrices[0]);
        #[cfg_attr(not(test), expect(unused_mut, reason = "dishonest provers change it"))]
        let mut ood = self.out_of_domain([zeta, next_zeta], &parts)?;
        #[cfg(test)]
        self.cheat_at(&main.matrices, zeta, &mut ood[committed.iter().filter_map(|t| t.prep).map(|m| m.width).sum()..]);
        reporter.add(1);
        let delta = transcript.out_of_domain(&encode_elements(&ood));
        let values: Vec<F3> = ood.iter().chain(&bound).copied().collect();
        let g = self.deep([zeta, next_zeta, zeta0], &parts, &values, delta)?;
        reporter.end();

        let reporter = self.begin(Phase::Fri, 1);
        let fri = Fri::new(team, self.twiddles, g, self.log_height, b, &mut transcript)?;
        reporter.end();
        let reporter = self.begin(Phase::Open, 1);
        let nonce = grind(team, &transcript, params.grinding)?;
        let positions = transcript.queries(params, self.log_height, nonce);
        let mut trees = Vec::new();
        trees.extend(rom.as_ref().map(|rom| open::Opened::new(&rom.tree, b, vec![&rom.matrix])));
        trees.extend(lut.as_deref().map(|lut| open::Opened::new(&lut.tree, b, vec![&lut.matrix])));
        trees.extend([&main, &aux, &quotient].map(|bundle| open::Opened::new(&bundle.tree, b, bundle.views())));
        let queries = positions.into_iter().map(|at| open::query(&trees, &fri, self.log_height + b, b, at)).collect();
        reporter.end();
        let fri_caps = fri.caps();
        Ok(SegmentProof {
            heights,
            main_cap,
            bound,
            aux_cap,
            sums,
            quotient_cap,
            ood,
            fri_caps,
            final_poly: fri.final_poly,
            nonce,
            queries,
        })
    }

    /// The commitments to the preprocessed tables that are present: ROM, and LUT, which an earlier proof may have left.
    fn preprocessed(&self, traces: &[Trace]) -> Result<(Option<Preprocessed>, Option<Arc<Preprocessed>>), Error> {
        let reporter = self.begin(Phase::Preprocessed, 2);
        let commit = |columns: &[Vec<Goldilocks>]| Preprocessed::new(&self.team, self.twiddles, self.params.log_blowup, columns);
        let of = |table: Table| traces.iter().find(|trace| trace.table == table);
        let rom = of(Table::Rom).map(|trace| commit(&trace.prep)).transpose()?;
        reporter.add(1);
        let make = || commit(&lut::preprocessed());
        let lut = of(Table::Lut).map(|_| match self.options.prepared {
            Some(prepared) => prepared.lut(self.params.log_blowup, make),
            None => make().map(Arc::new),
        });
        let lut = lut.transpose()?;
        reporter.end();
        Ok((rom, lut))
    }

    /// Extends and commits columns, given table by table by ascending id.
    fn commit(&self, reporter: &Reporter, columns: &[&[Vec<Goldilocks>]]) -> Result<Bundle, Error> {
        let b = self.params.log_blowup;
        #[cfg_attr(not(test), expect(unused_mut, reason = "dishonest provers change it"))]
        let mut matrices = extend(&self.team, self.twiddles, b, columns, |log_height| reporter.add(EXTENDED << (log_height + b)))?;
        #[cfg(test)]
        if reporter.phase == Phase::Main {
            self.cheat.main(&mut matrices, self.params.log_blowup);
        }
        let tree = commit(&self.team, b, &matrices.iter().collect::<Vec<_>>(), |numbers| reporter.add(HASHED * numbers))?;
        Ok(Bundle { matrices, tree })
    }

    /// The barycentric weights of a point for the heights of some matrices.
    fn point<'m>(&self, z: F3, matrices: impl IntoIterator<Item = &'m Matrix>) -> Result<Point, Error> {
        let heights = matrices.into_iter().map(|matrix| matrix.log_height);
        Ok(Point::new(&self.team, z, self.log_height, self.params.log_blowup, heights)?)
    }

    /// The LogUp columns of all tables, committed, and their sums.
    fn aux(&self, traces: &[Trace], challenges: &Challenges) -> Result<(Bundle, Vec<F3>), Error> {
        let b = self.params.log_blowup;
        let helpers = |trace: &Trace| FRACTION * (trace.height() * trace.table.interactions()) as u64;
        let total = traces.iter().map(|trace| helpers(trace) + committed(trace.table.aux_width(), trace.log_height() + b)).sum();
        let reporter = self.begin(Phase::Aux, total);
        let mut all: Vec<Aux> = Vec::with_capacity(traces.len());
        for trace in traces {
            all.push(aux(&self.team, trace, challenges)?.ok_or(Error::Degenerate)?);
            reporter.add(helpers(trace));
        }
        #[cfg(test)]
        self.cheat.aux(&mut all);
        let columns: Vec<&[Vec<Goldilocks>]> = all.iter().map(|aux| aux.columns.as_slice()).collect();
        let bundle = self.commit(&reporter, &columns)?;
        reporter.end();
        Ok((bundle, all.iter().map(|aux| aux.sum).collect()))
    }

    /// Q0 and Q1 from the values of Q on the first 2N positions, committed as six columns.
    fn quotient(&self, committed: &[Committed], challenges: &Challenges, lambda: F3) -> Result<Bundle, Error> {
        let (team, b) = (&self.team, self.params.log_blowup);
        // The polynomial that is committed to costs about as much as one table more.
        let positions = |table: &Committed| 2u64 << table.log_height();
        let own: u64 = committed.iter().map(|table| positions(table) * table.table.all_constraints() as u64).sum();
        let last = 15u64 << (self.log_height + b);
        let reporter = self.begin(Phase::Quotient, own + last);
        let values = quotient(team, committed, b, self.log_height, challenges, lambda, |table, rows| {
            reporter.add(rows * table.all_constraints() as u64);
        })?;
        let mut tile = team.map(&values, row_of)?;
        drop(values);
        interpolate(team, self.twiddles, &mut tile, shift(self.log_height + b))?;
        let n = 1usize << self.log_height;
        let (low, high) = tile.split_at(n);
        let mut data: Vec<Row> = team.map(low, |low| *low)?;
        team.each(data.chunks_mut(PIECE).zip(high.chunks(PIECE)), |(data, high)| {
            team.spend(data.len());
            data.iter_mut().zip(high).for_each(|(row, high)| row.0[3..6].copy_from_slice(&high.0[..3]));
        })?;
        spread_alone(team, self.twiddles, &mut data, b)?;
        let matrices = vec![Matrix { log_height: self.log_height, width: 6, tiles: vec![data] }];
        let tree = commit(team, b, &[&matrices[0]], |_| ())?;
        reporter.end();
        Ok(Bundle { matrices, tree })
    }

    /// The out-of-domain values in the order of section 4.5.
    fn out_of_domain(&self, points: [F3; 2], parts: &[Part]) -> Result<Vec<F3>, Error> {
        let mut values = Vec::new();
        let at =
            [self.point(points[0], parts.iter().map(|part| part.matrix))?, self.point(points[1], parts.iter().map(|part| part.matrix))?];
        let mut rest = parts.iter().filter(|part| part.point < 2).peekable();
        while let Some(part) = rest.next() {
            if part.point == 1 {
                values.extend(at[1].evaluate_three(&self.team, part.matrix, part.from)?);
                continue;
            }
            let mut matrices = vec![part.matrix];
            while let Some(part) = rest.next_if(|part| part.point == 0) {
                matrices.push(part.matrix);
            }
            values.extend(at[0].evaluate(&self.team, &matrices)?);
        }
        Ok(values)
    }

    #[cfg(test)]
    fn cheat_at(&self, main: &[Matrix], z: F3, values: &mut [F3]) {
        let first = main.iter().scan(0, |sum, matrix| Some(std::mem::replace(sum, *sum + matrix.width)));
        self.cheat.evaluated(values, &first.collect::<Vec<_>>(), z, self.log_height, self.params.log_blowup);
    }

    /// G on D_L, from its values on N positions.
    fn deep(&self, points: [F3; 3], parts: &[Part], values: &[F3], delta: F3) -> Result<Vec<F3>, Error> {
        let (team, b) = (&self.team, self.params.log_blowup);
        let mut groups = points.map(|point| Group { point, opened: Vec::new() });
        let mut exponent = 0;
        for part in parts {
            let values = &values[exponent..exponent + part.width];
            groups[part.point].opened.push(deep::Opened { matrix: part.matrix, from: part.from, values, exponent });
            exponent += part.width;
        }
        let extent = |extra: u32| Extent { log_height: self.log_height, blowup: b, extra };
        #[cfg(test)]
        if self.cheat.whole() {
            return Ok(deep::deep(team, &groups, extent(b), delta)?);
        }
        let g = deep::deep(team, &groups, extent(0), delta)?;
        let mut tile = team.map(&g, row_of)?;
        drop(g);
        interpolate(team, self.twiddles, &mut tile, shift(self.log_height + b))?;
        spread_alone(team, self.twiddles, &mut tile, b)?;
        Ok(team.map(&tile, |row| Cubic([row.0[0], row.0[1], row.0[2]]))?)
    }
}

/// Columns of one matrix opened at one point: 0 zeta, 1 the next row, 2 zeta0.
struct Part<'a> {
    point: usize,
    matrix: &'a Matrix,
    from: usize,
    width: usize,
}

/// All that is opened, in the order of the powers of delta (section 4.5): preprocessed, main, aux at zeta; accumulators at the next row;
/// Q0 and Q1 at zeta; main at zeta0.
fn parts<'a>(committed: &[Committed<'a>], quotient: &'a Matrix) -> Vec<Part<'a>> {
    let whole = |point: usize, matrix: &'a Matrix| Part { point, matrix, from: 0, width: matrix.width };
    let mut parts: Vec<Part> = committed.iter().filter_map(|table| table.prep).map(|matrix| whole(0, matrix)).collect();
    parts.extend(committed.iter().map(|table| whole(0, table.main)));
    parts.extend(committed.iter().map(|table| whole(0, table.aux)));
    parts.extend(committed.iter().map(|table| Part { point: 1, matrix: table.aux, from: 3 * table.table.helpers(), width: 3 }));
    parts.push(whole(0, quotient));
    parts.extend(committed.iter().map(|table| whole(2, table.main)));
    parts
}
