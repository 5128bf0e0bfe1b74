//! ROM: the program, preprocessed, with how often each instruction is executed (section 3.10).

use crate::{Bus, Words};
use field::{Goldilocks, Ring};
use isa::Program;

crate::columns::columns! {
    /// How often the instruction is executed.
    m,
}

/// Preprocessed columns.
pub const PREP: &[&str] = &["pc", "op", "oa", "ob", "oc", "il", "ih"];

/// Interactions of a row.
pub const INTERACTIONS: usize = 1;

/// Constraints of its own.
pub const CONSTRAINTS: usize = 0;

/// The preprocessed columns of a program, 2^rom_log_height rows; padding rows hold their index and zeros.
pub fn preprocessed(program: &Program) -> Vec<Vec<Goldilocks>> {
    let height = 1usize << program.rom_log_height();
    let mut columns = vec![vec![Goldilocks::ZERO; height]; PREP.len()];
    for pc in 0..height {
        columns[0][pc] = Goldilocks::new(pc as u64);
    }
    for (pc, i) in program.instructions.iter().enumerate() {
        for (column, value) in columns[1..].iter_mut().zip([i.opcode(), i.oa, i.ob, i.oc, i.il, i.ih]) {
            column[pc] = value.into();
        }
    }
    columns
}

/// The interaction of a row.
#[inline(always)]
pub fn eval<S: Words>(main: &[S::E], prep: &[S::E], sink: &mut S) {
    let c = Columns::of(main);
    sink.recv(c.m, Bus::Rom, &prep[..PREP.len()]);
}
