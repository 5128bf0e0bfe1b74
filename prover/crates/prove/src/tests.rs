//! Honest proofs are accepted, dishonest provers refused, each by the check that is there for it.

use crate::cheat::Cheat;
use crate::segment::prove_with;
use crate::team::lapse;
use crate::{Error, Options, Phase, Prepared, Progress, image, lut_cap};
use air::{Public, Table, Witness};
use field::{Goldilocks, Ring, Simd};
use isa::{Instruction, Op, Program};
use proto::{Attachments, Claim, FAST, Image, ParameterSet, Receipt, STD};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;
use verify::{Policy, Verified, VerifyError, verify};
use vm::Limits;

/// A run that is proven, with its image.
struct Case {
    image: Image,
    witness: Witness,
    claim: Claim,
    output: Vec<u8>,
}

const INPUT: &[u8] = b"";

/// Counts up to 20 and puts the count on the output tape.
fn count() -> Program {
    let op = |op, oa, ob, oc, il| Instruction { oa, ob, oc, il, ..Instruction::new(op) };
    let instructions = vec![
        op(Op::Const, 0, 0, 0, 0),
        Instruction { bi: true, ..op(Op::Add64, 0, 0, 0, 1) },
        Instruction { bi: true, inv: true, ..op(Op::Eq, 0, 0, 1, 20) },
        op(Op::Jnz, 1, 0, 0, 1),
        op(Op::Const, 0, 0, 2, 8),
        op(Op::Const, 0, 0, 3, 1),
        op(Op::Outw, 3, 0, 0, 0),
        op(Op::Const, 0, 0, 4, 0),
        op(Op::Outw, 4, 2, 0, 0),
        op(Op::Halt, 0, 0, 0, 0),
    ];
    Program { instructions, init_pages: 1, max_pages: 1, module_sha256: [0; 32] }
}

fn case() -> &'static Case {
    static CASE: OnceLock<Case> = OnceLock::new();
    CASE.get_or_init(|| {
        let program = count();
        let image = image(&program, 1, &Options::default()).unwrap();
        let never = AtomicBool::new(false);
        let (execution, witness) = vm::trace(&program, INPUT, &Limits::default(), &never).unwrap();
        assert_eq!(execution.output, 20u64.to_le_bytes());
        let claim = Claim::of(image.id(), INPUT, &execution.output, 0, execution.cycles);
        Case { image, witness, claim, output: execution.output }
    })
}

fn verified(receipt: &Receipt) -> Result<Verified, VerifyError> {
    let case = case();
    let policy = Policy::pinned([case.image.id()]).allowing(ParameterSet::ALL.map(|set| set.id));
    let bytes = receipt.to_bytes(&Attachments::default()).unwrap();
    verify(&policy, Some(&case.image.to_bytes()), &case.claim, Some(INPUT), Some(&case.output), &bytes)
}

fn cheated(witness: Witness, cheat: Cheat) -> Result<Verified, VerifyError> {
    let case = case();
    verified(&prove_with(witness, &case.image, &case.claim, &FAST, &Options::default(), cheat).unwrap())
}

/// SHA-256 of the receipts of [`count`] without attachments, by parameter set. They change only with the format (a new param_id or version).
const GOLDEN: [&str; 4] = [
    "95c414294dedde1448f025eefa9ffd8fe012b4423e1838e14ac1dc0cea9d7a1e",
    "968052e22263bbf3834a1b1a70c0ea7a5b1f8f31b09f15a5df861a41e42a9c26",
    "5ca3d657b61bf478c4d2713ac35fee18992c05883f8830fa4ee877f7162223ae",
    "a61f56688aaaba23755a65135ed700adf117cef91bd5aef56b69154f08dc9d73",
];

