//! A statement with a witness for it, true or false, and the verdicts on its proof.

use air::{Mask, Public, Violation, Witness, check, check_without, masked};
use isa::Program;
use proto::{Attachments, Claim, FAST, Image};
use prove::{Options, Prepared};
use verify::{Policy, Verified, VerifyError, verify};

/// The lookup table is the same in all proofs.
static PREPARED: Prepared = Prepared::new();

/// What a dishonest prover says of a run, and the traces that it has for it.
pub struct Statement {
    /// The image of the program.
    pub image: Image,
    /// The claim.
    pub claim: Claim,
    /// The input.
    pub input: Vec<u8>,
    /// The output.
    pub output: Vec<u8>,
    /// The traces.
    pub witness: Witness,
}

impl Statement {
    /// That `program` on `input` gives `output` and `exit_code` after `cycles` cycles.
    pub fn new(program: &Program, input: &[u8], output: &[u8], exit_code: u32, cycles: u64, witness: Witness) -> Self {
        let image = prove::image(program, 1, &Options::default()).expect("a program in order");
        let claim = Claim::of(image.id(), input, output, exit_code, cycles);
        Self { image, claim, input: input.to_vec(), output: output.to_vec(), witness }
    }

    fn public(&self) -> Public {
        Public {
            init_pages: self.image.init_pages,
            cycles: self.claim.cycles,
            input: isa::input_tape(&self.input),
            output: isa::output_tape(&self.output, self.claim.exit_code),
        }
    }

    /// What the checker of traces says.
    pub fn violation(&self) -> Violation {
        check(&self.witness, &self.public()).expect_err("a false statement")
    }

    /// The same without some constraints and interactions.
    pub fn check_without(&self, masks: &[Mask]) -> Result<(), Violation> {
        check_without(&self.witness, &self.public(), masks)
    }

    /// The receipt of a prover without some constraints and interactions.
    pub fn prove_without(&self, masks: &[Mask]) -> Vec<u8> {
        let options = Options { prepared: Some(&PREPARED), ..Options::default() };
        let receipt = masked::without(masks, || prove::prove_witness(self.witness.clone(), &self.image, &self.claim, &FAST, &options));
        receipt.expect("a proof").to_bytes(&Attachments::default()).expect("no attachments")
    }

    /// The verdict of the verifier.
    pub fn judge(&self, receipt: &[u8]) -> Result<Verified, VerifyError> {
        let policy = Policy::pinned([self.image.id()]).allowing([FAST.id]);
        verify(&policy, Some(&self.image.to_bytes()), &self.claim, Some(&self.input), Some(&self.output), receipt)
    }

    /// The verdict of a verifier without some constraints and interactions.
    pub fn judge_without(&self, masks: &[Mask], receipt: &[u8]) -> Result<Verified, VerifyError> {
        masked::without(masks, || self.judge(receipt))
    }
}
