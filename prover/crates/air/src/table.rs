/// A table of the proof; the number is its id (section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Table {
    /// Control flow, additions, comparisons, globals, tapes.
    Cpu = 0,
    /// Loads and stores inside one cell.
    Mem = 1,
    /// Multiplication, division, shifts.
    Arith = 2,
    /// AND, OR, XOR.
    Bit = 3,
    /// First and last values of every touched address.
    Memb = 4,
    /// The input tape.
    Intab = 5,
    /// The program.
    Rom = 6,
    /// Ranges, signs, bytes, powers.
    Lut = 7,
    /// Loads and stores across two cells.
    Memx = 8,
    /// Loads and stores out of bounds.
    Mtrap = 9,
}

impl Table {
    /// All tables by id.
    pub const ALL: [Table; 10] =
        [Table::Cpu, Table::Mem, Table::Arith, Table::Bit, Table::Memb, Table::Intab, Table::Rom, Table::Lut, Table::Memx, Table::Mtrap];
}
