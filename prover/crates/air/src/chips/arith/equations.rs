//! The equations A1..A13 (section 3.7), in the order they are written there.

use super::Columns;
use crate::{Bus, Words};
use field::Ring;

/// The flags by name, and the sums of them that equations are switched by.
pub(super) struct Kinds<E> {
    mu32: E,
    mu64: E,
    dv: E,
    rm: E,
    sl32: E,
    sl64: E,
    su32: E,
    su64: E,
    ss32: E,
    ss64: E,
    rl32: E,
    rl64: E,
    mu: E,
    d: E,
    left: E,
    right: E,
    sh: E,
    srs: E,
}

impl<E: Ring> Kinds<E> {
    pub(super) fn of(flags: [E; 12]) -> Self {
        let [mu32, mu64, dv, rm, sl32, sl64, su32, su64, ss32, ss64, rl32, rl64] = flags;
        let (left, right) = (sl32 + sl64 + rl32 + rl64, su32 + su64 + ss32 + ss64);
        let (mu, d, sh, srs) = (mu32 + mu64, dv + rm, left + right, ss32 + ss64);
        Self { mu32, mu64, dv, rm, sl32, sl64, su32, su64, ss32, ss64, rl32, rl64, mu, d, left, right, sh, srs }
    }
}

/// Everything that ARITH says beyond the front end.
pub(super) fn eval<S: Words>(c: &Columns<S::E>, real: S::E, sink: &mut S) {
    let kinds = Kinds::of(c.f);
    for i in 0..9 {
        sink.range32(real, c.x[i], c.y[i]);
    }
    products(c, &kinds, sink);
    canonical(c, &kinds, real, sink);
    multiplication(c, &kinds, sink);
    division(c, &kinds, sink);
    amount(c, &kinds, sink);
    shifted(c, &kinds, sink);
    sign(c, &kinds, sink);
    placed(c, &kinds, sink);
}

/// A1, A2: the products, each split into two checked words.
fn products<S: Words>(c: &Columns<S::E>, kinds: &Kinds<S::E>, sink: &mut S) {
    let pair = |i: usize| c.x[i] + S::number(S::WORD) * c.x[i + 1];
    sink.constraint(kinds.mu * (c.a_lo * c.b_lo - pair(0)));
    sink.constraint(kinds.d * (c.x[2] * c.b_lo - pair(0)));
    sink.constraint(kinds.sh * (c.a_lo * c.p - pair(0)));
    sink.constraint(kinds.mu64 * (c.a_lo * c.b_hi - pair(2)));
    sink.constraint(kinds.mu64 * (c.a_hi * c.b_lo - pair(4)));
    sink.constraint(kinds.sh * (c.a_hi * c.p - pair(2)));
}

/// A3: no split is product + p, because its high word would be W - 1.
fn canonical<S: Words>(c: &Columns<S::E>, kinds: &Kinds<S::E>, real: S::E, sink: &mut S) {
    let (top, one) = (S::number(S::WORD - 1), S::E::ONE);
    sink.constraint(real * ((c.x[1] - top) * c.i1 - one));
    sink.constraint((kinds.mu64 + kinds.sh) * ((c.x[3] - top) * c.i3 - one));
    sink.constraint(kinds.mu64 * ((c.x[5] - top) * c.i5 - one));
}

/// A4: the low words of a product.
fn multiplication<S: Words>(c: &Columns<S::E>, kinds: &Kinds<S::E>, sink: &mut S) {
    let x = &c.x;
    sink.constraint(kinds.mu * (c.c_lo - x[0]));
    sink.constraint(kinds.mu32 * c.c_hi);
    sink.constraint(kinds.mu64 * (c.c_hi - x[6]));
    sink.constraint(kinds.mu64 * (x[1] + x[2] + x[4] - x[6] - S::number(S::WORD) * c.t));
    sink.constraint(c.t * (c.t - S::E::ONE) * (c.t - S::number(2)));
}

