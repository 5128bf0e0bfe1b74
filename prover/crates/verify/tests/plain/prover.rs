//! The protocol of section 4 from the prover's side, as plainly as it can be written, honest or not.
use crate::commitment::{Committed, Matrix};
use crate::polynomial::{domain_points, evaluate, extend, interpolate, interpolate_coset};
use air::{Challenges, Composer, Table, Witness, logup};
use field::{Cubic, F3, Goldilocks, Ring, batch_invert};
use loom_verify::widths;
use proto::fri::{ARITY, LOG_ARITY, fold};
use proto::merkle::Shape;
use proto::{
    Claim, Commitment, Digest, Heights, Image, Layout, ParameterSet, Point, Receipt, SegmentProof, Source, Transcript, domain,
    encode_digests, encode_elements, encode_proof, lut_cap,
};

/// What a prover may do that it should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malice {
    /// Nothing.
    None,
    /// The accumulator of CPU takes S/n off in every row instead of S in the last (section 4.8).
    Averaged,
    /// The sum of CPU is published one too high.
    ShiftedSum,
    /// The first main column of CPU, the highest table here, is f + x (x^N - 1): the same trace, of degree N + 1.
    Degree,
    /// The first main column of CPU is committed as a word half of which belongs to another trace (section 4.4).
    SplitWord,
    /// The first binding value is that of another trace.
    OtherBinding,
}

/// A table: its polynomials and their values on its evaluation domain.
struct Columns {
    polynomials: Vec<Vec<Goldilocks>>,
    matrix: Matrix,
}

impl Columns {
    fn of(polynomials: Vec<Vec<Goldilocks>>, k: u32) -> Self {
        let matrix = Matrix(polynomials.iter().map(|polynomial| extend(polynomial, k)).collect());
        Self { polynomials, matrix }
    }

    fn of_trace(columns: &[Vec<Goldilocks>], k: u32) -> Self {
        Self::of(columns.iter().map(|column| interpolate(column)).collect(), k)
    }
}

/// What is the same from beginning to end.
struct Prover<'a> {
    witness: &'a Witness,
    layout: Layout,
    malice: Malice,
}

/// The cap of ROM for an image of this program.
pub fn rom_cap(columns: &[Vec<Goldilocks>], log_rows: u32, params: &ParameterSet) -> Vec<Digest> {
    let columns = Columns::of_trace(columns, log_rows + params.log_blowup);
    Committed::new(&Shape::single(log_rows + params.log_blowup, columns.matrix.0.len()), |_| &columns.matrix).cap()
}

/// The receipt for a claim about a witness.
pub fn prove(witness: &Witness, image: &Image, claim: &Claim, params: &ParameterSet, malice: Malice) -> Receipt {
    let heights = Heights(witness.heights());
    let layout = Layout::new(*params, heights, &widths()).expect("heights of a witness");
    let rom = image.rom_cap(params.id).expect("the image is for all sets");
    let transcript = Transcript::begin(params, 1, claim, &[heights], rom, lut_cap(params));
    let segment = Prover { witness, layout, malice }.prove(transcript);
    Receipt { claim: *claim, proof: encode_proof(params, &[segment]) }
}

