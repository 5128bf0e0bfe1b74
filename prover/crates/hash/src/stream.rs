use crate::constants::INITIAL;
use crate::{Backend, Digest, State, to_digest};

/// SHA-256 of a message that comes in pieces; at most 2^61 - 1 bytes.
#[derive(Clone, Debug)]
pub struct Sha256 {
    backend: Backend,
    state: State,
    buffer: [u8; 64],
    length: u64,
}

impl Sha256 {
    /// The hash of nothing so far.
    pub fn new() -> Self {
        Self::with_backend(Backend::detect())
    }

    /// As [`Sha256::new`], computed by `backend` (the plain one where the processor does not have it).
    pub fn with_backend(backend: Backend) -> Self {
        Self { backend: backend.runnable(), state: INITIAL, buffer: [0; 64], length: 0 }
    }

    /// Appends `bytes` to the message.
    pub fn update(&mut self, mut bytes: &[u8]) {
        let held = (self.length % 64) as usize;
        self.length += bytes.len() as u64;
        if held > 0 {
            let take = bytes.len().min(64 - held);
            self.buffer[held..held + take].copy_from_slice(&bytes[..take]);
            bytes = &bytes[take..];
            if held + take < 64 {
                return;
            }
            self.backend.compress(&mut self.state, &self.buffer);
        }
        let (blocks, rest) = bytes.split_at(bytes.len() / 64 * 64);
        if !blocks.is_empty() {
            self.backend.compress(&mut self.state, blocks);
        }
        self.buffer[..rest.len()].copy_from_slice(rest);
    }

    /// The digest of the message.
    pub fn finish(mut self) -> Digest {
        let held = (self.length % 64) as usize;
        let mut tail = [0u8; 128];
        tail[..held].copy_from_slice(&self.buffer[..held]);
        tail[held] = 0x80;
        let end = if held < 56 { 64 } else { 128 };
        tail[end - 8..end].copy_from_slice(&(self.length * 8).to_be_bytes());
        self.backend.compress(&mut self.state, &tail[..end]);
        to_digest(&self.state)
    }
}

impl Default for Sha256 {
    fn default() -> Self {
        Self::new()
    }
}

/// SHA-256 of a message.
pub fn digest(message: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    hash.update(message);
    hash.finish()
}
