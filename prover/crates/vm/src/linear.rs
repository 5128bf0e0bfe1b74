use crate::Error;
use isa::PAGE_BYTES;
use std::ops::Range;

/// Linear memory of the fast executor: one flat vector that only grows, and the number of pages that are in bounds.
///
/// Bytes beyond the bounds keep what they had: shrinking and growing again (the chain driver does) shows them once more, as the cells of
/// the proof do.
pub(crate) struct Linear {
    bytes: Vec<u8>,
    pages: u32,
    limit: u32,
}

impl Linear {
    /// Zero memory of `pages` pages.
    ///
    /// # Errors
    /// [`Error::PageLimit`].
    pub(crate) fn new(pages: u32, limit: u32) -> Result<Self, Error> {
        let mut memory = Self { bytes: Vec::new(), pages: 0, limit };
        memory.set_pages(pages)?;
        Ok(memory)
    }

    pub(crate) fn pages(&self) -> u32 {
        self.pages
    }

    pub(crate) fn set_pages(&mut self, pages: u32) -> Result<(), Error> {
        if pages > self.limit {
            return Err(Error::PageLimit { pages, limit: self.limit });
        }
        let needed = usize::try_from(u64::from(pages) * PAGE_BYTES).map_err(|_| Error::PageLimit { pages, limit: self.limit })?;
        if needed > self.bytes.len() {
            // A fresh zero vector costs nothing until it is touched; growing in place would touch every byte.
            let mut larger = vec![0; needed];
            larger[..self.bytes.len()].copy_from_slice(&self.bytes);
            self.bytes = larger;
        }
        self.pages = pages;
        Ok(())
    }

    /// The `N` bytes at `address`; `None` out of bounds.
    #[inline(always)]
    pub(crate) fn load<const N: usize>(&self, address: u64) -> Option<[u8; N]> {
        let range = self.range::<N>(address)?;
        self.bytes.get(range)?.try_into().ok()
    }

    /// Room for the `N` bytes at `address`; `None` out of bounds.
    #[inline(always)]
    pub(crate) fn room<const N: usize>(&mut self, address: u64) -> Option<&mut [u8; N]> {
        let range = self.range::<N>(address)?;
        self.bytes.get_mut(range)?.try_into().ok()
    }

    /// `address` is below 2^33, so nothing overflows.
    #[inline(always)]
    fn range<const N: usize>(&self, address: u64) -> Option<Range<usize>> {
        let start = address as usize;
        (address + N as u64 <= u64::from(self.pages) * PAGE_BYTES).then_some(start..start + N)
    }

    /// The bytes in bounds.
    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        self.bytes.truncate((u64::from(self.pages) * PAGE_BYTES) as usize);
        self.bytes
    }
}
