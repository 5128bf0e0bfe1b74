use super::asm::B;
use super::function::Function;
use crate::operator::MemArg;
use crate::routines::Routine;
use crate::signature;
use isa::{Op, Trap};

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
    pub(super) fn load(&mut self, code: u8, arg: MemArg) {
        let address = self.pop_slot();
        let to = self.top_slot();
        let (_, width) = signature::access(code);
        if arg.align < width {
            self.load_bytes(op_of(code), arg.offset, 1 << width, address);
        } else {
            let at = self.b.asm.access(op_of(code), address, arg.offset, to);
            self.push_produced(at);
        }
    }

    pub(super) fn store(&mut self, code: u8, arg: MemArg) {
        let value = self.pop_slot();
        let address = self.pop_slot();
        let (_, width) = signature::access(code);
        if arg.align < width {
            self.store_bytes(arg.offset, 1 << width, address, value);
        } else {
            self.b.asm.access(op_of(code), address, arg.offset, value);
        }
    }

    /// A load that promises less than its width is made of bytes (section 2.4), the highest first: it has the sign, and leaves memory first.
    fn load_bytes(&mut self, op: Op, offset: u32, bytes: u32, address: u32) {
        let to = self.top_slot();
        let (sum, byte) = (to + 1, to + 2);
        let Some(last) = offset.checked_add(bytes - 1) else { return self.outside() };
        let (top, left) = match op {
            Op::L16s32 => (Op::L8s32, Op::Shl32),
            Op::L16s64 | Op::L32s64 => (Op::L8s64, Op::Shl64),
            _ => (Op::L8u, Op::Shl64),
        };
        self.b.asm.access(top, address, last, sum);
        self.b.asm.alu(left, sum, B::Imm(u64::from(8 * (bytes - 1))), sum);
        for i in (1..bytes - 1).rev() {
            self.b.asm.access(Op::L8u, address, offset + i, byte);
            self.b.asm.alu(Op::Shl64, byte, B::Imm(u64::from(8 * i)), byte);
            self.b.asm.alu(Op::Or, sum, B::Slot(byte), sum);
        }
        self.b.asm.access(Op::L8u, address, offset, byte);
        let at = self.b.asm.alu(Op::Or, sum, B::Slot(byte), to);
        self.push_produced(at);
    }

    /// The same for stores. The highest byte is stored first, so that one that leaves memory stores nothing.
    fn store_bytes(&mut self, offset: u32, bytes: u32, address: u32, value: u32) {
        let Some(last) = offset.checked_add(bytes - 1) else { return self.outside() };
        let byte = self.top_slot() + 2;
        for i in (1..bytes).rev() {
            self.b.asm.alu(Op::Shru64, value, B::Imm(u64::from(8 * i)), byte);
            self.b.asm.access(Op::S8, address, last - (bytes - 1 - i), byte);
        }
        self.b.asm.access(Op::S8, address, offset, value);
    }

    /// An access whose displacement alone leaves every memory.
    fn outside(&mut self) {
        let trap = self.b.traps.at(Trap::OutOfBounds);
        self.b.asm.jump(trap);
        self.die();
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
