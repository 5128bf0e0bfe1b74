//! False rows that are right in everything but one point, each with what rejects it: nothing else does.

use air::chips::lut;
use air::{Bus, Seen, Sign, Step, Table, Trace};
use field::{Goldilocks, Ring};
use isa::{Instruction, Op};
use soundness::independence::Target;
use soundness::said;

/// A row whose cells are changed by name.
struct Forged {
    table: Table,
    names: Vec<String>,
    row: Vec<Goldilocks>,
}

fn pair(value: u64) -> (u32, u32) {
    (value as u32, (value >> 32) as u32)
}

fn number(value: i64) -> Goldilocks {
    let size = Goldilocks::new(value.unsigned_abs());
    if value < 0 { -size } else { size }
}

impl Forged {
    /// The row that the chip makes of a step.
    fn of(table: Table, step: &Step) -> Forged {
        let mut trace = Trace::new(table);
        table.fill(step, &mut trace).expect("a chip");
        let forged = Forged { table, names: table.main_names(), row: trace.row(0) };
        assert_eq!(forged.rejected_by(), [], "the honest row");
        forged
    }

    /// An operation of BIT or ARITH at some place.
    fn operation(table: Table, op: Op, a: u64, b: u64, c: u64) -> Forged {
        let ((a_lo, a_hi), (b_lo, b_hi)) = (pair(a), pair(b));
        let instruction = Instruction { oa: 3, ob: 4, oc: 5, ..Instruction::new(op) };
        let seen = |lo, hi, ts| Seen { lo, hi, ts };
        let step = Step {
            pc: 9,
            fp: 100,
            ts: 400,
            msz: 1,
            instruction,
            a: seen(a_lo, a_hi, 27),
            b: seen(b_lo, b_hi, 31),
            c: seen(7, 8, 35),
            c_new: pair(c),
            cells: [Seen::default(); 2],
            cells_new: [(0, 0); 2],
            next: (10, 100, 1),
        };
        Forged::of(table, &step)
    }

    /// A load or store at `address` in two pages; every byte of memory is its address, and the slot holds `slot`.
    fn access(table: Table, op: Op, address: u32, slot: u64, result: u64, stored: [u64; 2]) -> Forged {
        let instruction = Instruction { oa: 3, oc: 5, il: 16, ..Instruction::new(op) };
        let cell = |i: u32| {
            let bytes: [u8; 8] = std::array::from_fn(|j| ((address & !7) + 8 * i) as u8 + j as u8);
            let (lo, hi) = pair(u64::from_le_bytes(bytes));
            Seen { lo, hi, ts: 302 }
        };
        let (lo, hi) = pair(slot);
        let step = Step {
            pc: 9,
            fp: 100,
            ts: 400,
            msz: 2,
            instruction,
            a: Seen { lo: address.wrapping_sub(16), hi: 0, ts: 27 },
            b: Seen::default(),
            c: Seen { lo, hi, ts: 35 },
            c_new: pair(result),
            cells: [cell(0), cell(1)],
            cells_new: stored.map(pair),
            next: (if table == Table::Mtrap { 1 } else { 10 }, 100, 2),
        };
        Forged::of(table, &step)
    }

    fn index(&self, name: &str) -> usize {
        self.names.iter().position(|n| n == name).unwrap_or_else(|| panic!("{} has no column {name}", self.table.name()))
    }

    fn get(&self, name: &str) -> Goldilocks {
        self.row[self.index(name)]
    }

    fn set(mut self, name: &str, value: impl Into<Goldilocks>) -> Self {
        let index = self.index(name);
        self.row[index] = value.into();
        self
    }

    fn set_all(self, cells: &[(&str, i64)]) -> Self {
        cells.iter().fold(self, |forged, (name, value)| forged.set(name, number(*value)))
    }

    /// Everything that the row violates.
    fn rejected_by(&self) -> Vec<Target> {
        let said = said(self.table, &self.row, &[]);
        let constraints = said.constraints.iter().enumerate().filter(|(_, value)| **value != Goldilocks::ZERO);
        let lookups = said.interactions.iter().enumerate().filter(|(_, i)| {
            let looked_up = i.sign == Sign::Send && lut::BUSES.contains(&i.bus) && i.multiplicity != Goldilocks::ZERO;
            looked_up && lut::row_of(i.bus, &i.tuple).is_none()
        });
        constraints.map(|(i, _)| Constraint(i)).chain(lookups.map(|(i, _)| Lookup(i))).collect()
    }

