use crate::merkle::{LEAF_TAG, NODE_TAG, cap_log, leaf, node};
use hash::{Batch, Digest, LANES};

/// Where the prover keeps a matrix, whatever its layout: row by row what is hashed.
pub trait Rows: Sync {
    /// Columns.
    fn width(&self) -> usize;

    /// The canonical number at (row, column).
    fn get(&self, row: usize, column: usize) -> u64;

    /// Eight consecutive rows of a column, from `first`, a multiple of 8.
    #[inline]
    fn eight(&self, first: usize, column: usize) -> [u64; LANES] {
        std::array::from_fn(|lane| self.get(first + lane, column))
    }
}

/// The digests of rows `first` to `first + out.len()` of a height class: of the tag, of what the classes below have at the row (the whole
/// layer of digests and by how much it is smaller, as a logarithm), and of the rows of its matrices. `first` is a multiple of 8.
pub fn leaf_digests(previous: Option<(&[Digest], u32)>, matrices: &[&dyn Rows], first: usize, out: &mut [Digest]) {
    assert!(first.is_multiple_of(LANES), "rows are hashed eight at a time");
    let (eights, rest) = out.as_chunks_mut::<LANES>();
    for (eight, digests) in eights.iter_mut().enumerate() {
        let row = first + LANES * eight;
        let mut batch = Batch::new();
        batch.push_all(LEAF_TAG);
        if let Some((layer, log)) = previous {
            batch.push_digests(|lane| &layer[(row + lane) >> log]);
        }
        for matrix in matrices {
            for column in 0..matrix.width() {
                batch.push(&matrix.eight(row, column));
            }
        }
        *digests = batch.finish();
    }
    let row = first + LANES * eights.len();
    for (lane, digest) in rest.iter_mut().enumerate() {
        let row = row + lane;
        let columns = matrices.iter().flat_map(|matrix| (0..matrix.width()).map(move |column| matrix.get(row, column)));
        let bytes: Vec<u8> = columns.flat_map(u64::to_le_bytes).collect();
        *digest = leaf(previous.map(|(layer, log)| &layer[row >> log]), &bytes);
    }
}

/// The digests of pairs of nodes: `out[i]` is the node above `below[2 i]` and `below[2 i + 1]`.
pub fn node_digests(below: &[Digest], out: &mut [Digest]) {
    assert!(below.len() == 2 * out.len(), "every node has two below");
    let (eights, rest) = out.as_chunks_mut::<LANES>();
    for (digests, below) in eights.iter_mut().zip(below.chunks_exact(2 * LANES)) {
        let mut batch = Batch::new();
        batch.push_all(NODE_TAG);
        batch.push_digests(|lane| &below[2 * lane]);
        batch.push_digests(|lane| &below[2 * lane + 1]);
        *digests = batch.finish();
    }
    let done = 2 * LANES * eights.len();
    for (digest, pair) in rest.iter_mut().zip(below[done..].chunks_exact(2)) {
        *digest = node(&pair[0], &pair[1]);
    }
}

/// A tree that is kept: the layers from the leaves up to the cap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    layers: Vec<Vec<Digest>>,
}

impl Tree {
    /// The tree over leaves, a power of two of them.
    pub fn from_leaves(leaves: Vec<Digest>) -> Self {
        Self::from_leaves_with(leaves, node_digests)
    }

    /// As [`Tree::from_leaves`], with `nodes` computing each layer from the one below as [`node_digests`] does, perhaps in pieces on several
    /// threads.
    pub fn from_leaves_with(leaves: Vec<Digest>, mut nodes: impl FnMut(&[Digest], &mut [Digest])) -> Self {
        assert!(leaves.len().is_power_of_two(), "a tree has a power of two of leaves");
        let height = leaves.len().trailing_zeros();
        let mut layers = vec![leaves];
        for _ in cap_log(height)..height {
            let below = layers.last().expect("there are leaves");
            let mut layer = vec![[0; 32]; below.len() / 2];
            nodes(below, &mut layer);
            layers.push(layer);
        }
        Self { layers }
    }

    /// The cap.
    pub fn cap(&self) -> &[Digest] {
        self.layers.last().expect("there are leaves")
    }

