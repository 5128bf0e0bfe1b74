use crate::outlined::Outlined;
use air::{Challenges, Table, compose};
use field::{F3, Goldilocks, Ring, Tower};
use proto::{Layout, Widths, domain};

/// What the identity needs besides the layout.
pub(crate) struct Claimed<'a> {
    /// The out-of-domain values, as many as the layout says.
    pub ood: &'a [F3],
    /// The published sums of the present tables.
    pub sums: &'a [F3],
    /// alpha and beta.
    pub challenges: &'a Challenges,
    /// lambda.
    pub lambda: F3,
    /// zeta, outside the trace domain.
    pub zeta: F3,
}

/// Takes the out-of-domain values from the front, group by group.
struct Groups<'a>(&'a [Outlined]);

impl<'a> Groups<'a> {
    fn take(&mut self, count: usize) -> &'a [Outlined] {
        let (head, rest) = self.0.split_at_checked(count).unwrap_or((self.0, &[]));
        self.0 = rest;
        head
    }
}

/// Whether Num(zeta) = (zeta^N - 1)(Q0(zeta) + zeta^N Q1(zeta)) (section 4.7 step 8a).
pub(crate) fn holds(layout: &Layout, widths: &Widths, claimed: &Claimed<'_>) -> bool {
    let ood: Vec<Outlined> = claimed.ood.iter().copied().map(Outlined).collect();
    let mut rest = Groups(&ood);
    let mut take = |width: fn(&proto::TableWidths) -> usize| -> Vec<&[Outlined]> {
        layout.tables.iter().map(|(table, _)| rest.take(widths.get(*table).map_or(0, width))).collect()
    };
    let (prep, main, aux, next) = (take(|t| t.prep), take(|t| t.main), take(|t| t.aux()), take(|_| 3));
    let [q00, q01, q02, q10, q11, q12] = *rest.0 else { return false };
    let zeta_n = domain::square_times(claimed.zeta, layout.log_height);
    let (mut numerator, mut power) = (Outlined::ZERO, F3::ONE);
    for (k, (id, log_height)) in layout.tables.iter().enumerate() {
        let (Some(table), Ok(acc_next), Some(sum)) =
            (u8::try_from(*id).ok().and_then(Table::from_id), <&[Outlined; 3]>::try_from(next[k]), claimed.sums.get(k))
        else {
            return false;
        };
        let y = domain::square_times(claimed.zeta, layout.log_height - log_height);
        let (first, last) = selectors(*log_height, y, zeta_n);
        let ends = (Outlined(first), Outlined(last));
        numerator += compose(table, main[k], prep[k], aux[k], acc_next, ends, *sum, claimed.challenges, claimed.lambda, &mut power);
    }
    let (q0, q1) = (F3::join([q00.0, q01.0, q02.0]), F3::join([q10.0, q11.0, q12.0]));
    numerator.0 == (zeta_n - F3::ONE) * (q0 + zeta_n * q1)
}

/// Lfirst and Llast of a table of height n = 2^`log_height` at y, with y^n given and not 1 (section 3.15).
fn selectors(log_height: u32, y: F3, y_n: F3) -> (F3, F3) {
    let last = domain::omega(log_height).inverse();
    let common = (y_n - F3::ONE) * Goldilocks::new(1 << log_height).inverse();
    let first = common * (y - F3::ONE).inverse();
    (first, common * (y - F3::from(last)).inverse() * last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::Transcript;

    /// Lfirst and Llast interpolate: they are 1 at the first and last point of the trace domain and 0 at the others.
    #[test]
    fn selectors_are_lagrange_polynomials() {
        let y = Transcript::new().challenge();
        for log_height in [0, 1, 3] {
            let n = 1usize << log_height;
            let points: Vec<Goldilocks> = (0..n).map(|i| domain::omega(log_height).pow(i as u64)).collect();
            let lagrange = |i: usize| {
                let others = points.iter().enumerate().filter(|(j, _)| *j != i);
                others.fold(F3::ONE, |product, (_, x)| product * (y - F3::from(*x)) * (points[i] - *x).inverse())
            };
            let (first, last) = selectors(log_height, y, domain::square_times(y, log_height));
            assert_eq!((first, last), (lagrange(0), lagrange(n - 1)));
        }
    }
}