    /// Asserts that only this rejects the row.
    fn only(&self, target: Target) {
        assert_eq!(self.rejected_by(), [target]);
    }
}

use Target::{Constraint, Lookup};

/// The number of the interaction that looks up column `name` as it is.
fn limb(forged: &Forged, name: &str) -> Target {
    let value = forged.get(name);
    let said = said(forged.table, &forged.row, &[]);
    let found: Vec<usize> =
        (0..said.interactions.len()).filter(|&i| said.interactions[i].bus == Bus::R16 && said.interactions[i].tuple == [value]).collect();
    assert_eq!(found.len(), 1, "{name} is looked up once");
    Lookup(found[0])
}

#[test]
fn product_plus_p() {
    // 2 * 3 + p = 7 + W (W - 1).
    let forged = Forged::operation(Table::Arith, Op::Mul32, 2, 3, 6);
    let top = i64::from(u32::MAX);
    forged.set_all(&[("x0", 7), ("y0", 7), ("x1", top), ("y1", 0xFFFF), ("c_lo", 7)]).only(Constraint(23));
    // The same of a_lo b_hi and of a_hi b_lo: their high words go into nothing, so the low ones reach c_hi.
    let forged = Forged::operation(Table::Arith, Op::Mul64, 2, 3 << 32, 6 << 32);
    forged.set_all(&[("x2", 7), ("y2", 7), ("x3", top), ("y3", 0xFFFF), ("x6", 7), ("y6", 7), ("c_hi", 7)]).only(Constraint(24));
    let forged = Forged::operation(Table::Arith, Op::Mul64, 3 << 32, 2, 6 << 32);
    forged.set_all(&[("x4", 7), ("y4", 7), ("x5", top), ("y5", 0xFFFF), ("x6", 7), ("y6", 7), ("c_hi", 7)]).only(Constraint(25));
    // A shift of 3 by one bit: the word shifted out would be full.
    let forged = Forged::operation(Table::Arith, Op::Shru32, 3 << 1, 31, 0);
    assert_eq!(forged.get("p"), Goldilocks::new(2));
    let forged = forged.set_all(&[("x0", 13), ("y0", 13), ("x1", top), ("y1", 0xFFFF), ("u0", top), ("c_lo", top)]);
    forged.only(Constraint(23));
}

#[test]
fn a_remainder_that_is_not_below_the_divisor() {
    // 17 = 2 * 5 + 7; 5 - 1 - 7 = -3 would have to be a pair of words: (W - 3, -1).
    let low = (1i64 << 32) - 3;
    let forged = Forged::operation(Table::Arith, Op::Divu, 17, 5, 3);
    let forged = forged.set_all(&[("x0", 10), ("y0", 10), ("x2", 2), ("y2", 2), ("x4", 7), ("y4", 7), ("c_lo", 2)]);
    let forged = forged.set_all(&[("x7", low), ("y7", 0xFFFD), ("k1", 1), ("x8", -1), ("y8", -1)]).set("i1", inverse_of_top(0));
    let target = limb(&forged, "y8");
    forged.only(target);
    // A division by zero: whatever the quotient, the remainder is not below 0.
    let forged = Forged::operation(Table::Arith, Op::Remu, 17, 18, 17).set_all(&[("b_lo", 0), ("x7", -18), ("y7", -18), ("k1", 0)]);
    let target = limb(&forged, "y7");
    forged.only(target);
}

/// 1 / (x - (W - 1)), as A3 asks for it.
fn inverse_of_top(x: i64) -> Goldilocks {
    (number(x) - number(i64::from(u32::MAX))).inverse()
}

