use crate::encode;

/// The instructions of a function body.
#[derive(Default)]
pub(crate) struct Code(pub(crate) Vec<u8>);

impl Code {
    pub(crate) fn op(&mut self, opcode: u8) {
        self.0.push(opcode);
    }

    /// An opcode with an index.
    pub(crate) fn with(&mut self, opcode: u8, index: u32) {
        self.0.push(opcode);
        encode::unsigned(&mut self.0, u64::from(index));
    }

    /// A constant of i64 (`wide`) or i32.
    pub(crate) fn constant(&mut self, wide: bool, value: u64) {
        self.op(if wide { 0x42 } else { 0x41 });
        encode::signed(&mut self.0, if wide { value as i64 } else { i64::from(value as u32 as i32) });
    }

    /// A load or store with alignment and offset.
    pub(crate) fn access(&mut self, opcode: u8, align: u8, offset: u32) {
        self.op(opcode);
        encode::unsigned(&mut self.0, u64::from(align));
        encode::unsigned(&mut self.0, u64::from(offset));
    }

    /// `memory.copy` (10) or `memory.fill` (11).
    pub(crate) fn bulk(&mut self, number: u8) {
        self.0.extend_from_slice(if number == 10 { &[0xFC, 10, 0, 0] } else { &[0xFC, 11, 0] });
    }

    /// `block` (2), `loop` (3) or `if` (4) of a type.
    pub(crate) fn open(&mut self, structure: u8, type_index: u32) {
        self.op(structure);
        encode::signed(&mut self.0, i64::from(type_index));
    }
}
