use crate::wire::Reader;
use crate::{CLAIM_BYTES, Claim, image_id};
use hash::{Digest, digest};
use std::fmt;

const MAGIC: [u8; 8] = *b"LOOMRCPT";

/// The version of the encoding.
pub const VERSION: u16 = 1;

/// The backend of section 4, loom-stark-v1.
pub const BACKEND: u16 = 1;

/// Bytes before the proof: magic, version, backend, flags, claim, length of the proof.
pub const HEADER_BYTES: usize = 8 + 2 + 2 + 4 + CLAIM_BYTES + 8;

/// What may stand behind the proof: hints, checked against the claim, never trusted (section 1.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attachments<'a> {
    /// Tag 1: the input.
    pub input: Option<&'a [u8]>,
    /// Tag 2: the output.
    pub output: Option<&'a [u8]>,
    /// Tag 3: the image.
    pub image: Option<&'a [u8]>,
    /// Tag 4: anything; ignored.
    pub note: Option<&'a [u8]>,
}

/// A receipt to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What is proven.
    pub claim: Claim,
    /// The proof, as [`crate::encode_proof`] gives it.
    pub proof: Vec<u8>,
}

impl Receipt {
    /// The bytes of the receipt, with attachments.
    ///
    /// # Errors
    /// The tag of an attachment of 4 GiB or more.
    pub fn to_bytes(&self, attachments: &Attachments<'_>) -> Result<Vec<u8>, u16> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + self.proof.len());
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(BACKEND.to_le_bytes());
        bytes.extend(0u32.to_le_bytes());
        bytes.extend(self.claim.to_bytes());
        bytes.extend((self.proof.len() as u64).to_le_bytes());
        bytes.extend(&self.proof);
        let Attachments { input, output, image, note } = attachments;
        for (tag, attachment) in (1u16..).zip([input, output, image, note]) {
            if let Some(attachment) = attachment {
                bytes.extend(tag.to_le_bytes());
                bytes.extend(u32::try_from(attachment.len()).map_err(|_| tag)?.to_le_bytes());
                bytes.extend(*attachment);
            }
        }
        Ok(bytes)
    }
}

/// A receipt as it lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiptView<'a> {
    /// The bytes of the claim; not yet checked.
    pub claim: &'a [u8; CLAIM_BYTES],
    /// The proof.
    pub proof: &'a [u8],
    /// What stands behind it; 1, 2 and 3 belong to the claim.
    pub attachments: Attachments<'a>,
}

impl<'a> ReceiptView<'a> {
    /// Takes a receipt apart; the attachments are compared with the digests of the claim (sections 1.5 and 4.7 step 1).
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ReceiptError> {
        let mut reader = Reader::new(bytes);
        let cut = |at| ReceiptError::Truncated { at };
        if reader.array() != Some(MAGIC) {
            return Err(ReceiptError::BadMagic);
        }
        let (version, backend) = (reader.u16().ok_or(cut(8))?, reader.u16().ok_or(cut(10))?);
        if version != VERSION {
            return Err(ReceiptError::Version { got: version });
        }
        if backend != BACKEND {
            return Err(ReceiptError::Backend { got: backend });
        }
        let flags = reader.u32().ok_or(cut(12))?;
        if flags != 0 {
            return Err(ReceiptError::Flags { got: flags });
        }
        let claim: &[u8; CLAIM_BYTES] = reader.take(CLAIM_BYTES).and_then(|claim| claim.try_into().ok()).ok_or(cut(16))?;
        let proof_len = reader.u64().ok_or(cut(144))?;
        let proof = usize::try_from(proof_len).ok().and_then(|len| reader.take(len));
        let proof = proof.ok_or(ReceiptError::ProofLength { claimed: proof_len, got: bytes.len().saturating_sub(HEADER_BYTES) })?;
        let attachments = attachments(&mut reader, claim)?;
        Ok(Self { claim, proof, attachments })
    }
}

fn attachments<'a>(reader: &mut Reader<'a>, claim: &[u8; CLAIM_BYTES]) -> Result<Attachments<'a>, ReceiptError> {
    let mut attachments = Attachments::default();
    let mut last = 0;
    while !reader.rest().is_empty() {
        let at = reader.offset();
        let (tag, len) = reader.u16().zip(reader.u32()).ok_or(ReceiptError::Truncated { at })?;
        if !(1..=4).contains(&tag) {
            return Err(ReceiptError::AttachmentTag { at, got: tag });
        }
        if tag <= last {
            return Err(ReceiptError::AttachmentOrder { at, got: tag });
        }
        last = tag;
        let bytes = usize::try_from(len).ok().and_then(|len| reader.take(len)).ok_or(ReceiptError::Truncated { at: at + 6 })?;
        let (place, expected, got): (_, &[u8], Digest) = match tag {
            1 => (&mut attachments.input, &claim[32..64], digest(bytes)),
            2 => (&mut attachments.output, &claim[64..96], digest(bytes)),
            3 => (&mut attachments.image, &claim[..32], image_id(bytes)),
            _ => {
                attachments.note = Some(bytes);
                continue;
            }
        };
        if got != expected {
            return Err(ReceiptError::Attachment { tag, got });
        }
        *place = Some(bytes);
    }
    Ok(attachments)
}