#[test]
fn a_wrong_sign_of_an_arithmetic_shift() {
    let forged = Forged::operation(Table::Arith, Op::Shrs32, 0x4000_0000, 4, 0x0400_0000);
    let mk = forged.get("mk");
    let forged = forged.set("s", 1u32).set("fm", mk).set("c_lo", 0xF400_0000u32);
    let said = said(Table::Arith, &forged.row, &[]);
    let sign = said.interactions.iter().position(|i| i.bus == Bus::Sgn).unwrap();
    forged.only(Lookup(sign));
}

#[test]
fn garbage_in_the_upper_half_of_an_i32() {
    Forged::operation(Table::Arith, Op::Mul32, 2, 3, 6).set("c_hi", 1u32).only(Constraint(27));
    for (op, result) in [(Op::Shl32, 12), (Op::Rotl32, 12), (Op::Shru32, 0), (Op::Shrs32, 0)] {
        Forged::operation(Table::Arith, op, 3, 2, result).set("c_hi", 1u32).only(Constraint(59));
    }
    let forged = Forged::access(Table::Mem, Op::L8s32, 0x90, 0, 0xFFFF_FF90, [0x9796_9594_9392_9190, 0]);
    assert_eq!(forged.set("c_hi", u32::MAX).rejected_by(), [Constraint(55)]);
    let forged = Forged::access(Table::Memx, Op::L16s32, 0x87, 0, 0xFFFF_8887, [0x8786_8584_8382_8180, 0x8F8E_8D8C_8B8A_8988]);
    assert_eq!(forged.set("c_hi", u32::MAX).rejected_by(), [Constraint(50)]);
}

#[test]
fn amounts_of_a_shift() {
    // 65 = 1 + 64 * 1. As 1 + 32 * 2: kb is no bit.
    let forged = Forged::operation(Table::Arith, Op::Shl32, 3, 65, 6).set_all(&[("kb", 2), ("x6", 0), ("y6", 0)]);
    forged.only(Constraint(44));
    // 33 as 1 + 64 * (1/2): X6 is no word.
    let half = Goldilocks::new(2).inverse();
    let forged = Forged::operation(Table::Arith, Op::Shl32, 3, 33, 6).set("kb", 0u32).set("x6", half).set("y6", half);
    let target = limb(&forged, "y6");
    forged.only(target);
    // Shift by 1 with the power of 2: the table ties them together.
    let forged = Forged::operation(Table::Arith, Op::Shl32, 3, 1, 6).set_all(&[("pl", 4), ("p", 4), ("x0", 12), ("y0", 12), ("u0", 12)]);
    let forged = forged.set("c_lo", 12u32);
    let pow = said(Table::Arith, &forged.row, &[]).interactions.iter().position(|i| i.bus == Bus::Pow).unwrap();
    forged.only(Lookup(pow));
}

const CELLS: [u64; 2] = [0x8786_8584_8382_8180, 0x8F8E_8D8C_8B8A_8988];

#[test]
fn a_store_beside_its_window() {
    // A byte at 0x82 goes to 0x83 instead.
    let forged = Forged::access(Table::Mem, Op::S8, 0x82, 0xAA, 0xAA, [0x8786_8584_83AA_8180, 0]);
    forged.set_all(&[("o2", 0), ("o3", 1), ("nw_lo", 0xAA82_8180)]).only(Constraint(23));
    // Its neighbour changes too.
    let forged = Forged::access(Table::Mem, Op::S8, 0x82, 0xAA, 0xAA, [0x8786_8584_83AA_8180, 0]);
    forged.set("nw_lo", 0x84AA_8180u32).only(Constraint(43));
    // A byte that is none: the slot's 0x1AA as 0xAA + 256 and the rest one less.
    let forged = Forged::access(Table::Mem, Op::S8, 0x82, 0x1AA, 0x1AA, [0x8786_8584_83AA_8180, 0]);
    let forged = forged.set_all(&[("x0", 0x1AA), ("x1", 0), ("nw_lo", 0x84AA_8180)]);
    let target = first_pair_of(&forged, "x0");
    forged.only(target);
    // Bytes 4..8 of a store go nowhere in MEM, but bytes they must be.
    for (name, next) in [("x4", "x5"), ("x6", "x7")] {
        let slot = 0x0505_0505_0000_00AA;
        let forged = Forged::access(Table::Mem, Op::S8, 0x82, slot, slot, [0x8786_8584_83AA_8180, 0]);
        let forged = forged.set_all(&[(name, 0x105), (next, 4)]);
        let target = first_pair_of(&forged, name);
        forged.only(target);
    }
    // The same across two cells: both halves of a 16-bit store change only their byte.
    let stored = [0xBB86_8584_8382_8180, 0x8F8E_8D8C_8B8A_89AA];
    let forged = Forged::access(Table::Memx, Op::S16, 0x87, 0xAABB, 0xAABB, stored);
    forged.set("n2", 0x8B8A_00AAu32).only(Constraint(39));
}