    /// The path of a leaf, from the bottom up to, but without, the cap.
    pub fn path(&self, position: usize) -> Vec<Digest> {
        let below = &self.layers[..self.layers.len() - 1];
        below.iter().enumerate().map(|(level, layer)| layer[(position >> level) ^ 1]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{Matrix, Shape};
    use crate::{Digests, encode_digests};

    struct Numbers {
        width: usize,
        seed: u64,
    }

    impl Rows for Numbers {
        fn width(&self) -> usize {
            self.width
        }

        fn get(&self, row: usize, column: usize) -> u64 {
            self.seed + 1000 * row as u64 + column as u64
        }
    }

    /// Two classes: 2^2 rows of one matrix, 2^`height` rows of two.
    fn commit(height: u32) -> (Shape, Tree, [Numbers; 3]) {
        let matrices = [Numbers { width: 3, seed: 1 }, Numbers { width: 2, seed: 2 }, Numbers { width: 9, seed: 3 }];
        let shape =
            Shape::new([(height, 0), (2, 1), (height, 2)].map(|(rows, table)| (rows, Matrix { table, width: matrices[table].width })));
        let mut small = vec![[0; 32]; 4];
        leaf_digests(None, &[&matrices[1]], 0, &mut small);
        let mut leaves = vec![[0; 32]; 1 << height];
        let (low, high) = leaves.split_at_mut(8.min(1 << height));
        leaf_digests(Some((&small, height - 2)), &[&matrices[0], &matrices[2]], 0, low);
        leaf_digests(Some((&small, height - 2)), &[&matrices[0], &matrices[2]], 8, high);
        (shape, Tree::from_leaves(leaves), matrices)
    }

    fn rows(matrices: &[Numbers; 3], height: u32, position: usize) -> Vec<u8> {
        let order = [(1, position >> (height - 2)), (0, position), (2, position)];
        let row = |(matrix, row): (usize, usize)| (0..matrices[matrix].width).map(move |column| matrices[matrix].get(row, column));
        order.into_iter().flat_map(row).flat_map(u64::to_le_bytes).collect()
    }

    #[test]
    fn every_position_opens_and_nothing_else_does() {
        for height in [3, 4, 7] {
            let (shape, tree, matrices) = commit(height);
            assert_eq!(shape.height(), height);
            assert_eq!(tree.cap().len(), shape.cap_nodes());
            let cap = encode_digests(tree.cap());
            for position in 0..1 << height {
                let rows = rows(&matrices, height, position);
                let path = encode_digests(&tree.path(position));
                let verify =
                    |position, rows: &[u8], path: &[u8], cap: &[u8]| shape.verify_path(position, rows, Digests(path), Digests(cap));
                assert!(verify(position, &rows, &path, &cap), "height {height}, position {position}");
                assert!(!verify(position ^ 1, &rows, &path, &cap));
                assert!(!verify(position + (1 << height), &rows, &path, &cap), "behind the last leaf");
                for at in (0..rows.len()).step_by(8) {
                    let mut other = rows.clone();
                    other[at] ^= 1;
                    assert!(!verify(position, &other, &path, &cap), "element {}", at / 8);
                }
                for at in (0..path.len()).step_by(32) {
                    let mut other = path.clone();
                    other[at] ^= 1;
                    assert!(!verify(position, &rows, &other, &cap), "node {}", at / 32);
                }
                assert!(!verify(position, &rows[8..], &path, &cap));
                assert!(!verify(position, &rows, &path, &cap[32..]));
            }
        }
    }

    #[test]
    fn bulk_hashing_is_hashing() {
        let numbers = Numbers { width: 5, seed: 77 };
        let mut digests = vec![[0; 32]; 19];
        leaf_digests(None, &[&numbers], 0, &mut digests);
        for (row, digest) in digests.iter().enumerate() {
            let bytes: Vec<u8> = (0..5).flat_map(|column| numbers.get(row, column).to_le_bytes()).collect();
            assert_eq!(*digest, leaf(None, &bytes));
        }
        let mut above = vec![[0; 32]; 9];
        node_digests(&digests[..18], &mut above);
        for (digest, pair) in above.iter().zip(digests.chunks_exact(2)) {
            assert_eq!(*digest, node(&pair[0], &pair[1]));
        }
    }

    #[test]
    fn a_known_tree() {
        // Two leaves of one element each, by hand: the messages of section 4.3.
        let message = |value: u64| [0x006C_6F6F_6D00_u64.to_le_bytes(), value.to_le_bytes()].concat();
        let (left, right) = (hash::digest(&message(1)), hash::digest(&message(2)));
        assert_eq!((leaf(None, &1u64.to_le_bytes()), leaf(None, &2u64.to_le_bytes())), (left, right));
        let above = [&0x006C_6F6F_6D01_u64.to_le_bytes()[..], &left, &right].concat();
        assert_eq!(node(&left, &right), hash::digest(&above));
        let chained = [&0x006C_6F6F_6D00_u64.to_le_bytes()[..], &left, &5u64.to_le_bytes()].concat();
        assert_eq!(leaf(Some(&left), &5u64.to_le_bytes()), hash::digest(&chained));
    }
}
