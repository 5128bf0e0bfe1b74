use crate::constants::INITIAL;
use crate::{Backend, Digest, State, scalar, to_digest};

/// How many messages a [`Batch`] hashes at once.
pub const LANES: usize = 8;

/// One block of every message: `block[i][lane]` is the i-th 8-byte word, little-endian.
pub(crate) type Block = [[u64; LANES]; 8];

/// SHA-256 of eight messages of equal length that are sequences of little-endian u64: rows of field elements, digests, tags. Columns of a
/// matrix are pushed one after the other, eight consecutive rows at a time.
#[derive(Clone, Debug)]
pub struct Batch {
    backend: Backend,
    /// `states[i][lane]`: word i of the chaining value.
    states: [[u32; LANES]; 8],
    block: Block,
    words: u64,
}

impl Batch {
    /// Eight empty messages.
    pub fn new() -> Self {
        Self::with_backend(Backend::detect())
    }

    /// As [`Batch::new`], computed by `backend` (the plain one where the processor does not have it).
    pub fn with_backend(backend: Backend) -> Self {
        let states = INITIAL.map(|word| [word; LANES]);
        Self { backend: backend.runnable(), states, block: [[0; LANES]; 8], words: 0 }
    }

    /// Appends one word to each message.
    #[inline]
    pub fn push(&mut self, words: &[u64; LANES]) {
        self.block[(self.words % 8) as usize] = *words;
        self.words += 1;
        if self.words.is_multiple_of(8) {
            self.compress();
        }
    }

    /// Appends the same word to every message.
    pub fn push_all(&mut self, word: u64) {
        self.push(&[word; LANES]);
    }

    /// Appends a digest to each message.
    pub fn push_digests<'a>(&mut self, digests: impl Fn(usize) -> &'a Digest) {
        for i in 0..4 {
            let mut words = [0; LANES];
            for (lane, word) in words.iter_mut().enumerate() {
                let bytes = digests(lane)[8 * i..8 * i + 8].try_into().expect("8 bytes");
                *word = u64::from_le_bytes(bytes);
            }
            self.push(&words);
        }
    }

    /// The digests of the messages.
    pub fn finish(mut self) -> [Digest; LANES] {
        let bits = self.words * 64;
        self.push_all(0x80);
        while self.words % 8 != 7 {
            self.push_all(0);
        }
        self.push_all(bits.swap_bytes());
        let mut digests = [[0; 32]; LANES];
        for (lane, digest) in digests.iter_mut().enumerate() {
            *digest = to_digest(&self.state(lane));
        }
        digests
    }

    fn state(&self, lane: usize) -> State {
        self.states.map(|word| word[lane])
    }

    fn set_state(&mut self, lane: usize, state: &State) {
        for (words, word) in self.states.iter_mut().zip(state) {
            words[lane] = *word;
        }
    }

    fn bytes(&self, lane: usize) -> [u8; 64] {
        let mut bytes = [0; 64];
        for (eight, words) in bytes.chunks_exact_mut(8).zip(&self.block) {
            eight.copy_from_slice(&words[lane].to_le_bytes());
        }
        bytes
    }

    fn compress(&mut self) {
        match self.backend {
            #[cfg(target_arch = "x86_64")]
            Backend::Avx2 => {
                // SAFETY: `runnable` in the constructor has kept this backend only where the processor has AVX2.
                unsafe { crate::avx2::compress8(&mut self.states, &self.block) };
            }
            #[cfg(target_arch = "x86_64")]
            Backend::ShaExtensions => {
                crate::backend::clear_upper_halves();
                for lane in (0..LANES).step_by(2) {
                    let (mut first, mut second) = (self.state(lane), self.state(lane + 1));
                    let blocks = [self.bytes(lane), self.bytes(lane + 1)];
                    // SAFETY: `runnable` in the constructor has kept this backend only where the processor has what it needs.
                    unsafe { crate::shani::compress2([&mut first, &mut second], [&blocks[0], &blocks[1]]) };
                    self.set_state(lane, &first);
                    self.set_state(lane + 1, &second);
                }
            }
            _ => {
                for lane in 0..LANES {
                    let mut state = self.state(lane);
                    scalar::compress(&mut state, &self.bytes(lane));
                    self.set_state(lane, &state);
                }
            }
        }
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}
