//! Matrices and their trees.
use field::Goldilocks;
use proto::merkle::Shape;
use proto::{Digest, Opening, Rows, Tree, leaf_digests};

/// The columns of one matrix, bit-reversed.
pub struct Matrix(pub Vec<Vec<Goldilocks>>);

impl Rows for Matrix {
    fn width(&self) -> usize {
        self.0.len()
    }

    fn get(&self, row: usize, column: usize) -> u64 {
        self.0[column][row].value()
    }
}

/// A committed tree with what it commits to, in hash order.
pub struct Committed<'a> {
    shape: Shape,
    matrices: Vec<&'a Matrix>,
    tree: Tree,
}

impl<'a> Committed<'a> {
    /// Commits to the matrices of a shape; `matrix` finds them by table.
    pub fn new(shape: &Shape, matrix: impl Fn(usize) -> &'a Matrix) -> Self {
        let matrices: Vec<&Matrix> = shape.matrices().map(|m| matrix(m.table)).collect();
        let (mut previous, mut rest) = (None::<(Vec<Digest>, u32)>, &matrices[..]);
        for class in &shape.classes {
            let (these, after) = rest.split_at(class.matrices.len());
            rest = after;
            let rows: Vec<&dyn Rows> = these.iter().map(|matrix| *matrix as &dyn Rows).collect();
            let mut digests = vec![[0; 32]; 1 << class.log_rows];
            let below = previous.as_ref().map(|(digests, log)| (&digests[..], class.log_rows - log));
            leaf_digests(below, &rows, 0, &mut digests);
            previous = Some((digests, class.log_rows));
        }
        let tree = Tree::from_leaves(previous.expect("a class").0);
        Self { shape: shape.clone(), matrices, tree }
    }

    /// The cap.
    pub fn cap(&self) -> Vec<Digest> {
        self.tree.cap().to_vec()
    }

    /// What a query at this position of a domain of size 2^`log_domain` opens.
    pub fn open(&self, position: usize, log_domain: u32) -> Opening {
        let heights = self.shape.classes.iter().flat_map(|class| class.matrices.iter().map(|_| class.log_rows));
        let row = |(matrix, log_rows): (&&Matrix, u32)| {
            let row = position >> (log_domain - log_rows);
            matrix.0.iter().map(|column| column[row]).collect::<Vec<_>>()
        };
        let rows = self.matrices.iter().zip(heights).flat_map(row).collect();
        Opening { rows, path: self.tree.path(position >> (log_domain - self.shape.height())) }
    }
}
