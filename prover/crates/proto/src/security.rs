//! The account of soundness of an actual proof (section 4.9). Floating-point numbers are used here only: nothing is decided by them.
use crate::{Heights, ParameterSet, Widths};

/// m of the Johnson radius: the list of codewords is counted up to sqrt(rho) (1 + 1/2m).
const M: f64 = 16.0;

/// log2 of the number of elements of F3; p is within 2^-32 of 2^64.
const LOG_FIELD: f64 = 3.0 * 63.999_999_999_664_1;

/// What a bound rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// A published theorem (in the random-oracle model).
    Proven,
    /// The form of the proximity-gap conjecture that survives 2025.
    Conjectured,
}

/// A term of the account.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What would have to go wrong.
    pub name: &'static str,
    /// The formula.
    pub bound: &'static str,
    /// -log2 of the probability (of the work, for hash collisions), over all segments.
    pub bits: f64,
    /// What it rests on.
    pub basis: Basis,
    /// Whether it counts in [`Account::proven_bits`].
    pub in_proven: bool,
    /// Whether it counts in [`Account::conjectured_bits`].
    pub in_conjectured: bool,
}

/// All terms with their sums.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// The parameter set.
    pub params: ParameterSet,
    /// The segments.
    pub segments: usize,
    /// The terms.
    pub terms: Vec<Term>,
    /// -log2 of the sum of everything, with the queries by theorem.
    pub proven_bits: f64,
    /// -log2 of the sum of everything, with the queries by conjecture.
    pub conjectured_bits: f64,
}

/// -log2 of a sum of 2^-bits.
fn sum_bits(bits: impl IntoIterator<Item = f64>) -> f64 {
    -bits.into_iter().map(|bits| (-bits).exp2()).sum::<f64>().log2()
}

/// log2 of the proven error of one query at the Johnson radius, sqrt(rho) (1 + 1/2m).
fn johnson(params: &ParameterSet) -> f64 {
    -f64::from(params.log_blowup) / 2.0 + (1.0 + 0.5 / M).log2()
}

/// log2 of the conjectured error of one query, rho + eta.
fn conjectured(params: &ParameterSet) -> f64 {
    let b = f64::from(params.log_blowup);
    let rho = (-b).exp2();
    (rho + (std::f64::consts::LOG2_E + b) * rho / LOG_FIELD).log2()
}

/// log2 of the error of one query up to the unique decoding radius, (1 + rho)/2.
fn unique(params: &ParameterSet) -> f64 {
    (1.0 + (-f64::from(params.log_blowup)).exp2()).log2() - 1.0
}

/// Bits of all queries and the grinding.
fn queries(params: &ParameterSet, per_query: fn(&ParameterSet) -> f64) -> f64 {
    f64::from(params.grinding) - params.queries as f64 * per_query(params)
}

