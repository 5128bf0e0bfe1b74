use crate::costs::Costs;
use crate::progress::Reporter;
use crate::team::Phase;
use crate::{Error, Options, prove_witness};
use isa::Program;
use proto::{Claim, Image, ParameterSet, Receipt};
use vm::{Execution, Limits};

/// A proof with the run that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The claim and its proof.
    pub receipt: Receipt,
    /// What the program did.
    pub execution: Execution,
}

/// Runs `program` on `input` and proves it. `image` is the program's ([`crate::image`]); `options.memory` limits the tables of the run, too.
///
/// # Errors
/// The run has no result or no proof, or anything else in [`Error`].
pub fn prove(
    program: &Program,
    image: &Image,
    input: &[u8],
    params: &ParameterSet,
    limits: &Limits,
    options: &Options,
) -> Result<Proven, Error> {
    let held = options.prepared.map_or(0, crate::Prepared::bytes);
    let limits = Limits { trace_bytes: limits.trace_bytes.min(options.memory.saturating_sub(held)), ..*limits };
    let reporter = Reporter::begin(options.progress, Costs::default(), Phase::Execute, 1);
    let (execution, witness) = vm::trace(program, input, &limits, options.cancel).map_err(Error::from)?;
    reporter.end();
    let claim = Claim::of(image.id(), input, &execution.output, execution.exit_code, execution.cycles);
    let receipt = prove_witness(witness, image, &claim, params, options)?;
    Ok(Proven { receipt, execution })
}
