use crate::Error;
use isa::words_of;

/// Collects the output tape. Words may come in any order, each once; what a proof could not balance is an error at once.
pub(crate) struct OutputTape {
    words: Vec<Option<u64>>,
    limit_bytes: u32,
}

impl OutputTape {
    pub(crate) fn new(limit_bytes: u32) -> Self {
        Self { words: Vec::new(), limit_bytes }
    }

    /// Word `index` is `value` (lo | hi << 32).
    ///
    /// # Errors
    /// [`Error::OutputLimit`], [`Error::OutputTwice`].
    pub(crate) fn write(&mut self, index: u32, value: u64) -> Result<(), Error> {
        if u64::from(index) >= words_of(u64::from(self.limit_bytes)) {
            return Err(Error::OutputLimit { word: index, limit: self.limit_bytes });
        }
        let at = index as usize;
        if at >= self.words.len() {
            self.words.resize(at + 1, None);
        }
        if self.words[at].replace(value).is_some() {
            return Err(Error::OutputTwice { word: index });
        }
        Ok(())
    }

    /// The output and the exit code.
    ///
    /// # Errors
    /// [`Error::OutputTape`] unless the words are exactly a tape of section 1.4, empty when the exit code is not 0.
    pub(crate) fn finish(self) -> Result<(Vec<u8>, u32), Error> {
        let header = self.words.first().copied().flatten().ok_or(Error::OutputTape { word: 0 })?;
        let (len, exit_code) = (header as u32, (header >> 32) as u32);
        if exit_code != 0 && len != 0 {
            return Err(Error::OutputTape { word: 0 });
        }
        let expected = words_of(u64::from(len));
        if self.words.len() as u64 != expected {
            return Err(Error::OutputTape { word: expected.min(self.words.len() as u64) });
        }
        let mut bytes = Vec::with_capacity(8 * self.words.len());
        for (index, word) in self.words.iter().enumerate().skip(1) {
            let word = word.ok_or(Error::OutputTape { word: index as u64 })?;
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        if bytes[len as usize..].iter().any(|&padding| padding != 0) {
            return Err(Error::OutputTape { word: expected - 1 });
        }
        bytes.truncate(len as usize);
        Ok((bytes, exit_code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tape(words: &[(u32, u64)]) -> Result<(Vec<u8>, u32), Error> {
        let mut tape = OutputTape::new(64);
        for &(index, value) in words {
            tape.write(index, value)?;
        }
        tape.finish()
    }

    #[test]
    fn a_tape_may_be_written_in_any_order() {
        assert_eq!(tape(&[(2, 9), (1, 0x0807_0605_0403_0201), (0, 9)]), Ok((vec![1, 2, 3, 4, 5, 6, 7, 8, 9], 0)));
        assert_eq!(tape(&[(0, 6 << 32)]), Ok((vec![], 6)));
    }

    #[test]
    fn what_is_no_tape_is_refused() {
        assert_eq!(tape(&[]), Err(Error::OutputTape { word: 0 }));
        assert_eq!(tape(&[(1, 1)]), Err(Error::OutputTape { word: 0 }));
        assert_eq!(tape(&[(0, 9), (2, 1)]), Err(Error::OutputTape { word: 1 }));
        assert_eq!(tape(&[(0, 8)]), Err(Error::OutputTape { word: 1 }));
        assert_eq!(tape(&[(0, 8), (1, 0), (2, 0)]), Err(Error::OutputTape { word: 2 }));
        assert_eq!(tape(&[(0, 1), (1, 0x100)]), Err(Error::OutputTape { word: 1 }));
        assert_eq!(tape(&[(0, 1 | 2 << 32), (1, 1)]), Err(Error::OutputTape { word: 0 }));
        assert_eq!(tape(&[(0, 1), (0, 1)]), Err(Error::OutputTwice { word: 0 }));
        assert_eq!(tape(&[(9, 1)]), Err(Error::OutputLimit { word: 9, limit: 64 }));
    }
}
