use crate::commitment::commit;
use crate::matrix::{Matrix, extend};
use crate::ntt::Twiddles;
use crate::team::{Cancelled, Team};
use field::Goldilocks;
use proto::Tree;

/// The preprocessed columns of ROM or LUT with their tree.
pub struct Preprocessed {
    /// The extension.
    pub matrix: Matrix,
    /// The tree over it alone.
    pub tree: Tree,
}

impl Preprocessed {
    /// Extends and commits columns of 2^l values.
    ///
    /// # Errors
    /// When cancelled.
    pub fn new(team: &Team, twiddles: &Twiddles, blowup: u32, columns: &[Vec<Goldilocks>]) -> Result<Self, Cancelled> {
        let matrix = extend(team, twiddles, blowup, &[columns], |_| ())?.remove(0);
        let tree = commit(team, blowup, &[&matrix], |_| ())?;
        Ok(Self { matrix, tree })
    }

    /// The memory that both take.
    pub fn bytes(&self) -> u64 {
        let rows: usize = self.matrix.tiles.iter().map(Vec::len).sum();
        let leaves = self.matrix.tiles.first().map_or(0, Vec::len);
        (64 * rows + 64 * leaves) as u64
    }
}
