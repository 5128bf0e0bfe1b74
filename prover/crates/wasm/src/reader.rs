use crate::Error;

/// Reads a part of the module. Offsets are counted from the start of the module, so an error needs no translation.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Reader<'a> {
    /// A reader of `bytes[start..end]`; a range beyond the bytes is cut off.
    pub(crate) fn new(bytes: &'a [u8], start: usize, end: usize) -> Self {
        let end = end.min(bytes.len());
        Self { bytes, at: start.min(end), end }
    }

    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    pub(crate) fn left(&self) -> usize {
        self.end - self.at
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at == self.end
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Error> {
        let byte = self.peek().ok_or(Error::Malformed { offset: self.at, reason: "unexpected end" })?;
        self.at += 1;
        Ok(byte)
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        if self.at < self.end { self.bytes.get(self.at).copied() } else { None }
    }

    /// The next `len` bytes.
    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], Error> {
        if len > self.left() {
            return Err(Error::Malformed { offset: self.at, reason: "unexpected end" });
        }
        let taken = &self.bytes[self.at..self.at + len];
        self.at += len;
        Ok(taken)
    }

    /// A reader of the next `len` bytes, which are passed.
    pub(crate) fn part(&mut self, len: usize, reason: &'static str) -> Result<Reader<'a>, Error> {
        if len > self.left() {
            return Err(Error::Malformed { offset: self.at, reason });
        }
        let part = Reader::new(self.bytes, self.at, self.at + len);
        self.at += len;
        Ok(part)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Error> {
        Ok(self.unsigned(32)? as u32)
    }

    /// The number of entries of a vector; each takes at least one byte, so more than are left cannot be.
    pub(crate) fn count(&mut self) -> Result<u32, Error> {
        let offset = self.at;
        let count = self.u32()?;
        if count as usize > self.left() {
            return Err(Error::Malformed { offset, reason: "unexpected end: more entries are stated than bytes are left" });
        }
        Ok(count)
    }

    pub(crate) fn s32(&mut self) -> Result<i32, Error> {
        Ok(self.signed(32)? as i32)
    }

    pub(crate) fn s33(&mut self) -> Result<i64, Error> {
        self.signed(33)
    }

    pub(crate) fn s64(&mut self) -> Result<i64, Error> {
        self.signed(64)
    }

    /// A name: its length in bytes, then UTF-8.
    pub(crate) fn name(&mut self) -> Result<&'a str, Error> {
        let len = self.u32()? as usize;
        let offset = self.at;
        std::str::from_utf8(self.take(len)?).map_err(|_| Error::Malformed { offset, reason: "malformed UTF-8 encoding" })
    }

    fn unsigned(&mut self, bits: u32) -> Result<u64, Error> {
        let offset = self.at;
        let (mut value, mut shift) = (0u64, 0);
        loop {
            let byte = self.byte()?;
            if shift + 7 > bits {
                if byte & 0x80 != 0 {
                    return Err(Error::Malformed { offset, reason: "integer representation too long" });
                }
                if u32::from(byte) >> (bits - shift) != 0 {
                    return Err(Error::Malformed { offset, reason: "integer too large" });
                }
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
            shift += 7;
        }
    }

    fn signed(&mut self, bits: u32) -> Result<i64, Error> {
        let offset = self.at;
        let (mut value, mut shift) = (0u64, 0);
        loop {
            let byte = self.byte()?;
            if shift + 7 >= bits {
                if byte & 0x80 != 0 {
                    return Err(Error::Malformed { offset, reason: "integer representation too long" });
                }
                // The bits above the number repeat its sign.
                let sign_and_above = (byte & 0x7f) >> (bits - shift - 1);
                if sign_and_above != 0 && sign_and_above != 0x7f >> (bits - shift - 1) {
                    return Err(Error::Malformed { offset, reason: "integer too large" });
                }
            }
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                let unused = 64u32.saturating_sub(shift);
                return Ok((value << unused) as i64 >> unused);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Reader<'_> {
        Reader::new(bytes, 0, bytes.len())
    }

    #[test]
    fn numbers_are_leb128_with_the_bits_they_have() {
        assert_eq!(of(&[0xe5, 0x8e, 0x26]).u32(), Ok(624_485));
        assert_eq!(of(&[0xff, 0xff, 0xff, 0xff, 0x0f]).u32(), Ok(u32::MAX));
        assert_eq!(of(&[0x7f]).s32(), Ok(-1));
        assert_eq!(of(&[0x80, 0x80, 0x80, 0x80, 0x78]).s32(), Ok(i32::MIN));
        assert_eq!(of(&[0xff, 0xff, 0xff, 0xff, 0x07]).s32(), Ok(i32::MAX));
        assert_eq!(of(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]).s64(), Ok(i64::MIN));
        assert_eq!(of(&[0x40]).s33(), Ok(-64));
        assert_eq!(of(&[0xff, 0xff, 0xff, 0xff, 0x0f]).s33(), Ok(i64::from(u32::MAX)));
    }

    #[test]
    fn numbers_that_are_too_long_or_too_large_are_refused() {
        let reason = |r: Result<u64, Error>| match r {
            Err(Error::Malformed { reason, .. }) => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(reason(of(&[0x80, 0x80, 0x80, 0x80, 0x80, 0]).unsigned(32)), "integer representation too long");
        assert_eq!(reason(of(&[0xff, 0xff, 0xff, 0xff, 0x1f]).unsigned(32)), "integer too large");
        assert_eq!(reason(of(&[0xff, 0xff, 0xff, 0xff, 0x4f]).signed(32).map(|v| v as u64)), "integer too large");
        assert_eq!(reason(of(&[0x80]).unsigned(32)), "unexpected end");
        let long = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0];
        assert_eq!(reason(of(&long).signed(64).map(|v| v as u64)), "integer representation too long");
        assert_eq!(reason(of(&long[..9]).signed(64).map(|v| v as u64)), "unexpected end");
    }

    #[test]
    fn a_count_beyond_the_bytes_left_is_refused_before_anything_is_reserved() {
        assert!(of(&[0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2]).count().is_err());
        assert_eq!(of(&[2, 1, 2]).count(), Ok(2));
    }
}
