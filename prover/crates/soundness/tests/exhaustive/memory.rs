//! MEM, MEMX and MTRAP in the miniature model: cells of 8 bytes of one bit, pages of 4 bytes, at most 4 of them (16 values of a word).

use crate::model::Model;
use crate::search::Plan;
use air::Table;
use isa::Op;
use testing::{Random, Seeds, tier_count};

/// An access: where it begins, how many pages there are, the two cells and the slot before.
#[derive(Clone, Copy, Debug)]
struct Access {
    address: u16,
    displacement: u16,
    pages: u16,
    cells: u16,
    slot: u16,
}

impl Access {
    fn random(random: &mut Random) -> Access {
        let mut below = |limit: u64| random.below(limit) as u16;
        Access { address: below(16), displacement: below(3) * below(6), pages: below(5), cells: below(1 << 16), slot: below(256) }
    }

    fn first(self) -> u16 {
        self.address + self.displacement
    }

    fn in_bounds(self, op: Op) -> bool {
        u32::from(self.first()) + op.access_width().unwrap() <= 4 * u32::from(self.pages)
    }

    fn crosses(self, op: Op) -> bool {
        u32::from(self.first()) % 8 + op.access_width().unwrap() > 8
    }

    /// The slot and both cells after, bit by bit.
    fn after(self, op: Op) -> (u16, u16) {
        let (width, offset) = (op.access_width().unwrap() as u16, self.first() % 8);
        let window = ((1u32 << width) - 1) as u16;
        if op.is_store() {
            return (self.slot, self.cells & !(window << offset) | (self.slot & window) << offset);
        }
        let value = self.cells >> offset & window;
        let negative = value >> (width - 1) & 1 == 1;
        let filled = match op {
            Op::L8s32 | Op::L16s32 if negative => value | (15 & !window),
            Op::L8s64 | Op::L16s64 | Op::L32s64 if negative => value | (255 & !window),
            _ => value,
        };
        (filled, self.cells)
    }
}

/// MEM or MEMX with what it takes off the MEM bus pinned.
struct Chip {
    model: Model,
    inputs: Vec<u8>,
    outputs: Vec<u8>,
}

impl Chip {
    fn of(table: Table) -> Chip {
        let mut model = Model::of(table);
        // The last accesses: recv MEM, send MEM, two lookups for each cell.
        let cells = if table == Table::Mem { 1 } else { 2 };
        let first = table.interactions() - 4 * cells;
        let mut inputs = model.columns(&["a_lo", "il", "msz", "q_lo", "q_hi"]);
        for cell in 0..cells {
            inputs.extend([model.pin(first + 4 * cell, 2), model.pin(first + 4 * cell, 3)]);
        }
        let new: &[&str] = if cells == 1 { &["nw_lo", "nw_hi"] } else { &["n0", "n1", "n2", "n3"] };
        let outputs = [model.columns(&["cell", "c_lo", "c_hi"]), model.columns(new)].concat();
        Chip { model, inputs, outputs }
    }

    fn plan(&self, op: Op, without: &[(bool, usize)]) -> Plan {
        // The distance to the end of memory touches nothing else, but there must be one.
        let outputs = [self.outputs.clone(), self.model.columns(&["sl"])].concat();
        self.model.plan(op, &[], &self.inputs, &outputs, without)
    }

    /// How many rows an access has that are right and wrong; stops at the first wrong one.
    fn rows(&self, op: Op, plan: &Plan, access: Access) -> (u64, u64) {
        let mut at = self.model.start(op);
        let nibble = |value: u16, i: usize| value >> (4 * i) & 15;
        let mut given = vec![access.address, access.displacement, access.pages, nibble(access.slot, 0), nibble(access.slot, 1)];
        given.extend((0..self.inputs.len() - 5).map(|i| nibble(access.cells, i)));
        for (column, value) in self.inputs.iter().zip(given) {
            at[usize::from(*column)] = value;
        }
        let crossing = self.model.table == Table::Memx;
        let provable = access.in_bounds(op) && access.crosses(op) == crossing;
        let (slot, cells) = access.after(op);
        let mut expected = vec![access.first() / 8, nibble(slot, 0), nibble(slot, 1)];
        expected.extend((0..self.outputs.len() - 3).map(|i| nibble(cells, i)));
        let (mut right, mut wrong) = (0, 0);
        plan.search(&mut at, &mut |row| {
            let found = self.outputs.iter().map(|column| row[usize::from(*column)]);
            *(if provable && found.eq(expected.iter().copied()) { &mut right } else { &mut wrong }) += 1;
            wrong == 0
        });
        assert!(right > 0 || wrong > 0 || !provable, "{op:?} {access:?} has no row");
        (right, wrong)
    }