fn first_pair_of(forged: &Forged, name: &str) -> Target {
    let value = forged.get(name);
    let said = said(forged.table, &forged.row, &[]);
    Lookup(said.interactions.iter().position(|i| i.bus == Bus::Pair && i.tuple[0] == value).unwrap())
}

#[test]
fn an_access_of_another_chip() {
    // MEM on 16 bits at 0x87: the second byte would be 0.
    let forged = Forged::access(Table::Mem, Op::L16u, 0x86, 0, 0x8786, [CELLS[0], 0]);
    forged.set_all(&[("il", 17), ("o6", 0), ("o7", 1), ("x0", 0x87), ("x1", 0), ("c_lo", 0x87), ("sl", 0xFF77)]).only(Constraint(24));
    // MEMX on 16 bits at 0x83: right bytes, but the access also reads and writes the next cell.
    let forged = Forged::access(Table::Memx, Op::L16u, 0x87, 0, 0x8887, CELLS);
    let forged = forged.set_all(&[("il", 12), ("o7", 0), ("o3", 1), ("x0", 0x83), ("x1", 0x84), ("c_lo", 0x8483), ("sl", 0xFF7B)]);
    forged.only(Constraint(19));
    // MTRAP on the last byte of memory: the distance beyond the end would be -1.
    let forged = Forged::access(Table::Mtrap, Op::L8u, 0x2_0000, 0, 0, [0, 0]).set_all(&[("il", 15), ("e0", -1)]);
    forged.only(Lookup(7));
    let forged = Forged::access(Table::Mtrap, Op::L8u, 0x2_0000, 0, 0, [0, 0]).set_all(&[("il", 15), ("e0", 0xFFFF), ("e1", -1)]);
    forged.only(Lookup(8));
    let forged = Forged::access(Table::Mtrap, Op::L8u, 0x2_0000, 0, 0, [0, 0]).set_all(&[("il", 15), ("e0", 0xFFFF), ("e1", 0xFFFF)]);
    forged.only(Lookup(9));
    // MEM on the first byte beyond: the distance to the end would be -1.
    let last = Forged::access(Table::Mem, Op::L8u, 0x1_FFFF, 0, 0xFF, [0xFFFE_FDFC_FBFA_F9F8, 0]);
    let beyond = last.set_all(&[("il", 17), ("cell", 0x4000), ("cl", 0x4000), ("o7", 0), ("o0", 1), ("x0", 0xF8), ("c_lo", 0xF8)]);
    let beyond = beyond.set_all(&[("sl", -1)]);
    let target = limb(&beyond, "sl");
    beyond.only(target);
    beyond.set_all(&[("sl", 0xFFFF)]).only(Lookup(14));
}

#[test]
fn a_cell_that_is_no_number() {
    // 64 bits at 0x81 as at offset 2 of "cell" (0x81 - 2) / 8.
    for target in [Lookup(11), Lookup(12)] {
        let forged = Forged::access(Table::Memx, Op::L64, 0x81, 0, 0x8887_8685_8483_8281, CELLS);
        let cell = number(0x7F) * Goldilocks::new(8).inverse();
        let forged = forged.set("cell", cell).set("cl", if target == Lookup(11) { cell } else { Goldilocks::ZERO });
        let forged = forged.set_all(&[("o1", 0), ("o2", 1), ("c_lo", 0x8584_8382), ("c_hi", 0x8988_8786)]);
        (0..8).fold(forged, |forged, j| forged.set(&format!("x{j}"), 0x82 + j as u32)).only(target);
    }
}