#[test]
fn every_parameter_set_proves_and_verifies_and_gives_its_golden_receipt() {
    let case = case();
    let mut digests = Vec::new();
    for params in ParameterSet::ALL {
        let receipt = crate::prove_witness(case.witness.clone(), &case.image, &case.claim, &params, &Options::default()).unwrap();
        let verified = verified(&receipt);
        assert_eq!(verified.map(|verified| verified.params), Ok(params));
        let digest = hash::digest(&receipt.to_bytes(&Attachments::default()).unwrap());
        digests.push(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    }
    assert_eq!(digests, GOLDEN);
}

#[test]
fn the_constants_of_the_verifier_are_the_caps_of_the_lookup_table() {
    for params in ParameterSet::ALL {
        assert_eq!(lut_cap(&params, &Options::default()).unwrap(), proto::lut_cap(&params), "{}", params.name);
    }
}

#[test]
fn receipts_do_not_depend_on_threads_or_instruction_sets() {
    let case = case();
    let prove = |threads, simd| {
        let options = Options { threads, simd, ..Options::default() };
        crate::prove_witness(case.witness.clone(), &case.image, &case.claim, &FAST, &options).unwrap()
    };
    let expected = prove(1, Simd::detect());
    assert!(prove(3, Simd::detect()) == expected, "three threads");
    assert!(prove(2, Simd::PORTABLE) == expected, "no vector instructions");
}

#[test]
fn a_column_of_degree_n_is_harmless_and_one_more_is_refused() {
    // Section 4.5: a multiple of x^N - 1 changes nothing on the trace domain. LUT has the height of the segment.
    let table = case().witness.traces.iter().position(|trace| trace.table == Table::Lut).unwrap();
    let accepted = cheated(case().witness.clone(), Cheat::Degree { table, extra: 0 });
    assert!(accepted.is_ok(), "{accepted:?}");
    let refused = cheated(case().witness.clone(), Cheat::Degree { table, extra: 1 }).unwrap_err();
    assert!(matches!(refused, VerifyError::FinalPolynomial { .. } | VerifyError::FriFold { .. }), "{refused:?}");
}

#[test]
fn binding_values_of_other_columns_are_refused() {
    let refused = cheated(case().witness.clone(), Cheat::Bound).unwrap_err();
    assert!(matches!(refused, VerifyError::DeepValue { .. }), "{refused:?}");
}

#[test]
fn sums_that_are_not_those_of_the_columns_are_refused() {
    let refused = cheated(case().witness.clone(), Cheat::Sums);
    assert_eq!(refused, Err(VerifyError::ConstraintIdentity { segment: 0 }));
}

#[test]
fn averaged_accumulators_are_refused() {
    let refused = cheated(case().witness.clone(), Cheat::Averaged);
    assert_eq!(refused, Err(VerifyError::ConstraintIdentity { segment: 0 }));
}

/// Changes one cell of the CPU table.
fn with_cell(column: &str, row: usize, value: Goldilocks) -> Witness {
    let mut witness = case().witness.clone();
    let column = Table::Cpu.main_names().iter().position(|name| name == column).unwrap();
    witness.trace_mut(Table::Cpu).unwrap().columns[column][row] = value;
    witness
}

#[test]
fn a_wrong_result_is_refused() {
    let refused = cheated(with_cell("c_lo", 4, Goldilocks::new(77)), Cheat::None);
    assert_eq!(refused, Err(VerifyError::ConstraintIdentity { segment: 0 }));
}

#[test]
fn a_limb_out_of_range_is_refused_also_when_a_sum_is_forged_to_balance() {
    // The limb and what is left of the word for the other limb are then both looked up in vain; no constraint of the row is violated.
    let names = Table::Cpu.main_names();
    let at = names.iter().position(|name| name == "wl").unwrap();
    let old = case().witness.trace(Table::Cpu).unwrap().columns[at][1];
    let witness = with_cell("wl", 1, old + Goldilocks::new(1 << 20));
    assert_eq!(cheated(witness.clone(), Cheat::None), Err(VerifyError::BusImbalance));
    let public =
        Public { init_pages: 1, cycles: case().claim.cycles, input: isa::input_tape(INPUT), output: isa::output_tape(&case().output, 0) };
    assert!(air::check(&witness, &public).is_err());
    let refused = cheated(witness, Cheat::Balance(field::F3::of(5)));
    assert_eq!(refused, Err(VerifyError::ConstraintIdentity { segment: 0 }));
}

#[test]
fn too_little_memory_is_said_before_anything_is_done() {
    let case = case();
    let options = Options { memory: 1 << 20, ..Options::default() };
    let error = crate::prove_witness(case.witness.clone(), &case.image, &case.claim, &STD, &options).unwrap_err();
    let Error::Memory { needed, limit } = error else { panic!("{error:?}") };
    assert!(needed > limit && needed < 1 << 30);
    assert!(error.to_string().contains("MiB"));
}

#[test]
fn an_image_of_another_program_is_refused() {
    let case = case();
    let mut program = count();
    program.instructions[2].il = 21;
    let other = image(&program, 1, &Options::default()).unwrap();
    assert_ne!(other.id(), case.image.id());
    let result = crate::prove_witness(case.witness.clone(), &other, &case.claim, &STD, &Options::default());
    assert_eq!(result, Err(Error::ImageMismatch));
}

#[test]
fn a_run_is_cancelled_in_every_phase() {
    let case = case();
    let phases = [Phase::Preprocessed, Phase::Main, Phase::Aux, Phase::Quotient, Phase::Deep, Phase::Fri, Phase::Open];
    // At the beginning of each phase, and somewhere in it where it is told of more than twice.
    for (phase, later) in phases.into_iter().flat_map(|phase| [(phase, false), (phase, true)]) {
        let (cancel, seen) = (AtomicBool::new(false), AtomicUsize::new(0));
        let progress = |progress: Progress| {
            let at = progress.phase == phase && (!later || progress.done > 0 && progress.done < progress.total);
            if at && seen.fetch_add(1, Ordering::Relaxed) == 0 {
                cancel.store(true, Ordering::Relaxed);
            }
        };
        let options = Options { cancel: &cancel, progress: &progress, ..Options::default() };
        let result = crate::prove_witness(case.witness.clone(), &case.image, &case.claim, &FAST, &options);
        if seen.load(Ordering::Relaxed) > 0 {
            assert_eq!(result, Err(Error::Cancelled), "{phase:?}, later: {later}");
        } else {
            assert!(later && matches!(phase, Phase::Fri | Phase::Open), "{phase:?} is not told of");
        }
    }
}

#[test]
fn progress_goes_from_nothing_to_all_by_cost() {
    let case = case();
    let told = Mutex::new(Vec::new());
    let progress = |progress: Progress| told.lock().unwrap().push(progress);
    let options = Options { progress: &progress, threads: 1, ..Options::default() };
    crate::prove_witness(case.witness.clone(), &case.image, &case.claim, &FAST, &options).unwrap();
    let told = told.into_inner().unwrap();
    assert!(told.is_sorted_by_key(|at| (at.phase, at.done)), "phases and work in order");
    assert!(told.is_sorted_by_key(|at| at.millionths), "the share never falls");
    assert!(told.iter().all(|at| at.done <= at.total && at.total > 0));
    let first = told[0].fraction().unwrap();
    assert!(first < 0.05, "the run is over: {first}");
    assert_eq!(told.last().unwrap().fraction(), Some(1.0));
    // No step hides much of the proof; the largest of this short one is the proof of work, which nobody knows the length of.
    let steps = told.windows(2).map(|pair| pair[1].fraction().unwrap() - pair[0].fraction().unwrap());
    let largest = steps.fold(0.0, f64::max);
    assert!(largest < 0.3, "a step of {largest}");
    let second = Duration::from_secs(1);
    assert_eq!(told.last().unwrap().remaining(second), Some(Duration::ZERO));
    let unknown = Progress { phase: Phase::Execute, segment: 0, done: 0, total: 1, millionths: None };
    assert_eq!((unknown.fraction(), unknown.remaining(second)), (None, None));
}

/// Rows of eight numbers that one thread computes at most between two looks at the cancellation; a row takes some ten nanoseconds, so that
/// this is well below the 50 ms of section 6.3.
const LAPSE: usize = 1 << 17;

#[test]
fn little_work_lies_between_two_looks_at_the_cancellation() {
    // The lookup table has 2^16 rows and 2^18 positions: one pass over them at once would be seen.
    let case = case();
    for threads in [1, 2] {
        let options = Options { threads, ..Options::default() };
        crate::prove_witness(case.witness.clone(), &case.image, &case.claim, &STD, &options).unwrap();
    }
    let (most, total) = lapse::most();
    assert!(most <= LAPSE, "{most} rows between two looks");
    assert!(total > 1 << 24, "{total} rows in all: the work is counted");
}

#[test]
fn what_a_proof_leaves_to_the_next_changes_no_receipt() {
    let case = case();
    let prepared = Prepared::new();
    assert_eq!(prepared.bytes(), 0);
    let prove = |params: &ParameterSet, prepared: Option<&Prepared>| {
        crate::prove_witness(case.witness.clone(), &case.image, &case.claim, params, &Options { prepared, ..Options::default() }).unwrap()
    };
    // A set that finds nothing, one that finds what it wants, one that finds another blowup, and the first again.
    for (params, mebibytes) in [(FAST, 24), (FAST, 24), (STD, 48), (FAST, 24)] {
        assert!(prove(&params, Some(&prepared)) == prove(&params, None), "{}", params.name);
        assert_eq!(prepared.bytes(), mebibytes << 20, "{}", params.name);
    }
    prepared.fill(&STD, &Options::default()).unwrap();
    assert_eq!(prepared.bytes(), 48 << 20);
}

#[test]
fn what_is_kept_counts_as_memory_in_use() {
    // Without the lookup table a proof of this run takes a few MiB; what is kept of the table lies beside that.
    let case = case();
    let mut witness = case.witness.clone();
    witness.traces.retain(|trace| trace.table != Table::Lut);
    let prepared = Prepared::new();
    let prove = || {
        let options = Options { memory: 40 << 20, prepared: Some(&prepared), ..Options::default() };
        crate::prove_witness(witness.clone(), &case.image, &case.claim, &FAST, &options)
    };
    assert!(prove().is_ok());
    assert_eq!(prepared.bytes(), 0, "nothing was needed");
    prepared.fill(&STD, &Options::default()).unwrap();
    assert!(matches!(prove(), Err(Error::Memory { limit, .. }) if limit == 40 << 20));
}