/// Why bytes are no receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptError {
    /// They do not begin with LOOMRCPT.
    BadMagic,
    /// They end too soon.
    Truncated {
        /// Where what is missing should begin.
        at: usize,
    },
    /// Another version than 1.
    Version {
        /// Which.
        got: u16,
    },
    /// Another backend than loom-stark-v1 (1).
    Backend {
        /// Which.
        got: u16,
    },
    /// A flag that this version does not implement: all of them.
    Flags {
        /// The flags.
        got: u32,
    },
    /// The proof would reach past the end.
    ProofLength {
        /// What the header says.
        claimed: u64,
        /// How many bytes follow the header.
        got: usize,
    },
    /// An attachment of unknown tag.
    AttachmentTag {
        /// Where.
        at: usize,
        /// The tag.
        got: u16,
    },
    /// Tags do not ascend strictly.
    AttachmentOrder {
        /// Where.
        at: usize,
        /// The tag.
        got: u16,
    },
    /// An attachment that does not hash to what the claim says.
    Attachment {
        /// 1 input, 2 output, 3 image.
        tag: u16,
        /// What it hashes to.
        got: Digest,
    },
}

impl fmt::Display for ReceiptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadMagic => write!(f, "these bytes are no receipt: they do not begin with LOOMRCPT"),
            Self::Truncated { at } => write!(f, "the receipt ends too soon: what should begin at byte {at} is missing or cut"),
            Self::Version { got } => write!(f, "the receipt has version {got}, this verifier reads version {VERSION}"),
            Self::Backend { got } => write!(f, "the receipt is of backend {got}, this verifier reads backend {BACKEND}"),
            Self::Flags { got } => write!(f, "the receipt has flags {got:#x}, this verifier implements none"),
            Self::ProofLength { claimed, got } => write!(f, "the proof should have {claimed} bytes, {got} follow the header"),
            Self::AttachmentTag { at, got } => write!(f, "the attachment at byte {at} has the unknown tag {got}"),
            Self::AttachmentOrder { at, got } => write!(f, "the attachment at byte {at} with tag {got} is out of order"),
            Self::Attachment { tag, .. } => {
                let name = ["input", "output", "image"][usize::from(*tag).clamp(1, 3) - 1];
                write!(f, "the attached {name} is not the one of the claim")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt() -> Receipt {
        Receipt { claim: Claim::of(image_id(b"image"), b"input", b"output", 0, 5), proof: vec![1, 2, 3] }
    }

    fn full() -> Vec<u8> {
        let attachments = Attachments { input: Some(b"input"), output: Some(b"output"), image: Some(b"image"), note: Some(b"note") };
        receipt().to_bytes(&attachments).expect("small attachments")
    }

    fn error(at: usize, value: u8) -> ReceiptError {
        let mut bytes = full();
        bytes[at] = value;
        ReceiptView::parse(&bytes).expect_err("a changed receipt")
    }

    #[test]
    fn receipts_go_there_and_back() {
        let bytes = full();
        let view = ReceiptView::parse(&bytes).expect("a receipt");
        assert_eq!((view.claim, view.proof), (&receipt().claim.to_bytes(), &[1u8, 2, 3][..]));
        assert_eq!(view.attachments.note, Some(&b"note"[..]));
        assert_eq!((view.attachments.input, view.attachments.image), (Some(&b"input"[..]), Some(&b"image"[..])));
        let bare = receipt().to_bytes(&Attachments::default()).expect("no attachments");
        assert_eq!(bare.len(), HEADER_BYTES + 3);
        assert_eq!(ReceiptView::parse(&bare).expect("a receipt").attachments, Attachments::default());
    }

    #[test]
    fn every_rule_is_kept() {
        let bytes = full();
        assert_eq!(error(0, 0), ReceiptError::BadMagic);
        assert_eq!(error(8, 2), ReceiptError::Version { got: 2 });
        assert_eq!(error(10, 2), ReceiptError::Backend { got: 2 });
        for bit in 0..4 {
            assert_eq!(error(12 + bit, 1), ReceiptError::Flags { got: 1 << (8 * bit) });
        }
        assert_eq!(error(151, 1), ReceiptError::ProofLength { claimed: 3 + (1 << 56), got: bytes.len() - 152 });
        let first = HEADER_BYTES + 3;
        assert_eq!(error(first, 5), ReceiptError::AttachmentTag { at: first, got: 5 });
        assert_eq!(error(first, 0), ReceiptError::AttachmentTag { at: first, got: 0 });
        let second = first + 6 + 5;
        assert_eq!(error(second, 1), ReceiptError::AttachmentOrder { at: second, got: 1 });
        assert!(matches!(error(first + 6, 0), ReceiptError::Attachment { tag: 1, .. }));
        assert!(matches!(error(second + 6, 0), ReceiptError::Attachment { tag: 2, .. }));
        assert!(matches!(error(second + 12 + 6, 0), ReceiptError::Attachment { tag: 3, .. }));
        let note = bytes.len() - 1;
        let mut other = bytes.clone();
        other[note] = 0;
        assert!(ReceiptView::parse(&other).is_ok(), "a note is ignored");
        assert!(matches!(ReceiptView::parse(&[&bytes[..], &[0]].concat()), Err(ReceiptError::Truncated { .. })));
    }

    #[test]
    fn no_prefix_is_a_receipt_but_those_that_end_behind_an_attachment() {
        let bytes = full();
        let first = HEADER_BYTES + 3;
        let ends = [first, first + 11, first + 23, first + 34, bytes.len()];
        for len in 0..=bytes.len() {
            assert_eq!(ReceiptView::parse(&bytes[..len]).is_ok(), ends.contains(&len), "{len}");
        }
    }
}
