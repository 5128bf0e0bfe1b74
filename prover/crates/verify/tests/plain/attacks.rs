//! Attacks on the protocol (section 6.6): each is refused, and by the check that is there for it.
use crate::{Case, Malice, honest, prove};
use air::Table;
use field::{Goldilocks, Ring};
use loom_verify::{Verified, VerifyError};
use proto::{Attachments, FAST};

fn attack(malice: Malice) -> Result<Verified, VerifyError> {
    let case = &honest().0;
    case.judge(&case.prove(&FAST, malice))
}

const IDENTITY: Result<Verified, VerifyError> = Err(VerifyError::ConstraintIdentity { segment: 0 });

#[test]
fn an_averaged_accumulator_is_refused() {
    assert_eq!(attack(Malice::Averaged), IDENTITY);
}

#[test]
fn a_shifted_sum_is_refused() {
    assert_eq!(attack(Malice::ShiftedSum), IDENTITY);
}

#[test]
fn a_column_of_degree_n_plus_1_is_refused() {
    assert_eq!(attack(Malice::Degree), Err(VerifyError::FinalPolynomial { segment: 0, query: 0 }));
}

#[test]
fn a_word_between_two_traces_is_refused() {
    assert_eq!(attack(Malice::SplitWord), Err(VerifyError::FinalPolynomial { segment: 0, query: 0 }));
}

#[test]
fn a_binding_value_of_another_trace_is_refused() {
    assert_eq!(attack(Malice::OtherBinding), Err(VerifyError::FinalPolynomial { segment: 0, query: 0 }));
}

/// The verdict on a run some cell of which has been changed by 1.
fn with_cell(table: Table, column: usize, row: usize) -> Result<Verified, VerifyError> {
    let mut case = Case::new();
    let trace = case.run.witness.trace_mut(table).expect("a present table");
    trace.columns[column][row] += Goldilocks::ONE;
    let receipt = prove(&case.run.witness, &case.image, &case.claim, &FAST, Malice::None);
    case.judge(&receipt.to_bytes(&Attachments::default()).expect("no attachments"))
}

#[test]
fn a_wrong_row_is_refused() {
    // A flag of CPU that is 2 or 1 besides another.
    assert_eq!(with_cell(Table::Cpu, 0, 0), IDENTITY);
}

#[test]
fn unbalanced_buses_are_refused() {
    // Counts of lookups and the program's multiplicities are in no constraint: only the sum of all tables sees them.
    for (table, column, row) in [(Table::Lut, 0, 5), (Table::Rom, 0, 0)] {
        assert_eq!(with_cell(table, column, row), Err(VerifyError::BusImbalance), "{}", table.name());
    }
}

#[test]
fn another_claim_than_the_run_is_refused() {
    let case = Case::new();
    let fast = |claim, output: &[u8]| {
        let other = Case { claim, output: output.to_vec(), ..Case::new() };
        other.judge(&other.prove(&FAST, Malice::None))
    };
    let cycles = proto::Claim { cycles: case.claim.cycles + 1, ..case.claim };
    assert_eq!(fast(cycles, &case.output), Err(VerifyError::BusImbalance), "one cycle more");
    let output = 11u64.to_le_bytes();
    let more = proto::Claim::of(case.image.id(), crate::INPUT, &output, 0, case.claim.cycles);
    assert_eq!(fast(more, &output), Err(VerifyError::BusImbalance), "another output");
}