impl Prover<'_> {
    fn shape(&self, commitment: Commitment) -> &Shape {
        self.layout.tree(commitment).expect("a tree of the layout")
    }

    /// The index of a table among the present ones.
    fn index(&self, table: usize) -> usize {
        self.layout.tables.iter().position(|(id, _)| *id == table).expect("a present table")
    }

    /// log2 of how much smaller than the segment a table is.
    fn lift(&self, index: usize) -> u32 {
        self.layout.log_height - self.layout.tables[index].1
    }

    fn prove(&self, mut transcript: Transcript) -> SegmentProof {
        let layout = &self.layout;
        let (params, log_height, log_domain) = (&layout.params, layout.log_height, layout.log_domain());
        let columns = |of: &dyn Fn(&air::Trace) -> Vec<Vec<Goldilocks>>| {
            let traces = self.witness.traces.iter().zip(&layout.tables);
            traces.map(|(trace, (_, log))| Columns::of_trace(&of(trace), log + params.log_blowup)).collect::<Vec<_>>()
        };
        let (prep, mut main) = (columns(&|trace| trace.prep.clone()), columns(&|trace| trace.columns.clone()));
        self.spoil_main(&mut main[self.index(Table::Cpu as usize)]);
        let main_tree = Committed::new(self.shape(Commitment::Main), |table| &main[self.index(table)].matrix);
        let zeta0 = transcript.main(params, log_height, &encode_digests(&main_tree.cap()));
        let mut bound = Vec::new();
        for (index, table) in main.iter().enumerate() {
            let x = domain::square_times(zeta0, self.lift(index));
            bound.extend(table.polynomials.iter().map(|polynomial| evaluate(polynomial, x)));
        }
        if self.malice == Malice::OtherBinding {
            bound[0] += F3::ONE;
        }
        transcript.bind(&encode_elements(&bound));
        let (alpha, beta) = transcript.bus_challenges();
        let challenges = Challenges::new(alpha, beta);

        let mut transcript = transcript.segment(0);
        let (aux_columns, sums) = self.aux(&challenges);
        let aux: Vec<Columns> =
            aux_columns.iter().zip(&layout.tables).map(|(columns, (_, log))| Columns::of_trace(columns, log + params.log_blowup)).collect();
        let aux_tree = Committed::new(self.shape(Commitment::Aux), |table| &aux[self.index(table)].matrix);
        let lambda = transcript.aux(&encode_digests(&aux_tree.cap()), &encode_elements(&sums));
        // Who commits to a word between two traces takes one of them for the rest.
        let plain = if self.malice == Malice::SplitWord { columns(&|trace| trace.columns.clone()) } else { Vec::new() };
        let quotient = self.quotient(&prep, if plain.is_empty() { &main } else { &plain }, &aux, &challenges, lambda, &sums);
        let quotient_tree = Committed::new(self.shape(Commitment::Quotient), |_| &quotient.matrix);
        let zeta = transcript.quotient(params, log_height, &encode_digests(&quotient_tree.cap()));

        let points = |point| match point {
            Point::Zeta => zeta,
            Point::Next => zeta * domain::omega(log_height),
            Point::Zeta0 => zeta0,
        };
        // Each term of the DEEP polynomial: its column, by how much it is lifted, its point and its value there.
        let mut terms = Vec::new();
        for entry in layout.deep() {
            let (columns, index, column) = match entry.source {
                Source::Prep(table, column) => (&prep[self.index(table)], Some(self.index(table)), column),
                Source::Main(table, column) => (&main[self.index(table)], Some(self.index(table)), column),
                Source::Aux(table, column) => (&aux[self.index(table)], Some(self.index(table)), column),
                Source::Quotient(column) => (&quotient, None, column),
            };
            let lift = index.map_or(0, |index| self.lift(index));
            let z = points(entry.point);
            let value = evaluate(&columns.polynomials[column], domain::square_times(z, lift));
            terms.push((&columns.matrix.0[column], lift, z, value));
        }
        let ood: Vec<F3> = terms.iter().take(layout.ood).map(|term| term.3).collect();
        let delta = transcript.out_of_domain(&encode_elements(&ood));
        if self.malice == Malice::OtherBinding {
            terms[layout.ood].3 += F3::ONE;
        }

        let mut layer = deep(&terms, delta, log_domain);
        let (mut layers, mut fri_caps) = (Vec::new(), Vec::new());
        for i in 0..layout.folds() {
            let log_size = log_domain - LOG_ARITY * i as u32;
            let columns = (0..3 * ARITY).map(|c| layer.chunks(ARITY).map(|leaf| leaf[c / 3].0[c % 3]).collect()).collect();
            layers.push(Matrix(columns));
            let shape = self.shape(Commitment::Fri(i as u8));
            fri_caps.push(Committed::new(shape, |_| layers.last().expect("just pushed")).cap());
            let phi = transcript.fri(i, &encode_digests(&fri_caps[i]));
            let leaves = layer.as_chunks::<ARITY>().0;
            layer = leaves.iter().enumerate().map(|(leaf, values)| fold(log_size, leaf, values, phi)).collect();
        }
        let final_poly = self.final_poly(&layer);
        transcript.final_poly(&encode_elements(&final_poly));
        let nonce = (0..).find(|nonce| transcript.accepts_work(params.grinding, *nonce)).expect("a nonce");
        let positions = transcript.queries(params, log_height, nonce);

        let trees: Vec<Committed<'_>> = layout
            .trees
            .iter()
            .map(|(commitment, shape)| match commitment {
                Commitment::Rom | Commitment::Lut => Committed::new(shape, |table| &prep[self.index(table)].matrix),
                Commitment::Main => Committed::new(shape, |table| &main[self.index(table)].matrix),
                Commitment::Aux => Committed::new(shape, |table| &aux[self.index(table)].matrix),
                Commitment::Quotient => Committed::new(shape, |_| &quotient.matrix),
                Commitment::Fri(layer) => Committed::new(shape, |_| &layers[usize::from(*layer)]),
            })
            .collect();
        let queries = positions.iter().map(|position| trees.iter().map(|tree| tree.open(*position, log_domain)).collect()).collect();
        SegmentProof {
            heights: layout.heights,
            main_cap: main_tree.cap(),
            bound,
            aux_cap: aux_tree.cap(),
            sums,
            quotient_cap: quotient_tree.cap(),
            ood,
            fri_caps,
            final_poly,
            nonce,
            queries,
        }
    }

    fn spoil_main(&self, cpu: &mut Columns) {
        match self.malice {
            Malice::Degree => {
                let n = cpu.polynomials[0].len();
                let polynomial = &mut cpu.polynomials[0];
                polynomial.resize(n + 2, Goldilocks::ZERO);
                polynomial[1] -= Goldilocks::ONE;
                polynomial[n + 1] += Goldilocks::ONE;
                cpu.matrix.0[0] = extend(polynomial, self.layout.log_domain());
            }
            Malice::SplitWord => {
                let half = cpu.matrix.0[0].len() / 2;
                // The other trace is this one plus 1 everywhere.
                cpu.matrix.0[0][..half].iter_mut().for_each(|value| *value += Goldilocks::ONE);
            }
            _ => {}
        }
    }

    /// The auxiliary columns and the sums.
    fn aux(&self, challenges: &Challenges) -> (Vec<Vec<Vec<Goldilocks>>>, Vec<F3>) {
        let (mut all, mut sums) = (Vec::new(), Vec::new());
        for trace in &self.witness.traces {
            let mut aux = logup::aux(trace, challenges).expect("no fingerprint is 0");
            let cpu = trace.table == Table::Cpu;
            if cpu && self.malice == Malice::Averaged {
                let n = trace.height();
                let share = aux.sum * Goldilocks::new(n as u64).inverse();
                let first = aux.columns.len() - 3;
                let mut taken = F3::ZERO;
                for row in 0..n {
                    (0..3).for_each(|k| aux.columns[first + k][row] -= taken.0[k]);
                    taken += share;
                }
            }
            if cpu && self.malice == Malice::ShiftedSum {
                aux.sum += F3::ONE;
            }
            all.push(aux.columns);
            sums.push(aux.sum);
        }
        (all, sums)
    }

    /// Q0 and Q1: the constraints of every table on the first 2n positions, repeated up to 2N, divided by x^N - 1.
    fn quotient(&self, prep: &[Columns], main: &[Columns], aux: &[Columns], challenges: &Challenges, lambda: F3, sums: &[F3]) -> Columns {
        let layout = &self.layout;
        let (log_height, b) = (layout.log_height, layout.params.log_blowup);
        let mut total = vec![F3::ZERO; 2 << log_height];
        let mut power = F3::ONE;
        for (index, (id, log)) in layout.tables.iter().enumerate() {
            let table = Table::from_id(*id as u8).expect("a present table");
            let composer = Composer::<Goldilocks>::new(table, challenges, lambda, sums[index], &mut power);
            let (k, n) = (log + b, Goldilocks::new(1 << log));
            let last = domain::omega(*log).inverse();
            let points = domain_points(k);
            for j in 0..2usize << log {
                let row = |columns: &Columns, row: usize| columns.matrix.0.iter().map(|column| column[row]).collect::<Vec<_>>();
                let y = points[j];
                let vanishing = y.pow(1 << log) - Goldilocks::ONE;
                let first = vanishing * (n * (y - Goldilocks::ONE)).inverse();
                let end = last * vanishing * (n * (y - last)).inverse();
                // omega_l y lies 2^b steps further on.
                let next = domain::bit_reverse((domain::bit_reverse(j, k) + (1 << b)) % (1 << k), k);
                let next = row(&aux[index], next);
                let acc = next[next.len() - 3..].try_into().expect("three columns");
                let value = composer.compose(&row(&main[index], j), &row(&prep[index], j), &row(&aux[index], j), acc, first, end);
                let repeat = 1 << (log_height - log);
                total[j * repeat..(j + 1) * repeat].iter_mut().for_each(|sum| *sum += value);
            }
        }
        for (value, x) in total.iter_mut().zip(domain_points(layout.log_domain())) {
            *value = *value * (x.pow(1 << log_height) - Goldilocks::ONE).inverse();
        }
        let parts = [0, 1, 2].map(|k| {
            let values: Vec<Goldilocks> = total.iter().map(|value| value.0[k]).collect();
            interpolate_coset(&values, domain::shift(layout.log_domain()))
        });
        let half = 1 << log_height;
        let low = parts.iter().map(|part| part[..half].to_vec());
        let high = parts.iter().map(|part| part[half..].to_vec());
        Columns::of(low.chain(high).collect(), layout.log_domain())
    }

    /// The coefficients that are sent; an honest prover's others are 0.
    fn final_poly(&self, layer: &[F3]) -> Vec<F3> {
        let h = domain::shift(layer.len().trailing_zeros());
        let parts = [0, 1, 2].map(|k| interpolate_coset(&layer.iter().map(|value| value.0[k]).collect::<Vec<_>>(), h));
        let all: Vec<F3> = (0..layer.len()).map(|i| Cubic([parts[0][i], parts[1][i], parts[2][i]])).collect();
        let (sent, rest) = all.split_at(self.layout.final_len());
        assert!(self.malice != Malice::None || rest.iter().all(|c| *c == F3::ZERO), "the DEEP polynomial has degree < N");
        sent.to_vec()
    }
}

