use super::function::Function;
use crate::operator::MemArg;
use crate::routines::Routine;
use isa::Op;

/// The instruction of a load or store opcode.
fn op_of(code: u8) -> Op {
    match code {
        0x28 | 0x35 => Op::L32u,
        0x29 => Op::L64,
        0x2c => Op::L8s32,
        0x2d | 0x31 => Op::L8u,
        0x2e => Op::L16s32,
        0x2f | 0x33 => Op::L16u,
        0x30 => Op::L8s64,
        0x32 => Op::L16s64,
        0x34 => Op::L32s64,
        0x36 | 0x3e => Op::S32,
        0x37 => Op::S64,
        0x3a | 0x3c => Op::S8,
        _ => Op::S16,
    }
}

impl Function<'_, '_> {
    /// The alignment that `arg` promises has no effect (section 2.4).
    pub(super) fn load(&mut self, code: u8, arg: MemArg) {
        let address = self.pop_slot();
        let to = self.top_slot();
        let at = self.b.asm.access(op_of(code), address, arg.offset, to);
        self.push_produced(at);
    }

    /// As [`Self::load`].
    pub(super) fn store(&mut self, code: u8, arg: MemArg) {
        let value = self.pop_slot();
        let address = self.pop_slot();
        self.b.asm.access(op_of(code), address, arg.offset, value);
    }

    pub(super) fn memory_size(&mut self) {
        let to = self.top_slot();
        let at = self.b.asm.memory_size(to);
        self.push_produced(at);
    }

    pub(super) fn memory_grow(&mut self) {
        let label = self.b.routine(Routine::Grow);
        self.call_routine(label, 1, 1);
    }

    pub(super) fn memory_copy(&mut self) {
        let label = self.b.routine(Routine::Copy);
        self.call_routine(label, 3, 0);
    }

    pub(super) fn memory_fill(&mut self) {
        let label = self.b.routine(Routine::Fill);
        self.call_routine(label, 3, 0);
    }
}
