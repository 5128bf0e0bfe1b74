/// SplitMix64: small, fast, the same everywhere. Not for secrets.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    ///
    /// # Panics
    /// If `limit` is 0.
    pub const fn below(&mut self, limit: u64) -> u64 {
        assert!(limit > 0, "nothing is below 0");
        ((self.next() as u128 * limit as u128) >> 64) as u64
    }

    /// An index into something of `len` elements.
    ///
    /// # Panics
    /// If `len` is 0.
    pub const fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// One of several values.
    ///
    /// # Panics
    /// If there are none.
    pub const fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.index(of.len())]
    }

    /// True one time in `n`.
    pub const fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// 32 bits that are often an edge: 0, 1, small, near a power of two, all ones.
    pub const fn word(&mut self) -> u32 {
        let random = self.next() as u32;
        match self.below(8) {
            0 => 0,
            1 => self.below(4) as u32,
            2 => u32::MAX - self.below(4) as u32,
            3 => (1u32 << self.below(32)).wrapping_sub(self.below(3) as u32),
            4 => 0x8000_0000u32.wrapping_add(self.below(3) as u32).wrapping_sub(1),
            _ => random,
        }
    }

    /// Fills bytes.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }

    /// `len` random bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.fill(&mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_splitmix64() {
        let mut random = Random::new(1_234_567);
        assert_eq!([random.next(), random.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn numbers_stay_below_their_limit_and_reach_all_values() {
        let mut random = Random::new(7);
        let mut seen = [false; 5];
        (0..200).for_each(|_| seen[random.index(5)] = true);
        assert_eq!(seen, [true; 5]);
        assert_eq!(random.bytes(13).len(), 13);
    }
}
