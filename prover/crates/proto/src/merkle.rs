//! Merkle trees over matrices of different heights (section 4.3).
use crate::params::CAP_LOG;
use crate::wire::{DIGEST, Digests};
use hash::{Digest, Sha256};

/// The tag that leaf messages begin with.
pub const LEAF_TAG: u64 = 0x006C_6F6F_6D00;

/// The tag that node messages begin with.
pub const NODE_TAG: u64 = 0x006C_6F6F_6D01;

/// log2 of the nodes of the cap of a tree of this height: min(5, height).
pub const fn cap_log(height: u32) -> u32 {
    if height < CAP_LOG { height } else { CAP_LOG }
}

/// The digest of a row, or of a row with the digest that the classes below it have.
pub fn leaf(previous: Option<&Digest>, row: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    hash.update(&LEAF_TAG.to_le_bytes());
    if let Some(previous) = previous {
        hash.update(previous);
    }
    hash.update(row);
    hash.finish()
}

/// The digest of two nodes.
pub fn node(left: &Digest, right: &Digest) -> Digest {
    let mut message = [0; 72];
    message[..8].copy_from_slice(&NODE_TAG.to_le_bytes());
    message[8..40].copy_from_slice(left);
    message[40..].copy_from_slice(right);
    hash::digest(&message)
}

/// A matrix in a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Whose columns these are; 0 in trees that are no table's (QUOT, FRI).
    pub table: usize,
    /// Columns.
    pub width: usize,
}

/// The matrices of one height.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// log2 of their rows, blowup included.
    pub log_rows: u32,
    /// The matrices by table id.
    pub matrices: Vec<Matrix>,
}

impl Class {
    /// Columns of all matrices of the class.
    pub fn width(&self) -> usize {
        self.matrices.iter().map(|matrix| matrix.width).sum()
    }
}

/// Which matrices a tree commits to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The height classes, ascending.
    pub classes: Vec<Class>,
}

impl Shape {
    /// The shape of matrices with the logarithms of their rows, given by ascending table id. Matrices without columns do not count.
    pub fn new(matrices: impl IntoIterator<Item = (u32, Matrix)>) -> Self {
        let mut classes: Vec<Class> = Vec::new();
        for (log_rows, matrix) in matrices.into_iter().filter(|(_, matrix)| matrix.width > 0) {
            match classes.iter_mut().find(|class| class.log_rows == log_rows) {
                Some(class) => class.matrices.push(matrix),
                None => classes.push(Class { log_rows, matrices: vec![matrix] }),
            }
        }
        classes.sort_by_key(|class| class.log_rows);
        Self { classes }
    }

    /// The shape of one matrix that is no table's.
    pub fn single(log_rows: u32, width: usize) -> Self {
        Self::new([(log_rows, Matrix { table: 0, width })])
    }

    /// log2 of the leaves.
    pub fn height(&self) -> u32 {
        self.classes.last().map_or(0, |class| class.log_rows)
    }

    /// Nodes of the cap.
    pub fn cap_nodes(&self) -> usize {
        1 << cap_log(self.height())
    }

    /// Nodes of a path: from the bottom up to, but without, the cap.
    pub fn path_nodes(&self) -> usize {
        (self.height() - cap_log(self.height())) as usize
    }

    /// Elements that an opening reveals: one row of every matrix.
    pub fn width(&self) -> usize {
        self.classes.iter().map(Class::width).sum()
    }

    /// The matrices in the order that rows are hashed and opened in: classes ascending, inside a class by table id.
    pub fn matrices(&self) -> impl Iterator<Item = Matrix> + '_ {
        self.classes.iter().flat_map(|class| &class.matrices).copied()
    }

    /// Whether `rows` (an opening: the encoded rows of all matrices in hash order) and `path` lead from `position` to the cap.
    pub fn verify_path(&self, position: usize, rows: &[u8], path: Digests<'_>, cap: Digests<'_>) -> bool {
        if rows.len() != 8 * self.width() || path.len() != self.path_nodes() || cap.len() != self.cap_nodes() {
            return false;
        }
        let (mut digest, mut rest) = (None, rows);
        for class in &self.classes {
            let (row, after) = rest.split_at(8 * class.width());
            digest = Some(leaf(digest.as_ref(), row));
            rest = after;
        }
        let Some(mut digest) = digest else { return false };
        let mut index = position;
        for sibling in path.iter() {
            digest = if index & 1 == 0 { node(&digest, sibling) } else { node(sibling, &digest) };
            index >>= 1;
        }
        cap.get(index) == Some(&digest)
    }
}

/// Bytes of a digest in a proof.
pub const DIGEST_BYTES: usize = DIGEST;
