//! Attacks on the protocol (section 6.6): each is refused, and by the check that is there for it.
use crate::{Case, Malice, prove};
use air::Table;
use field::{Goldilocks, Ring};
use loom_verify::{Verified, VerifyError};
use proto::{Attachments, Claim, FAST};

fn attack(malice: Malice) -> Result<Verified, VerifyError> {
    let case = Case::small();
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

/// Changes one cell of a run by 1 and proves it.
fn with_cell(mut case: Case, table: Table, column: usize, row: usize) -> Result<Verified, VerifyError> {
    let trace = case.run.witness.trace_mut(table).expect("a present table");
    trace.columns[column][row] += Goldilocks::ONE;
    let receipt = prove(&case.run.witness, &case.image, &case.claim, &FAST, Malice::None);
    case.judge(&receipt.to_bytes(&Attachments::default()).expect("no attachments"))
}

#[test]
fn a_wrong_row_is_refused() {
    // A flag of CPU that is 2, or 1 besides another; the input tape's boolean.
    assert_eq!(with_cell(Case::small(), Table::Cpu, 0, 0), IDENTITY);
    assert_eq!(with_cell(Case::small(), Table::Cpu, 0, 1), IDENTITY);
    assert_eq!(with_cell(Case::small(), Table::Intab, 0, 0), IDENTITY);
}

#[test]
fn unbalanced_buses_are_refused() {
    // Counts of lookups are in no constraint: only the sum of all tables sees them. The honest receipt of this run is accepted.
    assert_eq!(with_cell(Case::new(10), Table::Lut, 0, 5), Err(VerifyError::BusImbalance));
}

#[test]
fn another_claim_than_the_run_is_refused() {
    // The proof is made for the claim, so that all challenges are right; the run is another.
    let case = Case::new(10);
    let output = 11u64.to_le_bytes().to_vec();
    let claim = Claim::of(case.image.id(), crate::INPUT, &output, 0, case.claim.cycles);
    let other = Case { claim, output, ..case };
    assert_eq!(other.judge(&other.prove(&FAST, Malice::None)), Err(VerifyError::BusImbalance), "another output");
    let case = Case::new(10);
    let claim = Claim { cycles: case.claim.cycles + 1, ..case.claim };
    let other = Case { claim, ..case };
    assert_eq!(other.judge(&other.prove(&FAST, Malice::None)), Err(VerifyError::BusImbalance), "one cycle more");
}
