//! The arithmetisation as polynomials: degrees, the counts of section 3.3, and the committed list of constraints.

use air::symbolic::{describe, describe_miniature};
use air::{Table, dump};

/// Constraints that are 0 whatever the columns hold: (ld - NL_j) x_j for the bytes that every load of the chip has (M6, X6). They are in the
/// specification's list and take their power of lambda.
const VACUOUS: [(Table, usize); 3] = [(Table::Mem, 28), (Table::Memx, 22), (Table::Memx, 24)];

#[test]
fn constraints_have_degree_3_at_most_and_tuples_and_multiplicities_degree_1() {
    for table in Table::ALL {
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

/// Main columns, preprocessed columns and interactions of each table as section 3.3 has them, and all its constraints with those of LogUp.
const COUNTS: [(Table, usize, usize, usize, usize); 10] = [
    (Table::Cpu, 73, 0, 26, 95),
    (Table::Mem, 63, 0, 28, 72),
    (Table::Arith, 73, 0, 36, 86),
    (Table::Bit, 47, 0, 23, 28),
    (Table::Memb, 12, 0, 10, 12),
    (Table::Intab, 5, 0, 2, 5),
    (Table::Rom, 1, 7, 1, 3),
    (Table::Lut, 5, 10, 5, 5),
    (Table::Memx, 70, 0, 36, 71),
    (Table::Mtrap, 26, 0, 10, 21),
];

#[test]
fn the_counts_are_those_of_the_specification() {
    for (table, main, prep, interactions, constraints) in COUNTS {
        let counts = (table.main_width(), table.prep_width(), table.interactions(), table.all_constraints());
        assert_eq!(counts, (main, prep, interactions, constraints), "{}", table.name());
        let description = describe(table);
        assert_eq!(description.interactions.len(), interactions);
        assert_eq!(description.constraints.len() + interactions.div_ceil(2) + 2, constraints);
    }
    // Stage 1 in all, and the constraints with MEMX and MTRAP (sections 3.3 and 4.9).
    let stage_1 = || Table::ALL.into_iter().take(8);
    assert_eq!(stage_1().map(Table::main_width).sum::<usize>(), 279);
    assert_eq!(stage_1().map(|table| table.aux_width() / 3).sum::<usize>(), 75);
    assert_eq!(stage_1().map(Table::interactions).sum::<usize>(), 131);
    assert_eq!(stage_1().map(Table::prep_width).sum::<usize>(), 17);
    assert_eq!(stage_1().map(Table::all_constraints).sum::<usize>(), 306);
    assert_eq!(Table::ALL.into_iter().map(Table::all_constraints).sum::<usize>(), 398);
}

#[test]
fn no_column_is_unused() {
    for table in Table::ALL {
        let description = describe(table);
        let tuples = description.interactions.iter().flat_map(|interaction| interaction.tuple.iter().chain([&interaction.multiplicity]));
        let mut used = vec![false; table.main_width() + table.prep_width()];
        for polynomial in description.constraints.iter().chain(tuples) {
            polynomial.terms().flat_map(|(monomial, _)| monomial).for_each(|column| used[usize::from(*column)] = true);
        }
        assert!(used.iter().all(|used| *used), "{}: {used:?}", table.name());
    }
}

/// SHA-256 of `constraints.md`. Another list is another protocol: it takes a new version of the format, and new golden receipts.
const PINNED: &str = "991000af1968bef9ff4f7b2d408d734e741e32c8d653ec3c82379d236999d968";

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
    let digest: String = hash::digest(committed.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, PINNED, "the hash of constraints.md");
}
