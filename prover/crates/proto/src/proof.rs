use crate::{Heights, ParameterSet};
use crate::{encode_digests, encode_elements};
use field::{F3, Goldilocks};
use hash::Digest;

/// One tree opened at one position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The rows of the tree's matrices in hash order; of a FRI layer the eight values of a leaf, 24 numbers.
    pub rows: Vec<Goldilocks>,
    /// From the bottom up to, but without, the cap.
    pub path: Vec<Digest>,
}

/// What the prover has made for one segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentProof {
    /// The heights.
    pub heights: Heights,
    /// The cap of MAIN.
    pub main_cap: Vec<Digest>,
    /// U: every main column of the present tables by id, at zeta0.
    pub bound: Vec<F3>,
    /// The cap of AUX.
    pub aux_cap: Vec<Digest>,
    /// The sum of each present table, by id.
    pub sums: Vec<F3>,
    /// The cap of QUOT.
    pub quotient_cap: Vec<Digest>,
    /// The out-of-domain values in the order of [`crate::Layout::deep`].
    pub ood: Vec<F3>,
    /// The caps of the layers of FRI.
    pub fri_caps: Vec<Vec<Digest>>,
    /// The final polynomial, lowest degree first.
    pub final_poly: Vec<F3>,
    /// The proof of work.
    pub nonce: u64,
    /// For each query the openings of the trees in the order of [`crate::Layout::trees`].
    pub queries: Vec<Vec<Opening>>,
}

/// The bytes of a proof (section 1.5). What has other lengths than the layout says is refused by the decoder.
pub fn encode_proof(params: &ParameterSet, segments: &[SegmentProof]) -> Vec<u8> {
    let count = u16::try_from(segments.len()).expect("a proof has fewer than 2^16 segments");
    let mut bytes = [params.id.to_le_bytes(), count.to_le_bytes()].concat();
    bytes.extend(segments.iter().flat_map(|segment| segment.heights.0));
    for segment in segments {
        bytes.extend(encode_digests(&segment.main_cap));
        bytes.extend(encode_elements(&segment.bound));
    }
    for segment in segments {
        bytes.extend(encode_digests(&segment.aux_cap));
        bytes.extend(encode_elements(&segment.sums));
        bytes.extend(encode_digests(&segment.quotient_cap));
        bytes.extend(encode_elements(&segment.ood));
        segment.fri_caps.iter().for_each(|cap| bytes.extend(encode_digests(cap)));
        bytes.extend(encode_elements(&segment.final_poly));
        bytes.extend(segment.nonce.to_le_bytes());
        for opening in segment.queries.iter().flatten() {
            bytes.extend(opening.rows.iter().flat_map(|value| value.value().to_le_bytes()));
            bytes.extend(encode_digests(&opening.path));
        }
    }
    bytes
}
