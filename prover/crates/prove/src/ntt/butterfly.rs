use super::Quad;
use field::{Goldilocks, Packed, Row};

/// The quarters of a block.
#[inline(always)]
pub fn quarters(block: &mut [Row]) -> [&mut [Row]; 4] {
    let quarter = block.len() / 4;
    let (q0, rest) = block.split_at_mut(quarter);
    let (q1, rest) = rest.split_at_mut(quarter);
    let (q2, q3) = rest.split_at_mut(quarter);
    [q0, q1, q2, q3]
}

/// One level on the halves of a block, or on the same rows of both: x0 + w x1, x0 - w x1.
#[inline(always)]
pub fn forward2<V: Packed>([low, high]: [&mut [Row]; 2], w: Goldilocks) {
    let w = V::from(w);
    for (a, b) in low.iter_mut().zip(high) {
        let (x0, x1) = (V::load(a), V::load(b) * w);
        (x0 + x1).store(a);
        (x0 - x1).store(b);
    }
}

/// Undoes [`forward2`] with w = 1, except for the factor 2.
#[inline(always)]
pub fn inverse2<V: Packed>([low, high]: [&mut [Row]; 2]) {
    for (a, b) in low.iter_mut().zip(high) {
        let (y0, y1) = (V::load(a), V::load(b));
        (y0 + y1).store(a);
        (y0 - y1).store(b);
    }
}

/// Two levels on the quarters of a block, or on the same rows of all four: the quarter blocks are the values at u, -u, i u, -i u of x0 + x1 X + x2 X^2 + x3 X^3, where i = 2^48.
#[inline(always)]
pub fn forward4<V: Packed>([q0, q1, q2, q3]: [&mut [Row]; 4], quad: &Quad) {
    let [u, u2, u3] = quad.map(V::from);
    for (((a, b), c), d) in q0.iter_mut().zip(q1).zip(q2).zip(q3) {
        let (x0, x1, x2, x3) = (V::load(a), V::load(b) * u, V::load(c) * u2, V::load(d) * u3);
        let (even, even_minus) = (x0 + x2, x0 - x2);
        let (odd, odd_minus) = (x1 + x3, (x1 - x3).times_i());
        (even + odd).store(a);
        (even - odd).store(b);
        (even_minus + odd_minus).store(c);
        (even_minus - odd_minus).store(d);
    }
}

/// Undoes [`forward4`] except for the factor 4; `quad` holds 1/u, 1/u^2, 1/u^3.
#[inline(always)]
pub fn inverse4<V: Packed>([q0, q1, q2, q3]: [&mut [Row]; 4], quad: &Quad) {
    let [u, u2, u3] = quad.map(V::from);
    for (((a, b), c), d) in q0.iter_mut().zip(q1).zip(q2).zip(q3) {
        let (y0, y1, y2, y3) = (V::load(a), V::load(b), V::load(c), V::load(d));
        let (even, odd) = (y0 + y1, y0 - y1);
        // 1 / i = - i.
        let (even_minus, odd_minus) = (y2 + y3, (y3 - y2).times_i());
        (even + even_minus).store(a);
        ((odd + odd_minus) * u).store(b);
        ((even - even_minus) * u2).store(c);
        ((odd - odd_minus) * u3).store(d);
    }
}
