//! CPU in the miniature model: words of 4 bits; addresses, counters and immediates are any of the 241 numbers.

use crate::model::Model;
use crate::poly::SMALL;
use air::Table;
use isa::Op;
use testing::{Random, Seeds, tier_count};

const P: u16 = SMALL as u16;

/// What a row is given: the operands, the slot before, and the state with the operands of the instruction.
#[derive(Clone, Copy, Debug)]
struct Given {
    a: u16,
    b: u16,
    q: u16,
    pc: u16,
    fp: u16,
    msz: u16,
    oa: u16,
    ob: u16,
    oc: u16,
    il: u16,
    ih: u16,
    inv: bool,
}

/// The columns of [`Given`], in the order of [`Given::values`].
const INPUTS: [&str; 15] = ["a_lo", "a_hi", "b_lo", "b_hi", "q_lo", "q_hi", "pc", "fp", "msz", "oa", "ob", "oc", "il", "ih", "inv"];

/// What a row decides; the first two only where it writes a slot, from other than the input tape.
const OUTPUTS: [&str; 7] = ["c_lo", "c_hi", "npc", "nfp", "nmsz", "ad_a", "ad_c"];

impl Given {
    fn new(op: Op, a: u16, b: u16, random: &mut Random) -> Self {
        let mut number = || random.below(SMALL) as u16;
        // The i32 invariant: operands of a 32-bit comparison have no high word.
        let narrow = |x: u16| if op == Op::Lts32 { x & 15 } else { x };
        let (pc, fp, msz, oa, ob, oc, il, ih) = (number(), number(), number(), number(), number(), number(), number(), number());
        let q = random.below(256) as u16;
        Self { a: narrow(a), b: narrow(b), q, pc, fp, msz, oa, ob, oc, il, ih, inv: op.may_invert() && random.one_in(2) }
    }

    fn values(&self) -> [u16; 15] {
        let Self { a, b, q, pc, fp, msz, oa, ob, oc, il, ih, inv } = *self;
        [a & 15, a >> 4, b & 15, b >> 4, q & 15, q >> 4, pc, fp, msz, oa, ob, oc, il, ih, inv.into()]
    }

    /// The outputs of `op` (section 2.5), as far as the row decides them.
    fn expected(&self, op: Op) -> Vec<u16> {
        let Self { a, b, q, pc, fp, msz, oa, ob, oc, il, ih, inv } = *self;
        let words = |x: u16| (x & 15, x >> 4 & 15);
        let signed = |x: u16, bits: u32| i32::from(x) << (32 - bits) >> (32 - bits);
        let truth = |holds: bool| (u16::from(holds != inv), 0);
        let next = (pc + 1) % P;
        let c = match op {
            Op::Add32 => Some(((a + b) & 15, 0)),
            Op::Sub32 => Some((a.wrapping_sub(b) & 15, 0)),
            Op::Add64 => Some(words(a + b)),
            Op::Sub64 => Some(words(a.wrapping_sub(b))),
            Op::Ltu => Some(truth(a < b)),
            Op::Lts32 => Some(truth(signed(a, 4) < signed(b, 4))),
            Op::Lts64 => Some(truth(signed(a, 8) < signed(b, 8))),
            Op::Eq => Some(truth(a == b)),
            Op::Cmov => Some(words(if b & 15 == 0 { q } else { a })),
            Op::Call | Op::Callr => Some((next, fp)),
            Op::Gget | Op::Ggetx | Op::Gset => Some(words(a)),
            Op::Msize => Some((msz, 0)),
            Op::Const => Some((il, ih)),
            _ => None,
        };
        let (a_lo, a_hi) = words(a);
        let jumps = match op {
            Op::Jz => a_lo == 0,
            Op::Jnz => a_lo != 0,
            _ => matches!(op, Op::Jmp | Op::Call),
        };
        let npc = match op {
            _ if jumps => il,
            Op::Callr | Op::Ret => a_lo,
            Op::Jtab => (il + a_lo) % P,
            _ => next,
        };
        let nfp = match op {
            Op::Call | Op::Callr => (fp + ob) % P,
            Op::Ret => a_hi,
            _ => fp,
        };
        let nmsz = if op == Op::Setmsz { a_lo } else { msz };
        let ad_a = match op {
            Op::Gget => oa,
            Op::Ggetx => (oa + (b & 15)) % P,
            _ => (oa + fp) % P,
        };
        let ad_c = if op == Op::Gset { oc } else { (oc + fp) % P };
        c.into_iter().flat_map(|(lo, hi)| [lo, hi]).chain([npc, nfp, nmsz, ad_a, ad_c]).collect()
    }
}

/// Asks about some pairs of operands; the first for which something else than the one right row comes out.
fn wrong(model: &Model, op: Op, without: &[(bool, usize)], random: &mut Random, one_in: u64) -> Option<Given> {
    let inputs = model.columns(&INPUTS);
    let mut at = model.start(op);
    let decided = Given::new(op, 0, 0, &mut Random::new(0)).expected(op).len();
    let outputs = model.columns(&OUTPUTS[OUTPUTS.len() - decided..]);
    let plan = model.plan(op, &["bi"], &inputs, &outputs, without);
    for operands in 0..1u32 << 16 {
        if !random.one_in(one_in) {
            continue;
        }
        let given = Given::new(op, operands as u8 as u16, (operands >> 8) as u16, random);
        for (column, value) in inputs.iter().zip(given.values()) {
            at[usize::from(*column)] = value;
        }
        let expected = given.expected(op);
        let (mut right, mut others) = (0, 0);
        plan.search(&mut at, &mut |row| {
            let found = outputs.iter().map(|column| row[usize::from(*column)]);
            *(if found.eq(expected.iter().copied()) { &mut right } else { &mut others }) += 1;
            others == 0
        });
        if right == 0 || others > 0 {
            return Some(given);
        }
    }
    None
}

#[test]
fn no_operands_have_two_results() {
    let seeds = Seeds::new("no_operands_have_two_results");
    let model = Model::of(Table::Cpu);
    for op in model.table.ops() {
        let mut random = seeds.random(u64::from(op.code()));
        // All pairs of operands in the long tier, else others in every run.
        let wrong = wrong(&model, *op, &[], &mut random, tier_count(32, 1));
        assert!(wrong.is_none(), "{op:?}: {wrong:?}");
    }
}

#[test]
fn every_equation_and_lookup_is_needed() {
    let seeds = Seeds::new("every_equation_and_lookup_is_needed");
    let model = Model::of(Table::Cpu);
    // From C2 on (the front end and C1 are about flags, which are given here), and from the range checks of the words on.
    model.every_one_is_needed((32, 15), &[], |op, without, one_in| {
        let mut random = seeds.random(u64::from(op.code()));
        wrong(&model, op, &[without], &mut random, one_in).is_some()
    });
}
