use crate::commitment::commit_layer;
use crate::domain::{omega, reversed_powers, shift};
use crate::matrix::interpolate;
use crate::ntt::Twiddles;
use crate::team::{Cancelled, Team};
use field::{Cubic, F3, Goldilocks, Row, batch_invert};
use hash::Digest;
use proto::fri::{ARITY, Fold, LOG_ARITY, final_log, folds};
use proto::{Transcript, Tree, encode_digests, encode_elements};

/// Leaves in one work item.
const CHUNK: usize = 1024;

/// The layers of FRI (section 4.6).
pub struct Fri {
    /// Values of layer i on D_(L-3i), bit-reversed, and their tree.
    pub layers: Vec<(Vec<F3>, Tree)>,
    /// The coefficients of the last polynomial, lowest degree first.
    pub final_poly: Vec<F3>,
}

impl Fri {
    /// Folds G, given on D_L, r times; steps 8 and 9 of the transcript.
    ///
    /// # Errors
    /// When cancelled.
    pub fn new(
        team: &Team,
        twiddles: &Twiddles,
        mut values: Vec<F3>,
        log_height: u32,
        blowup: u32,
        transcript: &mut Transcript,
    ) -> Result<Self, Cancelled> {
        let mut layers = Vec::new();
        for layer in 0..folds(log_height) {
            let tree = commit_layer(team, &values)?;
            let phi = transcript.fri(layer, &encode_digests(tree.cap()));
            let next = fold(team, &values, phi)?;
            layers.push((values, tree));
            values = next;
        }
        let log_size = final_log(log_height);
        let mut tile: Vec<Row> = values[..1 << log_size].iter().map(row_of).collect();
        interpolate(team, twiddles, &mut tile, shift(log_size + blowup))?;
        let final_poly: Vec<F3> = tile.iter().map(|row| Cubic([row.0[0], row.0[1], row.0[2]])).collect();
        transcript.final_poly(&encode_elements(&final_poly));
        Ok(Self { layers, final_poly })
    }

    /// The caps of the layers.
    pub fn caps(&self) -> Vec<Vec<Digest>> {
        self.layers.iter().map(|(_, tree)| tree.cap().to_vec()).collect()
    }
}

/// An element as the first three columns of a tile.
pub fn row_of(value: &F3) -> Row {
    let mut row = Row::default();
    row.0[..3].copy_from_slice(&value.0);
    row
}

fn fold(team: &Team, values: &[F3], phi: F3) -> Result<Vec<F3>, Cancelled> {
    let fold = Fold::new(phi);
    let log_size = values.len().trailing_zeros();
    // Leaf j begins at position 8 j, where the first three bits of the exponent's reverse are 0.
    let mut folded = team.zeros::<F3>(values.len() / ARITY)?;
    let points = reversed_powers(team, shift(log_size), omega(log_size), log_size - LOG_ARITY)?;
    team.each_with(
        folded.chunks_mut(CHUNK).zip(values.chunks(ARITY * CHUNK)).zip(points.chunks(CHUNK)),
        || (Vec::<Goldilocks>::new(), Vec::new()),
        |(inverses, products), ((out, values), points)| {
            team.spend(ARITY * points.len());
            inverses.clear();
            inverses.extend_from_slice(points);
            let invertible = batch_invert(inverses, products);
            debug_assert!(invertible, "no point is zero");
            for ((out, leaf), inverse) in out.iter_mut().zip(values.as_chunks::<ARITY>().0).zip(inverses.iter()) {
                *out = fold.leaf(leaf, *inverse);
            }
        },
    )?;
    Ok(folded)
}
