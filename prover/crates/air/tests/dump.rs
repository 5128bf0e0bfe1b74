//! The arithmetisation as polynomials: degrees, the counts of section 3.3, and the committed list of constraints.

use air::symbolic::{describe, describe_miniature};
use air::{Table, dump};

/// Constraints that are 0 whatever the columns hold: (ld - NL_j) x_j for the bytes that every load of the chip has (M6, X6). They are in the
/// specification's list and take their power of lambda.
const VACUOUS: [(Table, usize); 3] = [(Table::Mem, 28), (Table::Memx, 22), (Table::Memx, 24)];

#[test]
fn constraints_have_degree_3_at_most_and_tuples_and_multiplicities_degree_1() {
    for table in Table::ALL.into_iter().filter(|table| table.interactions() > 0) {
        for description in [describe(table), describe_miniature(table)] {
            for (i, constraint) in description.constraints.iter().enumerate() {
                let vacuous = VACUOUS.contains(&(table, i));
                assert_eq!(constraint.degree() == 0, vacuous, "constraint {i} of {}", table.name());
                assert!(constraint.degree() <= 3, "constraint {i} of {} has degree {}", table.name(), constraint.degree());
                assert_eq!(constraint.terms().next().is_none(), vacuous, "constraint {i} of {}", table.name());
            }
            for (i, interaction) in description.interactions.iter().enumerate() {
                let at = format!("interaction {i} of {}", table.name());
                assert!(interaction.multiplicity.degree() == 1, "multiplicity of {at}");
                assert!(interaction.tuple.iter().all(|entry| entry.degree() <= 1), "tuple of {at}");
            }
        }
    }
}

#[test]
fn no_column_is_unused() {
    for table in Table::ALL.into_iter().filter(|table| table.interactions() > 0) {
        let description = describe(table);
        let tuples = description.interactions.iter().flat_map(|interaction| interaction.tuple.iter().chain([&interaction.multiplicity]));
        let mut used = vec![false; table.main_width() + table.prep_width()];
        for polynomial in description.constraints.iter().chain(tuples) {
            polynomial.terms().flat_map(|(monomial, _)| monomial).for_each(|column| used[usize::from(*column)] = true);
        }
        assert!(used.iter().all(|used| *used), "{}: {used:?}", table.name());
    }
}

#[test]
fn the_committed_list_is_the_one_that_the_chips_give() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/constraints.md");
    let generated = dump();
    if std::env::var_os("LOOM_UPDATE").is_some() {
        std::fs::write(path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    let differs = committed.lines().zip(generated.lines()).find(|(a, b)| a != b);
    assert!(committed == generated, "constraints.md is not what the chips say; first difference: {differs:?}");
}
