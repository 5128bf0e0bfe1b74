use crate::fri::Fri;
use crate::matrix::Matrix;
use crate::team::{Cancelled, Team};
use proto::{Opening, Transcript, Tree};

/// A tree with the matrices that it commits to, by ascending table id.
pub struct Opened<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// log2 of its leaves.
    pub height: u32,
    /// Its matrices in hash order: classes ascending, inside a class by table id.
    matrices: Vec<&'a Matrix>,
}

impl<'a> Opened<'a> {
    /// A tree over matrices given by ascending table id.
    pub fn new(tree: &'a Tree, blowup: u32, mut matrices: Vec<&'a Matrix>) -> Self {
        matrices.sort_by_key(|matrix| matrix.log_height);
        let height = matrices.last().map_or(0, |matrix| matrix.log_height + blowup);
        Self { tree, height, matrices }
    }

    /// The opening at a position of the tree.
    fn at(&self, blowup: u32, position: usize) -> Opening {
        let row = |matrix: &&'a Matrix| matrix.row(position >> (self.height - matrix.log_height - blowup)).collect::<Vec<_>>();
        Opening { rows: self.matrices.iter().flat_map(row).collect(), path: self.tree.path(position) }
    }
}

/// The openings of one query at position `at` of D_L (section 4.6).
pub fn query(trees: &[Opened], fri: &Fri, log_domain: u32, blowup: u32, at: usize) -> Vec<Opening> {
    let mut openings: Vec<Opening> = trees.iter().map(|tree| tree.at(blowup, at >> (log_domain - tree.height))).collect();
    for (i, (values, tree)) in fri.layers.iter().enumerate() {
        let leaf = at >> (3 * (i + 1));
        let rows = values[8 * leaf..8 * leaf + 8].iter().flat_map(|value| value.0).collect();
        openings.push(Opening { rows, path: tree.path(leaf) });
    }
    openings
}

/// The smallest nonce whose proof of work has `bits` zero bits.
///
/// # Errors
/// When cancelled.
pub fn grind(team: &Team, transcript: &Transcript, bits: u32) -> Result<u64, Cancelled> {
    const BLOCK: usize = 1024;
    let nonce = team.first(|block| (block * BLOCK..(block + 1) * BLOCK).find(|nonce| transcript.accepts_work(bits, *nonce as u64)))?;
    Ok(nonce as u64)
}