/// A5..A8: quotient (X2, X3), remainder (X4, X5), divisor - 1 - remainder (X7, X8).
fn division<S: Words>(c: &Columns<S::E>, kinds: &Kinds<S::E>, sink: &mut S) {
    let (x, d, w) = (&c.x, kinds.d, S::number(S::WORD));
    sink.constraint(d * x[3] * c.b_hi);
    sink.constraint(d * (x[6] - x[2] * c.b_hi - x[3] * c.b_lo));
    sink.constraint(d * (x[0] + x[4] - c.a_lo - w * c.k0));
    sink.constraint(d * (x[1] + x[6] + x[5] + c.k0 - c.a_hi));
    sink.boolean(c.k0);
    sink.constraint(d * (x[7] + x[4] + S::E::ONE - c.b_lo - w * c.k1));
    sink.constraint(d * (x[8] + x[5] + c.k1 - c.b_hi));
    sink.boolean(c.k1);
    sink.constraint(kinds.dv * (c.c_lo - x[2]));
    sink.constraint(kinds.dv * (c.c_hi - x[3]));
    sink.constraint(kinds.rm * (c.c_lo - x[4]));
    sink.constraint(kinds.rm * (c.c_hi - x[5]));
}

/// A9, A10: the amount is k + 32 kb + 64 X6, and P the power of two that its k means.
fn amount<S: Words>(c: &Columns<S::E>, kinds: &Kinds<S::E>, sink: &mut S) {
    let word_bits = u64::from(4 * S::BYTE_BITS);
    sink.constraint(kinds.sh * (c.b_lo - c.k - S::number(word_bits) * c.kb - S::number(2 * word_bits) * c.x[6]));
    sink.boolean(c.kb);
    sink.send(kinds.sh, Bus::Pow, &[c.k, c.zk, c.pl, c.pr, c.mk]);
    sink.constraint(kinds.left * (c.p - c.pl));
    sink.constraint(kinds.right * (c.p - c.pr));
}

/// A11: the words shifted by k.
fn shifted<S: Words>(c: &Columns<S::E>, kinds: &Kinds<S::E>, sink: &mut S) {
    let Kinds { sl32, sl64, rl32, rl64, right, .. } = *kinds;
    let (x, u, moved) = (&c.x, &c.u, S::E::ONE - c.zk);
    sink.constraint((sl32 + sl64) * (u[0] - x[0]));
    sink.constraint(rl64 * (u[0] - x[0] - x[3]));
    sink.constraint(rl32 * (u[0] - x[0] - x[1]));
    sink.constraint((sl64 + rl64) * (u[1] - x[1] - x[2]));
    sink.constraint(right * (u[0] - c.zk * x[0] - moved * (x[1] + x[2])));
    sink.constraint(right * (u[1] - c.zk * x[2] - moved * x[3]));
}

/// A12: the sign of an arithmetic shift and the bits it fills in.
fn sign<S: Words>(c: &Columns<S::E>, kinds: &Kinds<S::E>, sink: &mut S) {
    sink.constraint(kinds.ss32 * (c.top - c.a_lo));
    sink.constraint(kinds.ss64 * (c.top - c.a_hi));
    sink.range16(kinds.srs, c.top - S::number(S::LIMB) * c.h_top);
    sink.send(kinds.srs, Bus::Sgn, &[c.h_top, c.s]);
    sink.constraint(c.s * (S::E::ONE - kinds.srs));
    sink.constraint(c.fm - c.s * c.mk);
}

/// A13: kb moves whole words.
fn placed<S: Words>(c: &Columns<S::E>, kinds: &Kinds<S::E>, sink: &mut S) {
    let Kinds { sl32, sl64, su32, su64, ss32, ss64, rl32, rl64, .. } = *kinds;
    let (c_lo, c_hi, [u0, u1], kb, fm) = (c.c_lo, c.c_hi, c.u, c.kb, c.fm);
    sink.constraint((sl32 + rl32 + su32) * (c_lo - u0));
    sink.constraint(ss32 * (c_lo - u0 - fm));
    sink.constraint((sl32 + rl32 + su32 + ss32) * c_hi);
    sink.constraint(sl64 * (c_lo - u0 + kb * u0));
    sink.constraint((sl64 + rl64) * (c_hi - u1 - kb * (u0 - u1)));
    sink.constraint((rl64 + su64) * (c_lo - u0 - kb * (u1 - u0)));
    sink.constraint(su64 * (c_hi - u1 + kb * u1));
    sink.constraint(ss64 * (c_lo - u0 - kb * (u1 + fm - u0)));
    sink.constraint(ss64 * (c_hi - u1 - fm - kb * (c.s * S::number(S::WORD - 1) - u1 - fm)));
}
