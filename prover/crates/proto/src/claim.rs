use crate::wire::Reader;
use hash::{Digest, Sha256};
use std::fmt;

/// Bytes of an encoded claim.
pub const CLAIM_BYTES: usize = 128;

/// Cycles are below this.
const CYCLES_LIMIT: u64 = 1 << 30;

/// What is proven (section 1.2): the program of an image, run on an input, gave this output and exit code after so many instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// SHA-256 of the image (section 1.3).
    pub image_id: Digest,
    /// SHA-256 of the input.
    pub input_digest: Digest,
    /// SHA-256 of the output.
    pub output_digest: Digest,
    /// Bytes of input, below 2^32.
    pub input_len: u64,
    /// Bytes of output, below 2^32; 0 unless `exit_code` is 0.
    pub output_len: u64,
    /// 0 when the program returned (section 1.1).
    pub exit_code: u32,
    /// Instructions executed, HALT included; from 1 to 2^30 - 1.
    pub cycles: u64,
}

impl Claim {
    /// The claim of a run.
    pub fn of(image_id: Digest, input: &[u8], output: &[u8], exit_code: u32, cycles: u64) -> Self {
        let (input_len, output_len) = (input.len() as u64, output.len() as u64);
        Self { image_id, input_digest: hash::digest(input), output_digest: hash::digest(output), input_len, output_len, exit_code, cycles }
    }

    /// The 128 bytes.
    pub fn to_bytes(&self) -> [u8; CLAIM_BYTES] {
        let mut bytes = [0; CLAIM_BYTES];
        bytes[..32].copy_from_slice(&self.image_id);
        bytes[32..64].copy_from_slice(&self.input_digest);
        bytes[64..96].copy_from_slice(&self.output_digest);
        bytes[96..104].copy_from_slice(&self.input_len.to_le_bytes());
        bytes[104..112].copy_from_slice(&self.output_len.to_le_bytes());
        bytes[112..116].copy_from_slice(&self.exit_code.to_le_bytes());
        bytes[120..].copy_from_slice(&self.cycles.to_le_bytes());
        bytes
    }

    /// The claim of 128 bytes, checked as [`Claim::check`] does.
    ///
    /// # Errors
    /// Another length, a reserved field that is not zero, or a number out of range.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ClaimError> {
        let mut reader = Reader::new(bytes);
        let claim = (|| {
            let (image_id, input_digest, output_digest) = (reader.array()?, reader.array()?, reader.array()?);
            let (input_len, output_len, exit_code) = (reader.u64()?, reader.u64()?, reader.u32()?);
            let (zero, cycles) = (reader.u32()?, reader.u64()?);
            let claim = Self { image_id, input_digest, output_digest, input_len, output_len, exit_code, cycles };
            reader.rest().is_empty().then_some((claim, zero))
        })();
        let (claim, zero) = claim.ok_or(ClaimError::Length { got: bytes.len() })?;
        if zero != 0 {
            return Err(ClaimError::Reserved { got: zero });
        }
        claim.check()?;
        Ok(claim)
    }

    /// Checks the ranges of section 1.2.
    ///
    /// # Errors
    /// The first number out of range.
    pub fn check(&self) -> Result<(), ClaimError> {
        if self.input_len >> 32 != 0 {
            return Err(ClaimError::InputLength { got: self.input_len });
        }
        if self.output_len >> 32 != 0 {
            return Err(ClaimError::OutputLength { got: self.output_len });
        }
        if self.cycles == 0 || self.cycles >= CYCLES_LIMIT {
            return Err(ClaimError::Cycles { got: self.cycles });
        }
        Ok(())
    }

    /// SHA-256("loom/claim/v1" || claim).
    pub fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        hash.update(b"loom/claim/v1");
        hash.update(&self.to_bytes());
        hash.finish()
    }
}

/// Why bytes are no claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimError {
    /// Not 128 bytes.
    Length {
        /// Their number.
        got: usize,
    },
    /// The field at byte 116 is not zero.
    Reserved {
        /// What it holds.
        got: u32,
    },
    /// An input of 4 GiB or more.
    InputLength {
        /// Its length.
        got: u64,
    },
    /// An output of 4 GiB or more.
    OutputLength {
        /// Its length.
        got: u64,
    },
    /// Cycles not from 1 to 2^30 - 1.
    Cycles {
        /// Their number.
        got: u64,
    },
}

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { got } => write!(f, "a claim has {CLAIM_BYTES} bytes, here are {got}"),
            Self::Reserved { got } => write!(f, "bytes 116 to 119 of a claim are zero, here they hold {got}"),
            Self::InputLength { got } => write!(f, "the input has {got} bytes, fewer than 2^32 are allowed"),
            Self::OutputLength { got } => write!(f, "the output has {got} bytes, fewer than 2^32 are allowed"),
            Self::Cycles { got } => write!(f, "the run took {got} cycles, 1 to 2^30 - 1 are allowed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_go_there_and_back() {
        let claim = Claim::of([7; 32], b"in", b"output", 0, 99);
        let bytes = claim.to_bytes();
        assert_eq!(Claim::from_bytes(&bytes), Ok(claim));
        assert_eq!((bytes[96], bytes[104], bytes[120]), (2, 6, 99));
        assert_ne!(claim.digest(), Claim { cycles: 98, ..claim }.digest());
    }

    #[test]
    fn every_rule_is_kept() {
        let claim = Claim::of([7; 32], b"in", b"output", 0, 99);
        let parse = |claim: Claim| Claim::from_bytes(&claim.to_bytes());
        assert_eq!(Claim::from_bytes(&[0; 127]), Err(ClaimError::Length { got: 127 }));
        assert_eq!(Claim::from_bytes(&[0; 129]), Err(ClaimError::Length { got: 129 }));
        let mut bytes = claim.to_bytes();
        bytes[117] = 1;
        assert_eq!(Claim::from_bytes(&bytes), Err(ClaimError::Reserved { got: 256 }));
        assert_eq!(parse(Claim { input_len: 1 << 32, ..claim }), Err(ClaimError::InputLength { got: 1 << 32 }));
        assert_eq!(parse(Claim { output_len: 1 << 32, ..claim }), Err(ClaimError::OutputLength { got: 1 << 32 }));
        assert_eq!(parse(Claim { cycles: 0, ..claim }), Err(ClaimError::Cycles { got: 0 }));
        assert_eq!(parse(Claim { cycles: 1 << 30, ..claim }), Err(ClaimError::Cycles { got: 1 << 30 }));
        assert!(parse(Claim { cycles: (1 << 30) - 1, ..claim }).is_ok());
    }
}