/// The DEEP polynomial on the evaluation domain.
fn deep(terms: &[(&Vec<Goldilocks>, u32, F3, F3)], delta: F3, log_domain: u32) -> Vec<F3> {
    let mut total = vec![F3::ZERO; 1 << log_domain];
    let mut points: Vec<F3> = Vec::new();
    for term in terms {
        if !points.contains(&term.2) {
            points.push(term.2);
        }
    }
    for z in points {
        // One numerator for each height, then all together.
        let mut sums: Vec<Vec<F3>> = (0..=log_domain).map(|_| Vec::new()).collect();
        let mut power = F3::ONE;
        for (column, lift, point, value) in terms {
            if *point == z {
                let sum = &mut sums[*lift as usize];
                sum.resize(column.len(), F3::ZERO);
                sum.iter_mut().zip(*column).for_each(|(sum, x)| *sum += power * (F3::from(*x) - *value));
            }
            power *= delta;
        }
        let mut denominators: Vec<F3> = domain_points(log_domain).into_iter().map(|x| F3::from(x) - z).collect();
        assert!(batch_invert(&mut denominators, &mut Vec::new()), "z is outside the domain");
        for (j, inverse) in denominators.into_iter().enumerate() {
            let sum = sums.iter().enumerate().filter(|(_, sum)| !sum.is_empty()).fold(F3::ZERO, |all, (lift, sum)| all + sum[j >> lift]);
            total[j] += sum * inverse;
        }
    }
    total
}
