//! CPU: additions, comparisons, control flow, globals and tapes (section 3.5). The model of a chip: columns, filler, constraints with the
//! labels of the specification, tests.

use crate::frontend::{fill_front_end, front_end};
use crate::{Bus, Step, Trace, Words};
use field::{Goldilocks, Ring};
use isa::Op;

crate::columns::columns! {
    /// One flag for each operation: f1..f25.
    f[25] from 1,
    bi, pc, fp, ts, msz, oa, ob, oc, il, ih,
    a_lo, a_hi, a_pt, a_dl, b_lo, b_hi, b_pt, b_dl, c_lo, c_hi, q_lo, q_hi, c_pt, c_dl,
    /// The result of the comparison is negated.
    inv,
    /// Address of A (in SYS for GGET and GGETX).
    ad_a,
    /// Address of C (in SYS for GSET).
    ad_c,
    /// The sum or difference, a checked pair of words.
    w_lo, w_hi,
    /// Low limbs of the pair.
    wl, wh,
    /// Carries or borrows; after a comparison k1 = [A <u B].
    k0, k1,
    /// Inverses that witness an inequality.
    e_u, e_v,
    /// The comparison before negation.
    res,
    /// z = [xz = 0].
    z, xz,
    /// Words with the signs of A and B.
    t_a, t_b,
    /// Their top limbs.
    h_a, h_b,
    /// Their signs.
    s_a, s_b,
    /// Whether the signs differ.
    sx,
    npc, nfp, nmsz,
}

/// The operations, by code: flag f[i] stands for code i.
pub const OPS: &[Op] = Op::ALL.split_at(25).0;

/// Interactions of a row.
pub const INTERACTIONS: usize = 26;

/// Constraints of its own, before those of LogUp.
pub const CONSTRAINTS: usize = 80;

/// Appends the row of one instruction.
pub fn fill(step: &Step, trace: &mut Trace) {
    let mut c = Columns::<Goldilocks>::default();
    fill_front_end!(c, OPS, step);
    let op = step.instruction.op;
    let (a, b) = (step.a, step.b);
    c.inv = u32::from(step.instruction.inv).into();
    c.ad_a = match op {
        Op::Gget => c.oa,
        Op::Ggetx => c.oa + c.b_lo,
        _ => c.oa + c.fp,
    };
    c.ad_c = if op == Op::Gset { c.oc } else { c.oc + c.fp };
    if matches!(op, Op::Add32 | Op::Add64) {
        let (lo, k0) = a.lo.overflowing_add(b.lo);
        (c.w_lo, c.k0) = (lo.into(), u32::from(k0).into());
        if op == Op::Add64 {
            let high = u64::from(a.hi) + u64::from(b.hi) + u64::from(k0);
            (c.w_hi, c.k1) = ((high as u32).into(), ((high >> 32) as u32).into());
        }
    }
    let compares = matches!(op, Op::Ltu | Op::Lts32 | Op::Lts64);
    if compares || matches!(op, Op::Sub32 | Op::Sub64) {
        let (lo, k0) = a.lo.overflowing_sub(b.lo);
        (c.w_lo, c.k0) = (lo.into(), u32::from(k0).into());
        if op != Op::Sub32 {
            let high = i64::from(a.hi) - i64::from(b.hi) - i64::from(k0);
            (c.w_hi, c.k1) = ((high as u32).into(), u32::from(high < 0).into());
        }
    }
    c.wl = Goldilocks::new(c.w_lo.value() & 0xFFFF);
    c.wh = Goldilocks::new(c.w_hi.value() & 0xFFFF);
    if matches!(op, Op::Lts32 | Op::Lts64) {
        let (t_a, t_b) = if op == Op::Lts32 { (a.lo, b.lo) } else { (a.hi, b.hi) };
        (c.t_a, c.h_a, c.s_a) = (t_a.into(), (t_a >> 16).into(), (t_a >> 31).into());
        (c.t_b, c.h_b, c.s_b) = (t_b.into(), (t_b >> 16).into(), (t_b >> 31).into());
        c.sx = ((t_a ^ t_b) >> 31).into();
    }
    if compares {
        c.res = if c.k1 == c.sx { Goldilocks::ZERO } else { Goldilocks::ONE };
    }
    if op == Op::Eq {
        c.res = u32::from((a.lo, a.hi) == (b.lo, b.hi)).into();
        if a.lo != b.lo {
            c.e_u = (c.a_lo - c.b_lo).inverse();
        } else if a.hi != b.hi {
            c.e_v = (c.a_hi - c.b_hi).inverse();
        }
    }
    if matches!(op, Op::Jz | Op::Jnz | Op::Cmov) {
        c.xz = if op == Op::Cmov { c.b_lo } else { c.a_lo };
        c.z = u32::from(c.xz == Goldilocks::ZERO).into();
        c.e_u = c.xz.inverse();
    }
    let (npc, nfp, nmsz) = step.next;
    (c.npc, c.nfp, c.nmsz) = (npc.into(), nfp.into(), nmsz.into());
    trace.push(&c.row());
}

