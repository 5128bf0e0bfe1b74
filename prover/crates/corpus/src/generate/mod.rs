//! Random modules inside the provable subset that always end.
//!
//! A counter in a global goes down at every function entry and at every loop head; below zero both return at once. So every cycle of calls
//! and jumps is bounded, and what is left then is straight-line code. Traps are possible, and rare enough that most runs end normally.
mod body;
mod code;
mod module;
mod operators;

pub use module::{Generated, generate};

/// Picks from a source of random 64-bit numbers.
pub(crate) struct Dice<'a>(&'a mut dyn FnMut() -> u64);

impl Dice<'_> {
    /// A number below `n`.
    fn below(&mut self, n: u32) -> u32 {
        ((self.0)() >> 32) as u32 % n
    }

    /// True in `percent` of all cases.
    fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of them.
    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u32) as usize]
    }

    /// A number that is likely to be an edge: small, a power of two, near one, or anything.
    fn number(&mut self) -> u64 {
        let any = (self.0)();
        match self.below(8) {
            0 | 1 => any % 10,
            2 => 0u64.wrapping_sub(any % 10),
            3 => 1 << (any % 64),
            4 => (1u64 << (any % 64)).wrapping_sub(any >> 63),
            5 => any % 65536,
            6 => u64::from(any as u32),
            _ => any,
        }
    }
}
