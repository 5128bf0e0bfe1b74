//! Constraints and interactions switched off at run time: an arithmetisation that lacks something, for tests (section 6.6 e).
//!
//! The feature `masks` is for test builds alone; nothing that is shipped asks for it.

use crate::{Mask, Table};
use std::cell::RefCell;

thread_local! {
    static OFF: RefCell<Vec<Mask>> = const { RefCell::new(Vec::new()) };
}

/// Does `work` with some constraints and interactions switched off on this thread: a constraint is then 0, and an interaction has the
/// multiplicity 0, for a prover's columns and quotient as for a verifier's identity. Exponents of lambda and pairs of helpers stay as they are.
pub fn without<R>(masks: &[Mask], work: impl FnOnce() -> R) -> R {
    struct Restore(Vec<Mask>);
    impl Drop for Restore {
        fn drop(&mut self) {
            OFF.set(std::mem::take(&mut self.0));
        }
    }
    let _restore = Restore(OFF.replace(masks.to_vec()));
    work()
}

/// What is switched off of a table.
pub(crate) fn of(table: Table) -> Vec<Mask> {
    OFF.with_borrow(|off| off.iter().copied().filter(|mask| mask.table() == table).collect())
}
