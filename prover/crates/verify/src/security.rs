use crate::steps::public_terms;
use crate::{MAX_SEGMENTS, VerifyError, widths};
use proto::security::{Account, account};
use proto::{Claim, Heights, ParameterSet, ProofHeader, ReceiptView};

/// What a receipt says of itself, with the account of soundness that it would have if it verified.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The claim.
    pub claim: Claim,
    /// The heights of every segment.
    pub heights: Vec<Heights>,
    /// Bytes of the proof.
    pub proof_bytes: usize,
    /// Every term of section 4.9, and their sums.
    pub account: Account,
}

/// The account of soundness of a receipt (section 4.9). Nothing is verified.
///
/// # Errors
/// What keeps the receipt from being read: its header, claim, parameter set or heights.
pub fn security(receipt: &[u8]) -> Result<Statement, VerifyError> {
    let receipt = ReceiptView::parse(receipt)?;
    let claim = Claim::from_bytes(receipt.claim)?;
    let proof_bytes = receipt.proof.len();
    let header = ProofHeader::read(receipt.proof).ok_or(VerifyError::ProofTooShort { needed: 4, got: proof_bytes })?;
    let params = ParameterSet::by_id(header.param_id).ok_or(VerifyError::ParamNotAllowed { got: header.param_id })?;
    if header.segments == 0 {
        return Err(VerifyError::Segments { got: 0, max: MAX_SEGMENTS });
    }
    let needed = 4 + 16 * usize::from(header.segments);
    let heights = header.heights().ok_or(VerifyError::ProofTooShort { needed, got: proof_bytes })?;
    let widths = widths();
    for (segment, heights) in heights.iter().enumerate() {
        heights.check(&widths).map_err(|error| VerifyError::Heights { segment, error })?;
    }
    let account = account(&params, &heights, &widths, public_terms(&claim));
    Ok(Statement { claim, heights, proof_bytes, account })
}
