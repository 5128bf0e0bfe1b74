use proto::{ClaimError, Commitment, DecodeError, Digest, HeightsError, ISA_VERSION, ImageError, ReceiptError};
use std::error::Error;
use std::fmt;

/// Why a receipt is not accepted: one variant for each check of section 4.7, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// Step 1: longer than the policy allows.
    ReceiptTooLong {
        /// Its length.
        got: usize,
        /// What is allowed.
        max: usize,
    },
    /// Step 1: magic, version, backend, flags, lengths or attachments.
    Receipt(ReceiptError),
    /// Step 1: the receipt is for another claim than the caller's.
    ClaimMismatch {
        /// The first byte that differs.
        offset: usize,
    },
    /// Step 1: a number of the claim is out of range.
    Claim(ClaimError),
    /// Step 2: the policy does not pin the image of the claim.
    ImageNotPinned {
        /// The image id of the claim.
        got: Digest,
    },
    /// Step 2: neither the caller nor the receipt brings the image.
    ImageMissing,
    /// Step 2: the image is not the one of the claim.
    ImageMismatch {
        /// The image id of the claim.
        expected: Digest,
        /// The id of the image given.
        got: Digest,
    },
    /// Step 2: the image does not keep the rules of section 1.3.
    Image(ImageError),
    /// Step 2: a ROM of more than 2^22 rows.
    RomTooHigh {
        /// log2 of its height.
        got: u8,
    },
    /// Step 2: an instruction set that this verifier does not know.
    IsaVersion {
        /// Which.
        got: u16,
    },
    /// Step 2: the image has no ROM cap for the parameter set of the proof.
    ParamNotInImage {
        /// The parameter set.
        got: u16,
    },
    /// Step 3: the policy does not allow the parameter set.
    ParamNotAllowed {
        /// The parameter set.
        got: u16,
    },
    /// Step 3: no segment, or more than the policy and this version allow.
    Segments {
        /// How many.
        got: u16,
        /// What is allowed.
        max: u16,
    },
    /// Steps 3 and 4: the proof ends before its parameter set or its heights do.
    ProofTooShort {
        /// Bytes that it needs at least.
        needed: usize,
        /// Its length.
        got: usize,
    },
    /// Step 4: heights that cannot be.
    Heights {
        /// Which segment.
        segment: usize,
        /// Why not.
        error: HeightsError,
    },
    /// Step 4: the ROM table has another height than the image says.
    RomHeight {
        /// Which segment.
        segment: usize,
        /// log2 of the image's.
        expected: u8,
        /// log2 of the segment's.
        got: u32,
    },
    /// Step 4: a table that must be there (MEMB or INTAB) is in no segment.
    TableMissing {
        /// Its name.
        table: &'static str,
    },
    /// Step 5: the length of the proof, or a number that is not below the modulus.
    Proof(DecodeError),
    /// Step 6: neither the caller nor the receipt brings the input.
    InputMissing,
    /// Step 6: neither the caller nor the receipt brings the output.
    OutputMissing,
    /// Step 6: the input is not as long as the claim says.
    InputLength {
        /// What the claim says.
        expected: u64,
        /// Its length.
        got: u64,
    },
    /// Step 6: the output is not as long as the claim says.
    OutputLength {
        /// What the claim says.
        expected: u64,
        /// Its length.
        got: u64,
    },
    /// Step 6: the input does not hash to what the claim says.
    InputDigest {
        /// What it hashes to.
        got: Digest,
    },
    /// Step 6: the output does not hash to what the claim says.
    OutputDigest {
        /// What it hashes to.
        got: Digest,
    },
    /// Step 6: an output with an exit code other than 0.
    OutputWithExitCode {
        /// The exit code.
        exit_code: u32,
        /// Bytes of output.
        output_len: u64,
    },
    /// Step 8a: the constraints do not hold at zeta.
    ConstraintIdentity {
        /// Which segment.
        segment: usize,
    },
    /// Step 8b: the nonce is no proof of work.
    Grinding {
        /// Which segment.
        segment: usize,
        /// Leading zero bits wanted.
        expected: u32,
        /// The nonce.
        nonce: u64,
    },
    /// Step 8c: a path does not lead to its cap.
    MerklePath {
        /// Which segment.
        segment: usize,
        /// Which query.
        query: usize,
        /// Which tree.
        commitment: Commitment,
    },
    /// Step 8c: the DEEP value of the opened rows is not what layer 0 of FRI holds.
    DeepValue {
        /// Which segment.
        segment: usize,
        /// Which query.
        query: usize,
    },
    /// Step 8c: a fold is not what the next layer holds.
    FriFold {
        /// Which segment.
        segment: usize,
        /// Which query.
        query: usize,
        /// The layer that the fold should be found in.
        layer: usize,
    },
    /// Step 8c: the last fold is not the value of the final polynomial.
    FinalPolynomial {
        /// Which segment.
        segment: usize,
        /// Which query.
        query: usize,
    },
    /// Step 9: a fingerprint of what the verifier itself puts on the buses is 0.
    ZeroFingerprint,
    /// Step 9: what is sent on the buses is not what is received.
    BusImbalance,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReceiptTooLong { got, max } => write!(f, "the receipt has {got} bytes, the policy allows {max}"),
            Self::Receipt(error) => error.fmt(f),
            Self::ClaimMismatch { offset } => write!(f, "the receipt is for another claim than yours; they differ from byte {offset} on"),
            Self::Claim(error) => error.fmt(f),
            Self::ImageNotPinned { got } => {
                write!(f, "image {} is not pinned; recompute it from the module and pin it if you trust the module", Hex(got))
            }
            Self::ImageMissing => write!(f, "the receipt has no image attached and none was given; give the image"),
            Self::ImageMismatch { expected, got } => {
                write!(f, "the claim is about image {}, the image given is {}", Hex(expected), Hex(got))
            }
            Self::Image(error) => error.fmt(f),
            Self::RomTooHigh { got } => write!(f, "the image has a program of 2^{got} rows, at most 2^22 are allowed"),
            Self::IsaVersion { got } => write!(f, "the image is of instruction set {got}, this verifier knows {ISA_VERSION}"),
            Self::ParamNotInImage { got } => write!(f, "the image has no commitment for parameter set {got}"),
            Self::ParamNotAllowed { got } => write!(f, "the policy does not allow parameter set {got}"),
            Self::Segments { got, max } => write!(f, "the proof has {got} segments, from 1 to {max} are allowed"),
            Self::ProofTooShort { needed, got } => write!(f, "the proof has {got} bytes, its beginning alone needs {needed}"),
            Self::Heights { segment, error } => write!(f, "segment {segment}: {error}"),
            Self::RomHeight { segment, expected, got } => {
                write!(f, "segment {segment}: ROM has 2^{got} rows, the image's program has 2^{expected}")
            }
            Self::TableMissing { table } => write!(f, "no segment has the table {table}"),
            Self::Proof(error) => error.fmt(f),
            Self::InputMissing => write!(f, "the receipt has no input attached and none was given; give the input"),
            Self::OutputMissing => write!(f, "the receipt has no output attached and none was given; give the output"),
            Self::InputLength { expected, got } => write!(f, "the claim is about an input of {expected} bytes, this one has {got}"),
            Self::OutputLength { expected, got } => write!(f, "the claim is about an output of {expected} bytes, this one has {got}"),
            Self::InputDigest { got } => write!(f, "the claim is about another input; this one hashes to {}", Hex(got)),
            Self::OutputDigest { got } => write!(f, "the claim is about another output; this one hashes to {}", Hex(got)),
            Self::OutputWithExitCode { exit_code, output_len } => {
                write!(f, "a run with exit code {exit_code} has no output, the claim has {output_len} bytes of it")
            }
            Self::ConstraintIdentity { segment } => write!(f, "segment {segment}: the constraints do not hold"),
            Self::Grinding { segment, expected, nonce } => {
                write!(f, "segment {segment}: nonce {nonce} is no proof of work of {expected} bits")
            }
            Self::MerklePath { segment, query, commitment } => {
                write!(f, "segment {segment}, query {query}: the path in {commitment} does not lead to its cap")
            }
            Self::DeepValue { segment, query } => {
                write!(f, "segment {segment}, query {query}: the opened rows do not give the value of FRI 0")
            }
            Self::FriFold { segment, query, layer } => {
                write!(f, "segment {segment}, query {query}: the fold is not what FRI {layer} holds")
            }
            Self::FinalPolynomial { segment, query } => {
                write!(f, "segment {segment}, query {query}: the last fold is not the value of the final polynomial")
            }
            Self::ZeroFingerprint => write!(f, "a public tuple has fingerprint 0"),
            Self::BusImbalance => write!(f, "the buses do not balance: execution, memory, program or tapes are not what the claim says"),
        }
    }
}

impl Error for VerifyError {}

impl From<ReceiptError> for VerifyError {
    fn from(error: ReceiptError) -> Self {
        Self::Receipt(error)
    }
}

impl From<ClaimError> for VerifyError {
    fn from(error: ClaimError) -> Self {
        Self::Claim(error)
    }
}

impl From<ImageError> for VerifyError {
    fn from(error: ImageError) -> Self {
        Self::Image(error)
    }
}

impl From<DecodeError> for VerifyError {
    fn from(error: DecodeError) -> Self {
        Self::Proof(error)
    }
}

/// A digest in hexadecimal.
struct Hex<'a>(&'a Digest);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
