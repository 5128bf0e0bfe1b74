/// A bus: what is sent on it equals what is received, as multisets over all tables and segments (section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Bus {
    /// (pc, fp, ts, msz): the one path of execution.
    Exec = 1,
    /// (pc, op, oa, ob, oc, il, ih): the program.
    Rom = 2,
    /// (space, addr, lo, hi, ts): memory.
    Mem = 3,
    /// (x): 16-bit numbers.
    R16 = 4,
    /// (x, s): 16-bit numbers with their top bit.
    Sgn = 5,
    /// (x, y, x & y) of bytes.
    And = 6,
    /// (x, y): two bytes.
    Pair = 7,
    /// (k, zk, PL, PR, MK): shift amounts.
    Pow = 8,
    /// (idx, lo, hi): input words as read.
    Inp = 9,
    /// (idx, lo, hi): input words as given.
    Pin = 10,
    /// (idx, lo, hi): output words.
    Pout = 11,
    /// (ts): the end.
    Halt = 12,
    /// (key): the touched addresses in order.
    Mord = 13,
}
