use crate::matrix::Matrix;
use crate::team::{Cancelled, Team};
use field::F3;
use hash::{Batch, Digest, LANES};

const LEAF_TAG: u64 = 0x6C_6F6F_6D00;
const NODE_TAG: u64 = 0x6C_6F6F_6D01;

/// Leaves or nodes hashed in one work item.
const CHUNK: usize = 512;

/// A Merkle tree with everything that openings need (section 4.3).
pub struct Tree {
    /// `layers[0]` are the leaves' digests, the last layer is the cap.
    layers: Vec<Vec<Digest>>,
}

impl Tree {
    /// Commits to several matrices of one proof; `matrices` by ascending table id.
    ///
    /// # Errors
    /// When cancelled.
    pub fn of_matrices(team: &Team, blowup: u32, matrices: &[&Matrix]) -> Result<Self, Cancelled> {
        let mut heights: Vec<u32> = matrices.iter().map(|matrix| matrix.log_height).collect();
        heights.sort_unstable();
        heights.dedup();
        let mut below: Vec<Digest> = Vec::new();
        for height in heights {
            let class: Vec<&Matrix> = matrices.iter().copied().filter(|matrix| matrix.log_height == height).collect();
            let rows = 1usize << (height + blowup);
            let mut digests = vec![[0; 32]; rows];
            let repeat = if below.is_empty() { 0 } else { (rows / below.len()).trailing_zeros() };
            team.each(digests.chunks_mut(CHUNK).enumerate(), |(chunk, out)| {
                for (group, out) in out.chunks_mut(LANES).enumerate() {
                    let at = |lane: usize| (chunk * CHUNK + group * LANES + lane).min(rows - 1);
                    let mut batch = Batch::new();
                    batch.push_all(LEAF_TAG);
                    if !below.is_empty() {
                        batch.push_digests(|lane| &below[at(lane) >> repeat]);
                    }
                    push_rows(&mut batch, &class, at);
                    out.copy_from_slice(&batch.finish()[..out.len()]);
                }
            })?;
            below = digests;
        }
        Self::of_leaves(team, below)
    }

    /// Commits to a layer of FRI: leaves of eight consecutive values.
    ///
    /// # Errors
    /// When cancelled.
    pub fn of_layer(team: &Team, values: &[F3]) -> Result<Self, Cancelled> {
        let leaves = values.len() / 8;
        let mut digests = vec![[0; 32]; leaves];
        team.each(digests.chunks_mut(CHUNK).enumerate(), |(chunk, out)| {
            for (group, out) in out.chunks_mut(LANES).enumerate() {
                let at = |lane: usize| (chunk * CHUNK + group * LANES + lane).min(leaves - 1);
                let mut batch = Batch::new();
                batch.push_all(LEAF_TAG);
                for i in 0..8 {
                    for k in 0..3 {
                        batch.push(&std::array::from_fn(|lane| values[8 * at(lane) + i].0[k].value()));
                    }
                }
                out.copy_from_slice(&batch.finish()[..out.len()]);
            }
        })?;
        Self::of_leaves(team, digests)
    }

    fn of_leaves(team: &Team, leaves: Vec<Digest>) -> Result<Self, Cancelled> {
        let mut layers = vec![leaves];
        while layers.last().is_some_and(|layer| layer.len() > 32) {
            let below = &layers[layers.len() - 1];
            let mut nodes = vec![[0; 32]; below.len() / 2];
            team.each(nodes.chunks_mut(CHUNK).enumerate(), |(chunk, out)| {
                for (group, out) in out.chunks_mut(LANES).enumerate() {
                    let first = chunk * CHUNK + group * LANES;
                    let mut batch = Batch::new();
                    batch.push_all(NODE_TAG);
                    batch.push_digests(|lane| &below[2 * (first + lane)]);
                    batch.push_digests(|lane| &below[2 * (first + lane) + 1]);
                    out.copy_from_slice(&batch.finish()[..out.len()]);
                }
            })?;
            layers.push(nodes);
        }
        Ok(Self { layers })
    }

    /// log2 of the number of leaves.
    pub fn height(&self) -> u32 {
        self.layers[0].len().trailing_zeros()
    }

    /// The layer of min(32, leaves) nodes.
    pub fn cap(&self) -> &[Digest] {
        self.layers.last().expect("a tree has leaves")
    }

    /// The siblings of a leaf from the bottom up to below the cap.
    pub fn path(&self, leaf: usize) -> impl Iterator<Item = &Digest> {
        self.layers[..self.layers.len() - 1].iter().enumerate().map(move |(level, layer)| &layer[(leaf >> level) ^ 1])
    }
}

/// Appends row `at(lane)` of every matrix to each message.
fn push_rows(batch: &mut Batch, class: &[&Matrix], at: impl Fn(usize) -> usize) {
    for matrix in class {
        for (t, tile) in matrix.tiles.iter().enumerate() {
            let rows: [&field::Row; LANES] = std::array::from_fn(|lane| &tile[at(lane)]);
            for column in 0..(matrix.width - 8 * t).min(8) {
                batch.push(&std::array::from_fn(|lane| rows[lane].0[column].value()));
            }
        }
    }
}