/// The constraints and interactions of a row.
#[inline(always)]
pub fn eval<S: Words>(main: &[S::E], sink: &mut S) {
    let c = Columns::of(main);
    let one = S::E::ONE;
    let f = |code: usize| c.f[code - 1];
    let (add, sub, ls) = (f(1) + f(2), f(3) + f(4), f(6) + f(7));
    let ct = f(5) + ls;
    let cq = ct + f(8);
    let w = S::number(S::WORD);

    let mut front = front_end!(c, OPS);
    front.next = [c.npc, c.nfp, c.nmsz];
    front.modifiers = c.inv * S::number(128);
    front.a_space = one + f(17) + f(18);
    front.a_address = c.ad_a;
    if let Some(target) = &mut front.c {
        target.space = one + f(19);
        target.address = c.ad_c;
    }
    front.halt = f(22);
    let real = front.eval(sink);

    // C1
    sink.boolean(c.inv);
    sink.constraint(c.inv * (one - cq));
    // C2, C3
    sink.constraint(c.ad_a - c.oa - c.fp + (f(17) + f(18)) * c.fp - f(18) * c.b_lo);
    sink.constraint(c.ad_c - c.oc - c.fp + f(19) * c.fp);
    // C4 .. C10: add, sub, difference; w is a checked word pair
    sink.constraint(add * (c.a_lo + c.b_lo - c.w_lo - w * c.k0));
    sink.constraint((sub + ct) * (c.w_lo + c.b_lo - c.a_lo - w * c.k0));
    sink.constraint(f(2) * (c.a_hi + c.b_hi + c.k0 - c.w_hi - w * c.k1));
    sink.constraint((f(4) + ct) * (c.w_hi + c.b_hi + c.k0 - c.a_hi - w * c.k1));
    sink.constraint((f(1) + f(3)) * c.w_hi);
    sink.boolean(c.k0);
    sink.boolean(c.k1);
    sink.constraint((add + sub) * (c.c_lo - c.w_lo));
    sink.constraint((add + sub) * (c.c_hi - c.w_hi));
    sink.range32(add + sub + ct, c.w_lo, c.wl);
    sink.range32(add + sub + ct, c.w_hi, c.wh);
    // C11 .. C13: comparison; after C5, C7: k1 = [A <u B]
    sink.constraint(f(6) * (c.t_a - c.a_lo));
    sink.constraint(f(6) * (c.t_b - c.b_lo));
    sink.constraint(f(7) * (c.t_a - c.a_hi));
    sink.constraint(f(7) * (c.t_b - c.b_hi));
    let limb = S::number(S::LIMB);
    sink.range16(ls, c.t_a - limb * c.h_a);
    sink.send(ls, Bus::Sgn, &[c.h_a, c.s_a]);
    sink.range16(ls, c.t_b - limb * c.h_b);
    sink.send(ls, Bus::Sgn, &[c.h_b, c.s_b]);
    let both = c.s_a * c.s_b;
    sink.constraint(ls * (c.sx - c.s_a - c.s_b + both + both));
    sink.constraint(f(5) * c.sx);
    let both = c.k1 * c.sx;
    sink.constraint(ct * (c.res - c.k1 - c.sx + both + both));
    // C14, C15
    let (d_lo, d_hi) = (c.a_lo - c.b_lo, c.a_hi - c.b_hi);
    sink.constraint(f(8) * c.res * d_lo);
    sink.constraint(f(8) * c.res * d_hi);
    sink.constraint(f(8) * (one - c.res - d_lo * c.e_u - d_hi * c.e_v));
    let both = c.inv * c.res;
    sink.constraint(cq * (c.c_lo - c.inv - c.res + both + both));
    sink.constraint(cq * c.c_hi);
    // C16 .. C18: zero test (JZ, JNZ on a_lo; CMOV on b_lo)
    sink.constraint((f(11) + f(12)) * (c.xz - c.a_lo));
    sink.constraint(f(9) * (c.xz - c.b_lo));
    sink.constraint(c.xz * c.z);
    sink.constraint((f(9) + f(11) + f(12)) * (c.xz * c.e_u + c.z - one));
    sink.constraint(f(9) * (c.c_lo - c.a_lo - c.z * (c.q_lo - c.a_lo)));
    sink.constraint(f(9) * (c.c_hi - c.a_hi - c.z * (c.q_hi - c.a_hi)));
    // C19 .. C22: next state
    let seq = real - f(10) - f(11) - f(12) - f(13) - f(14) - f(15) - f(16);
    let after = c.pc + one;
    sink.constraint(seq * (c.npc - after));
    sink.constraint((f(10) + f(14)) * (c.npc - c.il));
    sink.constraint((f(15) + f(16)) * (c.npc - c.a_lo));
    sink.constraint(f(13) * (c.npc - c.il - c.a_lo));
    sink.constraint(f(11) * (c.npc - after - c.z * (c.il - after)));
    sink.constraint(f(12) * (c.npc - c.il - c.z * (after - c.il)));
    sink.constraint((f(14) + f(15)) * (c.nfp - c.fp - c.ob));
    sink.constraint(f(16) * (c.nfp - c.a_hi));
    sink.constraint((real - f(14) - f(15) - f(16)) * (c.nfp - c.fp));
    sink.constraint(f(24) * (c.nmsz - c.a_lo));
    sink.constraint((real - f(24)) * (c.nmsz - c.msz));
    // C23 .. C25: results
    sink.constraint((f(14) + f(15)) * (c.c_lo - after));
    sink.constraint((f(14) + f(15)) * (c.c_hi - c.fp));
    sink.constraint((f(17) + f(18) + f(19)) * (c.c_lo - c.a_lo));
    sink.constraint((f(17) + f(18) + f(19)) * (c.c_hi - c.a_hi));
    sink.constraint(f(23) * (c.c_lo - c.msz));
    sink.constraint(f(23) * c.c_hi);
    sink.constraint(f(25) * (c.c_lo - c.il));
    sink.constraint(f(25) * (c.c_hi - c.ih));
    sink.send(f(20), Bus::Inp, &[c.a_lo, c.c_lo, c.c_hi]);
    sink.send(f(21), Bus::Pout, &[c.a_lo, c.b_lo, c.b_hi]);
    sink.send(f(22), Bus::Halt, &[c.ts]);
}
