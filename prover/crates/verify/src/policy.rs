use proto::{Digest, PROVEN};

/// The most segments that this version verifies: receipts of several segments are refused by name.
pub const MAX_SEGMENTS: u16 = 1;

/// What the caller trusts and allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The ids of images that the caller has recomputed from their modules (section 1.3). Nothing else is accepted; never fill it from a
    /// receipt.
    pub images: Vec<Digest>,
    /// The parameter sets allowed, by id. By default only `proven`, whose security rests on no conjecture.
    pub allowed_params: Vec<u16>,
    /// The longest receipt; 64 MiB by default.
    pub max_receipt_bytes: usize,
    /// The most segments, and never more than [`MAX_SEGMENTS`].
    pub max_segments: u16,
}

impl Policy {
    /// The platform's default with these images.
    pub fn pinned(images: impl IntoIterator<Item = Digest>) -> Self {
        let images = images.into_iter().collect();
        Self { images, allowed_params: vec![PROVEN.id], max_receipt_bytes: 64 << 20, max_segments: MAX_SEGMENTS }
    }

    /// The same with these parameter sets instead, by id.
    pub fn allowing(self, params: impl IntoIterator<Item = u16>) -> Self {
        Self { allowed_params: params.into_iter().collect(), ..self }
    }
}