    /// That without any constraint or lookup wrong rows appear, except without those of `spare`.
    fn every_one_is_needed(&self, seeds: &Seeds, constraint: usize, spare: &[(bool, usize)]) {
        self.model.every_one_is_needed((constraint, 11), spare, |op, without, one_in| {
            let plan = self.plan(op, &[without]);
            let mut random = seeds.random(u64::from(op.code()));
            (0..8_000 / one_in).any(|_| self.rows(op, &plan, Access::random(&mut random)).1 > 0)
        });
    }
}

#[test]
fn no_access_of_one_cell_has_two_results() {
    let seeds = Seeds::new("no_access_of_one_cell_has_two_results");
    let chip = Chip::of(Table::Mem);
    for op in chip.model.table.ops() {
        let plan = chip.plan(*op, &[]);
        // Every address in and around 12 bytes, with every cell, stores with every slot: all in the long tier, else others in every run.
        let slots: u16 = if op.is_store() { tier_count(4, 256) as u16 } else { 1 };
        let mut random = seeds.random(u64::from(op.code()));
        let (shift, step) = (random.below(256) as u16, tier_count(4, 1));
        for address in 0..16 {
            for cells in (random.below(step) as u16..256).step_by(step as usize) {
                for slot in (0..slots).map(|i| (i * 37 + shift) % 256) {
                    let access = Access { address, displacement: 0, pages: 3, cells, slot };
                    assert_eq!(chip.rows(*op, &plan, access).1, 0, "{op:?} {access:?}");
                }
            }
        }
    }
}

#[test]
fn no_access_of_two_cells_has_two_results() {
    let seeds = Seeds::new("no_access_of_two_cells_has_two_results");
    let chip = Chip::of(Table::Memx);
    for op in chip.model.table.ops() {
        let plan = chip.plan(*op, &[]);
        let mut random = seeds.random(u64::from(op.code()));
        for _ in 0..tier_count(1_500, 100_000) {
            let access = Access { pages: 3 + random.below(2) as u16, ..Access::random(&mut random) };
            assert_eq!(chip.rows(*op, &plan, access).1, 0, "{op:?} {access:?}");
        }
    }
}

#[test]
fn every_access_has_rows_in_exactly_one_chip() {
    let (mem, memx, mtrap) = (Chip::of(Table::Mem), Chip::of(Table::Memx), Model::of(Table::Mtrap));
    let (inputs, outputs) = (mtrap.columns(&["a_lo", "il", "msz"]), mtrap.columns(&["e0", "e1"]));
    for op in mtrap.table.ops() {
        let plans: Vec<(&Chip, Plan)> =
            [&mem, &memx].into_iter().filter(|c| c.model.table.ops().contains(op)).map(|c| (c, c.plan(*op, &[]))).collect();
        let trap = mtrap.plan(*op, &[], &inputs, &outputs, &[]);
        for (address, displacement, pages) in (0..16 * 16 * 5).map(|i| (i % 16, i / 16 % 16, i / 256)) {
            let access = Access { address, displacement, pages, cells: 0x1234, slot: 0x5A };
            let mut counts: Vec<u64> = plans
                .iter()
                .map(|(chip, plan)| {
                    let (right, wrong) = chip.rows(*op, plan, access);
                    right + wrong
                })
                .collect();
            let mut at = mtrap.start(*op);
            for (column, value) in inputs.iter().zip([address, displacement, pages]) {
                at[usize::from(*column)] = value;
            }
            let mut trapped = 0;
            trap.search(&mut at, &mut |_| {
                trapped += 1;
                true
            });
            assert_eq!(trapped > 0, !access.in_bounds(*op), "{op:?} {access:?}");
            counts.push(trapped);
            assert_eq!(counts.iter().filter(|count| **count > 0).count(), 1, "{op:?} {access:?}: {counts:?}");
        }
    }
}

#[test]
fn every_equation_and_lookup_is_needed() {
    let seeds = Seeds::new("every_equation_and_lookup_is_needed");
    // M6 for j = 0 says 0 = 0. The AND of M9 makes sg a bit where there is one, s (1 - ..) = 0 only fixes it elsewhere. Bytes 4..8 of a store
    // go together to the high word, so MEM need not know that they are bytes. The times of the last R32 are no part of this model.
    let spare = [(true, 28), (true, 52), (true, 53), (false, 21), (false, 22), (false, 26), (false, 27)];
    Chip::of(Table::Mem).every_one_is_needed(&seeds, 14, &spare);
    let spare = [(true, 22), (true, 24), (true, 47), (true, 48), (false, 30), (false, 31), (false, 34), (false, 35)];
    Chip::of(Table::Memx).every_one_is_needed(&seeds, 10, &spare);
}
