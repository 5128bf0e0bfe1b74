use crate::matrix::Matrix;
use crate::team::{Cancelled, Team};
use field::F3;
use hash::Digest;
use proto::{Rows, Tree, leaf_digests, node_digests};

/// Digests computed in one work item.
const CHUNK: usize = 256;

/// The Merkle tree over several matrices of one proof, given by ascending table id (section 4.3); `done` is told how many numbers were
/// hashed.
///
/// # Errors
/// When cancelled.
pub fn commit(team: &Team, blowup: u32, matrices: &[&Matrix], done: impl Fn(u64) + Sync) -> Result<Tree, Cancelled> {
    let mut heights: Vec<u32> = matrices.iter().map(|matrix| matrix.log_height).collect();
    heights.sort_unstable();
    heights.dedup();
    let mut below: Vec<Digest> = Vec::new();
    for height in heights {
        let class: Vec<&dyn Rows> =
            matrices.iter().filter(|matrix| matrix.log_height == height).map(|matrix| *matrix as &dyn Rows).collect();
        let mut digests = vec![[0; 32]; 1 << (height + blowup)];
        let previous = (!below.is_empty()).then(|| (&below[..], (digests.len() / below.len()).trailing_zeros()));
        let width: usize = class.iter().map(|rows| rows.width()).sum();
        team.each(digests.chunks_mut(CHUNK).enumerate(), |(chunk, out)| {
            team.spend(width * out.len() / 8);
            leaf_digests(previous, &class, chunk * CHUNK, out);
            done((width * out.len()) as u64);
        })?;
        below = digests;
    }
    tree(team, below)
}

/// The tree over a layer of FRI: leaves of eight consecutive values (section 4.6).
///
/// # Errors
/// When cancelled.
pub fn commit_layer(team: &Team, values: &[F3]) -> Result<Tree, Cancelled> {
    let mut digests = vec![[0; 32]; values.len() / 8];
    let layer: &dyn Rows = &Layer(values);
    team.each(digests.chunks_mut(CHUNK).enumerate(), |(chunk, out)| leaf_digests(None, &[layer], chunk * CHUNK, out))?;
    tree(team, digests)
}

fn tree(team: &Team, leaves: Vec<Digest>) -> Result<Tree, Cancelled> {
    team.check()?;
    let tree = Tree::from_leaves_with(leaves, |below, nodes| {
        // A cancelled layer stays zero; the check below notices.
        let _ = team.each(below.chunks(2 * CHUNK).zip(nodes.chunks_mut(CHUNK)), |(below, nodes)| node_digests(below, nodes));
    });
    team.check()?;
    Ok(tree)
}

/// A layer as a matrix: a row is eight values of three numbers.
struct Layer<'a>(&'a [F3]);

impl Rows for Layer<'_> {
    fn width(&self) -> usize {
        24
    }

    fn get(&self, row: usize, column: usize) -> u64 {
        self.0[8 * row + column / 3].0[column % 3].value()
    }
}
