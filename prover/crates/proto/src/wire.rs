use field::{Cubic, F3, Goldilocks, P};
use hash::Digest;

/// Bytes of an F3 element: a0 | a1 | a2, u64 little-endian each.
pub(crate) const ELEMENT: usize = 24;

/// Bytes of a digest.
pub(crate) const DIGEST: usize = 32;

/// F3 elements as they lie in a proof or in the transcript. The decoder has checked that they are canonical.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elements<'a>(pub(crate) &'a [u8]);

impl<'a> Elements<'a> {
    /// How many.
    pub fn len(self) -> usize {
        self.0.len() / ELEMENT
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The encoding.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// The elements in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = F3> + 'a {
        self.0.chunks_exact(ELEMENT).map(|bytes| Cubic([word(bytes, 0), word(bytes, 1), word(bytes, 2)]))
    }
}

/// Digests as they lie in a proof: a cap by ascending index, or a path from the bottom up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digests<'a>(pub(crate) &'a [u8]);

impl<'a> Digests<'a> {
    /// How many.
    pub fn len(self) -> usize {
        self.0.len() / DIGEST
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The encoding.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// Digest `index`.
    pub fn get(self, index: usize) -> Option<&'a Digest> {
        self.0.as_chunks::<DIGEST>().0.get(index)
    }

    /// The digests in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = &'a Digest> {
        self.0.as_chunks::<DIGEST>().0.iter()
    }
}

impl<'a> From<&'a [Digest]> for Digests<'a> {
    fn from(digests: &'a [Digest]) -> Self {
        Self(digests.as_flattened())
    }
}

/// Word `index` of little-endian u64s; 0 where the bytes end before.
pub(crate) fn word(bytes: &[u8], index: usize) -> Goldilocks {
    Goldilocks::new(bytes.as_chunks::<8>().0.get(index).map_or(0, |bytes| u64::from_le_bytes(*bytes)))
}

/// The index of the first little-endian u64 that is not below the modulus.
pub(crate) fn first_non_canonical(bytes: &[u8]) -> Option<usize> {
    bytes.as_chunks::<8>().0.iter().position(|bytes| u64::from_le_bytes(*bytes) >= P)
}

/// The encoding of F3 elements in proofs and transcripts (section 1.5).
pub fn encode_elements<'a>(elements: impl IntoIterator<Item = &'a F3>) -> Vec<u8> {
    elements.into_iter().flat_map(|element| element.0).flat_map(|value| value.value().to_le_bytes()).collect()
}

/// The encoding of digests in proofs and transcripts.
pub fn encode_digests(digests: &[Digest]) -> Vec<u8> {
    digests.as_flattened().to_vec()
}

/// Takes bytes from the front.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    taken: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, taken: 0 }
    }

    /// The next `count` bytes; `None` when fewer are left.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        self.taken += count;
        Some(head)
    }

    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// How many bytes have been taken.
    pub fn offset(&self) -> usize {
        self.taken
    }

    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }
}
