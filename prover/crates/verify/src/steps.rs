use crate::bus::public_sum;
use crate::segment::Segment;
use crate::{MAX_SEGMENTS, Policy, VerifyError, widths};
use air::{Challenges, Table};
use field::{F3, Ring};
use proto::security::{Account, account};
use proto::{
    Claim, Heights, ISA_VERSION, Image, Layout, MAX_LOG_HEIGHT, ParameterSet, ProofHeader, ProofView, ReceiptView, Transcript, Widths,
    image_id, lut_cap,
};

/// An accepted receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What has been proven.
    pub claim: Claim,
    /// With which parameter set.
    pub params: ParameterSet,
    /// The heights of every segment.
    pub heights: Vec<Heights>,
}

impl Verified {
    /// How sure it is (section 4.9).
    pub fn account(&self) -> Account {
        account(&self.params, &self.heights, &widths(), public_terms(&self.claim))
    }
}

/// How many tuples the verifier puts on the buses for a claim: the words of both tapes and the four ends.
pub(crate) fn public_terms(claim: &Claim) -> u64 {
    6u64.saturating_add(claim.input_len.div_ceil(8)).saturating_add(claim.output_len.div_ceil(8))
}

/// Checks a receipt for a claim, step by step as in section 4.7. `image`, `input` and `output` may be left to the receipt's attachments.
///
/// # Errors
/// The first check that fails.
pub fn verify(
    policy: &Policy,
    image: Option<&[u8]>,
    claim: &Claim,
    input: Option<&[u8]>,
    output: Option<&[u8]>,
    receipt: &[u8],
) -> Result<Verified, VerifyError> {
    // Step 1.
    if receipt.len() > policy.max_receipt_bytes {
        return Err(VerifyError::ReceiptTooLong { got: receipt.len(), max: policy.max_receipt_bytes });
    }
    let receipt = ReceiptView::parse(receipt)?;
    if let Some(offset) = claim.to_bytes().iter().zip(receipt.claim).position(|(ours, theirs)| ours != theirs) {
        return Err(VerifyError::ClaimMismatch { offset });
    }
    claim.check()?;

    // Step 2.
    let header = ProofHeader::read(receipt.proof).ok_or(VerifyError::ProofTooShort { needed: 4, got: receipt.proof.len() })?;
    let image = check_image(policy, image.or(receipt.attachments.image), claim)?;
    let rom_cap = image.rom_cap(header.param_id).ok_or(VerifyError::ParamNotInImage { got: header.param_id })?;

    // Step 3.
    let params = ParameterSet::by_id(header.param_id)
        .filter(|params| policy.allowed_params.contains(&params.id))
        .ok_or(VerifyError::ParamNotAllowed { got: header.param_id })?;
    let max = policy.max_segments.min(MAX_SEGMENTS);
    if header.segments == 0 || header.segments > max {
        return Err(VerifyError::Segments { got: header.segments, max });
    }

    // Steps 4 and 5.
    let widths = widths();
    let layouts = layouts(params, &image, &widths, &header, receipt.proof.len())?;
    let proof = ProofView::decode(receipt.proof, &layouts)?;

    // Step 6.
    let input = input.or(receipt.attachments.input).ok_or(VerifyError::InputMissing)?;
    let output = output.or(receipt.attachments.output).ok_or(VerifyError::OutputMissing)?;
    check_tapes(claim, input, output)?;

    // Step 7.
    let lut_cap = lut_cap(&params);
    let heights: Vec<Heights> = layouts.iter().map(|layout| layout.heights).collect();
    let mut transcript = Transcript::begin(&params, header.segments, claim, &heights, rom_cap, lut_cap);
    let mut zeta0 = Vec::with_capacity(layouts.len());
    for (layout, segment) in layouts.iter().zip(&proof.segments) {
        zeta0.push(transcript.main(&params, layout.log_height, segment.main_cap.bytes()));
        transcript.bind(segment.bound.bytes());
    }
    let (alpha, beta) = transcript.bus_challenges();
    let challenges = Challenges::new(alpha, beta);

    // Step 8.
    let mut sum = F3::ZERO;
    for (number, ((layout, view), zeta0)) in layouts.iter().zip(&proof.segments).zip(zeta0).enumerate() {
        let segment = Segment { number, layout, view, widths: &widths, rom_cap, lut_cap, challenges: &challenges, zeta0 };
        sum += segment.verify(transcript.segment(number as u32))?;
    }

    // Step 9.
    sum += public_sum(&challenges, claim, image.init_pages, input, output)?;
    if sum != F3::ZERO {
        return Err(VerifyError::BusImbalance);
    }
    Ok(Verified { claim: *claim, params, heights })
}

/// Step 2: the image is pinned, the claim's, and in order.
fn check_image(policy: &Policy, bytes: Option<&[u8]>, claim: &Claim) -> Result<Image, VerifyError> {
    if !policy.images.contains(&claim.image_id) {
        return Err(VerifyError::ImageNotPinned { got: claim.image_id });
    }
    let bytes = bytes.ok_or(VerifyError::ImageMissing)?;
    let got = image_id(bytes);
    if got != claim.image_id {
        return Err(VerifyError::ImageMismatch { expected: claim.image_id, got });
    }
    let image = Image::from_bytes(bytes)?;
    if u32::from(image.rom_log_height) > MAX_LOG_HEIGHT {
        return Err(VerifyError::RomTooHigh { got: image.rom_log_height });
    }
    if image.isa_version != ISA_VERSION {
        return Err(VerifyError::IsaVersion { got: image.isa_version });
    }
    Ok(image)
}

/// Step 4: the heights of all segments, and what follows from them.
fn layouts(
    params: ParameterSet,
    image: &Image,
    widths: &Widths,
    header: &ProofHeader<'_>,
    proof_len: usize,
) -> Result<Vec<Layout>, VerifyError> {
    let needed = 4 + 16 * usize::from(header.segments);
    let heights = header.heights().ok_or(VerifyError::ProofTooShort { needed, got: proof_len })?;
    let mut layouts = Vec::with_capacity(heights.len());
    for (segment, heights) in heights.iter().enumerate() {
        let layout = Layout::new(params, *heights, widths).map_err(|error| VerifyError::Heights { segment, error })?;
        match heights.get(Widths::ROM) {
            Some(got) if got != u32::from(image.rom_log_height) => {
                return Err(VerifyError::RomHeight { segment, expected: image.rom_log_height, got });
            }
            _ => layouts.push(layout),
        }
    }
    for table in [Table::Intab, Table::Memb] {
        if heights.iter().all(|heights| heights.get(usize::from(table.id())).is_none()) {
            return Err(VerifyError::TableMissing { table: table.name() });
        }
    }
    Ok(layouts)
}

/// Step 6: input and output are the claim's.
fn check_tapes(claim: &Claim, input: &[u8], output: &[u8]) -> Result<(), VerifyError> {
    let (input_len, output_len) = (input.len() as u64, output.len() as u64);
    if input_len != claim.input_len {
        return Err(VerifyError::InputLength { expected: claim.input_len, got: input_len });
    }
    if output_len != claim.output_len {
        return Err(VerifyError::OutputLength { expected: claim.output_len, got: output_len });
    }
    let (input, output) = (hash::digest(input), hash::digest(output));
    if input != claim.input_digest {
        return Err(VerifyError::InputDigest { got: input });
    }
    if output != claim.output_digest {
        return Err(VerifyError::OutputDigest { got: output });
    }
    if claim.exit_code != 0 && output_len != 0 {
        return Err(VerifyError::OutputWithExitCode { exit_code: claim.exit_code, output_len });
    }
    Ok(())
}
