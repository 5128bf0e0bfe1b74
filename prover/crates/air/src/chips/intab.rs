//! INTAB: the input tape, each word once as given and as often as it is read (section 3.9).

use crate::{Bus, Trace, Words};
use field::{Goldilocks, Ring};

crate::columns::columns! {
    real, idx, lo, hi,
    /// How often the word is read.
    m,
}

/// Interactions of a row.
pub const INTERACTIONS: usize = 2;

/// Constraints of its own.
pub const CONSTRAINTS: usize = 2;

/// Appends one row for each word of the tape; `reads[i]` is how often word i is read, 0 where the slice ends.
pub fn fill(tape: &[(u32, u32)], reads: &[u64], trace: &mut Trace) {
    for (i, (lo, hi)) in tape.iter().enumerate() {
        let row = Columns {
            real: Goldilocks::ONE,
            idx: Goldilocks::new(i as u64),
            lo: (*lo).into(),
            hi: (*hi).into(),
            m: Goldilocks::new(reads.get(i).copied().unwrap_or(0)),
        };
        trace.push(&row.row());
    }
}

/// The constraints and interactions of a row.
#[inline(always)]
pub fn eval<S: Words>(main: &[S::E], sink: &mut S) {
    let c = Columns::of(main);
    // I1, I2
    sink.boolean(c.real);
    sink.constraint((S::E::ONE - c.real) * c.m);
    sink.recv(c.real, Bus::Pin, &[c.idx, c.lo, c.hi]);
    sink.recv(c.m, Bus::Inp, &[c.idx, c.lo, c.hi]);
}