/// The terms of a proof with these heights, whose claim puts `public` tuples on the buses (tape words and the ends of execution).
pub fn account(params: &ParameterSet, segments: &[Heights], widths: &Widths, public: u64) -> Account {
    let b = f64::from(params.log_blowup);
    let list = (M + 0.5).log2() + b / 2.0;
    // For each segment: L, opened values, constraints.
    let mut sizes = Vec::new();
    let mut interactions = public as f64;
    for heights in segments {
        let (mut opened, mut constraints) = (6, 0);
        for (table, height) in heights.present() {
            if let Some(width) = widths.get(table) {
                opened += width.prep + 2 * width.main + width.aux() + 3;
                constraints += width.all_constraints();
                interactions += width.interactions as f64 * f64::from(height).exp2();
            }
        }
        sizes.push((f64::from(heights.log_height()), opened as f64, constraints as f64));
    }
    let each = |bits: &dyn Fn(f64, f64, f64) -> f64| sum_bits(sizes.iter().map(|&(l, opened, constraints)| bits(l, opened, constraints)));
    let per_segment = |bits: f64| bits - (sizes.len() as f64).log2();
    let m = (M + 0.5).log2();
    // The bound of 2025 takes twice the multiplicity for powers of one challenge at the same radius.
    let curves = (2.0 * M + 0.5).log2();
    let term = |name, bound, bits, in_proven: bool, in_conjectured: bool| Term {
        name,
        bound,
        bits,
        basis: if in_conjectured && !in_proven { Basis::Conjectured } else { Basis::Proven },
        in_proven,
        in_conjectured,
    };
    let terms = vec![
        term(
            "binding values: two traces of a segment agree at zeta0",
            "l^2 N / 2|F3|, l = (m+1/2)/sqrt(rho)",
            each(&|l, _, _| LOG_FIELD + 1.0 - 2.0 * list - l),
            true,
            true,
        ),
        term(
            "LogUp: root of the numerator or vanishing denominator",
            "2 * 7 M / |F3|, M interactions in all",
            LOG_FIELD - 14f64.log2() - interactions.log2(),
            true,
            true,
        ),
        term(
            "batching of constraints (ALI)",
            "constraints * l / |F3|",
            each(&|_, _, constraints| LOG_FIELD - constraints.log2() - list),
            true,
            true,
        ),
        term("DEEP, out-of-domain values", "l^2 3N / |F3|", each(&|l, _, _| LOG_FIELD - 3f64.log2() - 2.0 * list - l), true, true),
        term(
            "FRI commit and batching of columns, Johnson radius, bound of 2020",
            "opened (m+1/2)^7 |D|^2 / (3 rho^1.5 |F3|), m = 16",
            each(&|l, opened, _| LOG_FIELD + 3f64.log2() - opened.log2() - 7.0 * m - 2.0 * (l + b) - 1.5 * b),
            true,
            true,
        ),
        term(
            "the same, leading term of the bound of 2025 (not in the sums)",
            "opened 2 (m'+1/2)^5 |D| / (3 rho^1.5 |F3|), m' = 2m",
            each(&|l, opened, _| LOG_FIELD + 3f64.log2() - 1.0 - opened.log2() - 5.0 * curves - (l + b) - 1.5 * b),
            false,
            false,
        ),
        term("FRI queries, proven (Johnson)", "(sqrt(rho)(1 + 1/2m))^q 2^-g", per_segment(queries(params, johnson)), true, false),
        term(
            "FRI queries, proven (unique decoding; not in the sums)",
            "((1+rho)/2)^q 2^-g",
            per_segment(queries(params, unique)),
            false,
            false,
        ),
        term(
            "FRI queries, conjectured",
            "(rho + eta)^q 2^-g, eta = log2(e/rho) rho / log2|F3|",
            per_segment(queries(params, conjectured)),
            false,
            true,
        ),
        term("SHA-256 collisions (Merkle trees, transcript)", "2^-128", 128.0, true, true),
    ];
    let proven_bits = sum_bits(terms.iter().filter(|term| term.in_proven).map(|term| term.bits));
    let conjectured_bits = sum_bits(terms.iter().filter(|term| term.in_conjectured).map(|term| term.bits));
    Account { params: *params, segments: segments.len(), terms, proven_bits, conjectured_bits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{COMPACT, FAST, PROVEN, STD};

    fn close(got: f64, page: f64, decimals: i32) {
        let unit = 10f64.powi(-decimals);
        // The page rounds or cuts off.
        assert!((got - page).abs() < unit, "{got} is not {page}");
    }

    fn worst(params: &ParameterSet, tables: usize, segments: usize) -> Account {
        let mut heights = Heights::NONE;
        heights.0[..tables].fill(22);
        account(params, &vec![heights; segments], &Widths::of_the_specification(), 4)
    }

    #[test]
    fn the_queries_of_the_parameter_table() {
        let table = [(STD, 100.9, 59.0, 48.0), (PROVEN, 194.0, 104.1, 80.0), (COMPACT, 103.2, 61.0, 39.0), (FAST, 101.5, 58.0, 54.0)];
        for (params, conjecture, by_johnson, by_unique) in table {
            close(queries(&params, conjectured), conjecture, if params.id == 2 { 0 } else { 1 });
            close(queries(&params, johnson), by_johnson, if params.id == 2 { 1 } else { 0 });
            close(queries(&params, unique), by_unique, 0);
        }
        close(-johnson(&PROVEN), 0.956, 3);
        close(-conjectured(&STD), 1.974, 3);
        close(-conjectured(&COMPACT), 3.960, 3);
        close(-conjectured(&FAST), 0.982, 3);
    }

    #[test]
    fn the_terms_of_section_4_9() {
        let bits = |params: &ParameterSet| worst(params, 8, 1).terms.iter().map(|term| term.bits).collect::<Vec<_>>();
        // The page bounds l by its value for b = 4.
        let compact = bits(&COMPACT);
        close(compact[0], 158.0, 0);
        close(worst(&COMPACT, 8, 1024).terms[0].bits, 148.0, 0);
        close(compact[2], 177.0, 0);
        close(compact[3], 156.0, 0);
        for (params, commit, improved) in [(STD, 104.6, 130.0), (FAST, 108.1, 133.0), (COMPACT, 97.6, 125.0)] {
            close(bits(&params)[4], commit, 1);
            close(bits(&params)[5], improved, 0);
        }
        // 1,024 segments of 131 interactions on 2^22 rows: M = 2^39.
        close(worst(&PROVEN, 8, 1024).terms[1].bits, 149.0, 0);
    }

    #[test]
    fn the_sums_of_the_default_set() {
        close(worst(&PROVEN, 8, 1).proven_bits, 103.3, 1);
        close(worst(&PROVEN, 10, 1).proven_bits, 103.1, 1);
        assert!(worst(&PROVEN, 10, 8).proven_bits >= 100.0, "up to 8 segments");
        assert!(worst(&PROVEN, 10, 16).proven_bits < 100.0);
        assert!(worst(&STD, 10, 1).proven_bits < 60.0);
        assert!(worst(&STD, 10, 1).conjectured_bits > 100.0);
    }

    #[test]
    fn opened_values_are_those_of_the_page() {
        let widths = Widths::of_the_specification();
        let opened = |tables: usize| widths.0[..tables].iter().map(|t| t.prep + 2 * t.main + t.aux() + 3).sum::<usize>() + 6;
        assert_eq!((opened(8), opened(10)), (830, 1103));
    }
}
