/// The table that proves an instruction. A load or store is listed under [`Chip::Mem`]; the trace generator moves an access that crosses
/// an 8-byte boundary to MEMX and one out of bounds to MTRAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Chip {
    /// Control flow, additions, comparisons, globals, tapes.
    Cpu,
    /// Loads and stores.
    Mem,
    /// AND, OR, XOR.
    Bit,
    /// Multiplication, division, shifts.
    Arith,
}

macro_rules! ops {
    ($($name:ident = $code:literal, $mnemonic:literal, $chip:ident, $reads_a:literal, $uses_b:literal, $writes_c:literal;)*) => {
        /// An operation code. Codes are unique over all chips and never 0.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum Op { $($name = $code,)* }

        impl Op {
            /// Every operation, by ascending code.
            pub const ALL: &'static [Op] = &[$(Op::$name,)*];

            /// The operation of a code; `None` for a code that does not exist.
            pub fn from_code(code: u8) -> Option<Op> {
                match code { $($code => Some(Op::$name),)* _ => None }
            }

            /// The name of the instruction table.
            pub fn mnemonic(self) -> &'static str {
                match self { $(Op::$name => $mnemonic,)* }
            }

            /// The table that proves it.
            pub fn chip(self) -> Chip {
                match self { $(Op::$name => Chip::$chip,)* }
            }

            /// Whether operand A is read (RA of section 3.4; SYS for GGET and GGETX).
            pub fn reads_a(self) -> bool {
                match self { $(Op::$name => $reads_a == 1,)* }
            }

            /// Whether B is an operand, a slot or (with `bi`) the immediate (RB).
            pub fn uses_b(self) -> bool {
                match self { $(Op::$name => $uses_b == 1,)* }
            }

            /// Whether C is accessed with the write pattern (WC; SYS for GSET; a store leaves its slot unchanged).
            pub fn writes_c(self) -> bool {
                match self { $(Op::$name => $writes_c == 1,)* }
            }
        }
    };
}

ops! {
    Add32 = 1, "ADD32", Cpu, 1, 1, 1;
    Add64 = 2, "ADD64", Cpu, 1, 1, 1;
    Sub32 = 3, "SUB32", Cpu, 1, 1, 1;
    Sub64 = 4, "SUB64", Cpu, 1, 1, 1;
    Ltu = 5, "LTU", Cpu, 1, 1, 1;
    Lts32 = 6, "LTS32", Cpu, 1, 1, 1;
    Lts64 = 7, "LTS64", Cpu, 1, 1, 1;
    Eq = 8, "EQ", Cpu, 1, 1, 1;
    Cmov = 9, "CMOV", Cpu, 1, 1, 1;
    Jmp = 10, "JMP", Cpu, 0, 0, 0;
    Jz = 11, "JZ", Cpu, 1, 0, 0;
    Jnz = 12, "JNZ", Cpu, 1, 0, 0;
    Jtab = 13, "JTAB", Cpu, 1, 0, 0;
    Call = 14, "CALL", Cpu, 0, 0, 1;
    Callr = 15, "CALLR", Cpu, 1, 0, 1;
    Ret = 16, "RET", Cpu, 1, 0, 0;
    Gget = 17, "GGET", Cpu, 1, 0, 1;
    Ggetx = 18, "GGETX", Cpu, 1, 1, 1;
    Gset = 19, "GSET", Cpu, 1, 0, 1;
    Inw = 20, "INW", Cpu, 1, 0, 1;
    Outw = 21, "OUTW", Cpu, 1, 1, 0;
    Halt = 22, "HALT", Cpu, 0, 0, 0;
    Msize = 23, "MSIZE", Cpu, 0, 0, 1;
    Setmsz = 24, "SETMSZ", Cpu, 1, 0, 0;
    Const = 25, "CONST", Cpu, 0, 0, 1;
    L8u = 26, "L8U", Mem, 1, 0, 1;
    L16u = 27, "L16U", Mem, 1, 0, 1;
    L32u = 28, "L32U", Mem, 1, 0, 1;
    L64 = 29, "L64", Mem, 1, 0, 1;
    L8s32 = 30, "L8S32", Mem, 1, 0, 1;
    L8s64 = 31, "L8S64", Mem, 1, 0, 1;
    L16s32 = 32, "L16S32", Mem, 1, 0, 1;
    L16s64 = 33, "L16S64", Mem, 1, 0, 1;
    L32s64 = 34, "L32S64", Mem, 1, 0, 1;
    S8 = 35, "S8", Mem, 1, 0, 1;
    S16 = 36, "S16", Mem, 1, 0, 1;
    S32 = 37, "S32", Mem, 1, 0, 1;
    S64 = 38, "S64", Mem, 1, 0, 1;
    And = 39, "AND", Bit, 1, 1, 1;
    Or = 40, "OR", Bit, 1, 1, 1;
    Xor = 41, "XOR", Bit, 1, 1, 1;
    Mul32 = 42, "MUL32", Arith, 1, 1, 1;
    Mul64 = 43, "MUL64", Arith, 1, 1, 1;
    Divu = 44, "DIVU", Arith, 1, 1, 1;
    Remu = 45, "REMU", Arith, 1, 1, 1;
    Shl32 = 46, "SHL32", Arith, 1, 1, 1;
    Shl64 = 47, "SHL64", Arith, 1, 1, 1;
    Shru32 = 48, "SHRU32", Arith, 1, 1, 1;
    Shru64 = 49, "SHRU64", Arith, 1, 1, 1;
    Shrs32 = 50, "SHRS32", Arith, 1, 1, 1;
    Shrs64 = 51, "SHRS64", Arith, 1, 1, 1;
    Rotl32 = 52, "ROTL32", Arith, 1, 1, 1;
    Rotl64 = 53, "ROTL64", Arith, 1, 1, 1;
}

impl Op {
    /// The code, 1..=53.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// Whether the result may be negated (`inv`): the comparisons.
    pub fn may_invert(self) -> bool {
        matches!(self, Op::Ltu | Op::Lts32 | Op::Lts64 | Op::Eq)
    }

    /// Bytes that a load or store accesses; `None` for every other operation.
    pub fn access_width(self) -> Option<u32> {
        match self {
            Op::L8u | Op::L8s32 | Op::L8s64 | Op::S8 => Some(1),
            Op::L16u | Op::L16s32 | Op::L16s64 | Op::S16 => Some(2),
            Op::L32u | Op::L32s64 | Op::S32 => Some(4),
            Op::L64 | Op::S64 => Some(8),
            _ => None,
        }
    }

    /// Whether it stores to linear memory.
    pub fn is_store(self) -> bool {
        matches!(self, Op::S8 | Op::S16 | Op::S32 | Op::S64)
    }

    /// Whether an immediate operand of it must fit 32 bits (`ih` = 0): the operations on i32 alone.
    pub fn is_32_bit(self) -> bool {
        matches!(self, Op::Add32 | Op::Sub32 | Op::Lts32 | Op::Mul32 | Op::Shl32 | Op::Shru32 | Op::Shrs32 | Op::Rotl32)
    }
}
