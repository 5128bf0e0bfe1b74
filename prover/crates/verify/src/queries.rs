use field::{F3, Goldilocks, Ring};
use proto::fri::{ARITY, Fold, LOG_ARITY, evaluate};
use proto::{Commitment, Digests, Layout, OpeningView, Point, SegmentView, domain};

/// What is wrong with a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueryError {
    /// A path.
    Path(Commitment),
    /// The value of layer 0.
    Deep,
    /// The value of this layer.
    Fold(usize),
    /// The value of the final polynomial.
    Final,
}

/// The terms of the DEEP polynomial that one tree opens: where they stand in an opening, delta^i, and the point.
struct Terms(Vec<(usize, F3, usize)>);

/// Everything about the queries of a segment that does not depend on the position.
pub(crate) struct Queries<'a> {
    layout: &'a Layout,
    segment: &'a SegmentView<'a>,
    /// The caps of the trees, in the order of the layout.
    caps: Vec<Digests<'a>>,
    /// For each tree but those of FRI.
    terms: Vec<Terms>,
    /// zeta, omega_L zeta, zeta0 with the sum of delta^i v_i over the terms at the point.
    points: [(F3, F3); 3],
    folds: Vec<Fold>,
}

impl<'a> Queries<'a> {
    /// From the challenges: `points` are zeta, omega_L zeta and zeta0; `values` the out-of-domain values, then the binding values.
    pub fn new(
        layout: &'a Layout,
        segment: &'a SegmentView<'a>,
        caps: Vec<Digests<'a>>,
        points: [F3; 3],
        values: impl Iterator<Item = F3>,
        delta: F3,
        phis: &[F3],
    ) -> Self {
        let mut points = points.map(|z| (z, F3::ZERO));
        let mut terms: Vec<Terms> = layout.trees.iter().map(|_| Terms(Vec::new())).collect();
        let mut power = F3::ONE;
        for (entry, value) in layout.deep().into_iter().zip(values) {
            let point = match entry.point {
                Point::Zeta => 0,
                Point::Next => 1,
                Point::Zeta0 => 2,
            };
            points[point].1 += power * value;
            if let Some(tree) = layout.trees.iter().position(|(commitment, _)| *commitment == entry.commitment) {
                terms[tree].0.push((entry.index, power, point));
            }
            power *= delta;
        }
        Self { layout, segment, caps, terms, points, folds: phis.iter().map(|phi| Fold::new(*phi)).collect() }
    }

    /// Checks query number `query`, which fell on `position` (section 4.7 step 8c).
    pub fn check(&self, query: usize, position: usize) -> Result<(), QueryError> {
        let log_domain = self.layout.log_domain();
        let mut sums = [F3::ZERO; 3];
        let mut leaves = Vec::with_capacity(self.folds.len());
        let mut openings = self.segment.query(self.layout, query);
        for (tree, (commitment, shape)) in self.layout.trees.iter().enumerate() {
            let error = QueryError::Path(*commitment);
            let opening = openings.next().ok_or(error)?;
            let leaf = position >> (log_domain - shape.height());
            if !shape.verify_path(leaf, opening.rows, opening.path, self.caps[tree]) {
                return Err(error);
            }
            for (index, power, point) in &self.terms[tree].0 {
                sums[*point] += *power * opening.value(*index);
            }
            if matches!(commitment, Commitment::Fri(_)) {
                leaves.push(opening);
            }
        }
        let x = domain::point(log_domain, position);
        let mut value = F3::ZERO;
        for (sum, (z, claimed)) in sums.into_iter().zip(self.points) {
            value += (sum - claimed) * (F3::from(x) - z).inverse();
        }
        self.fold(position, value, &leaves)
    }

    /// Follows a value of layer 0 down to the final polynomial.
    fn fold(&self, mut position: usize, mut value: F3, leaves: &[OpeningView<'_>]) -> Result<(), QueryError> {
        let mut log_size = self.layout.log_domain();
        for (layer, (opening, fold)) in leaves.iter().zip(&self.folds).enumerate() {
            let values: [F3; ARITY] = std::array::from_fn(|i| opening.element(i));
            if values[position % ARITY] != value {
                return Err(if layer == 0 { QueryError::Deep } else { QueryError::Fold(layer) });
            }
            let first: Goldilocks = domain::point(log_size, position - position % ARITY);
            value = fold.leaf(&values, first.inverse());
            position >>= LOG_ARITY;
            log_size -= LOG_ARITY;
        }
        let coefficients: Vec<F3> = self.segment.final_poly.iter().collect();
        let expected = evaluate(coefficients.into_iter(), domain::point(log_size, position));
        if value == expected { Ok(()) } else { Err(QueryError::Final) }
    }
}
