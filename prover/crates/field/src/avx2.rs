//! Four elements in a 256-bit register, two registers to a row.
//!
//! AVX2 compares only signed numbers, so unsigned order is that of the numbers with their top bit flipped (names ending in `_s`).

use crate::packed::{Packed, Row, packed_operators};
use crate::{Goldilocks, P, Ring};
use std::arch::x86_64::*;

/// Eight elements, each canonical. Values exist only inside a kernel that [`crate::Simd::run`] started after it had found AVX2: that is
/// why every intrinsic below may be called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2([__m256i; 2]);

const EPSILON: i64 = 0xFFFF_FFFF;

#[inline(always)]
fn all(value: u64) -> __m256i {
    // SAFETY: AVX2 is there, see `Avx2`.
    unsafe { _mm256_set1_epi64x(value as i64) }
}

/// Flips the top bit of every number.
#[inline(always)]
fn flip(x: __m256i) -> __m256i {
    // SAFETY: AVX2 is there, see `Avx2`.
    unsafe { _mm256_xor_si256(x, all(1 << 63)) }
}

/// a + b mod P, canonical for canonical a and b: a - (P - b), plus P on a borrow.
#[inline(always)]
fn add(a: __m256i, b: __m256i) -> __m256i {
    // SAFETY: AVX2 is there, see `Avx2`.
    let complement = unsafe { _mm256_sub_epi64(all(P), b) };
    sub(a, complement)
}

/// a - b, plus P (which modulo 2^64 is minus 2^32 - 1) on a borrow: canonical for canonical a and b, also for b = P.
#[inline(always)]
fn sub(a: __m256i, b: __m256i) -> __m256i {
    // SAFETY: AVX2 is there, see `Avx2`.
    unsafe {
        let difference = _mm256_sub_epi64(a, b);
        let borrow = _mm256_cmpgt_epi64(flip(b), flip(a));
        _mm256_sub_epi64(difference, _mm256_srli_epi64::<32>(borrow))
    }
}

/// The low and high halves of the four 128-bit products of any 64-bit numbers.
#[inline(always)]
fn wide_product(a: __m256i, b: __m256i) -> (__m256i, __m256i) {
    // SAFETY: AVX2 is there, see `Avx2`.
    unsafe {
        let a_hi = _mm256_srli_epi64::<32>(a);
        let b_hi = _mm256_castps_si256(_mm256_movehdup_ps(_mm256_castsi256_ps(b)));
        let ll = _mm256_mul_epu32(a, b);
        let lh = _mm256_mul_epu32(a, b_hi);
        let hl = _mm256_mul_epu32(a_hi, b);
        let hh = _mm256_mul_epu32(a_hi, b_hi);
        // None of these sums passes 2^64: (2^32 - 1)^2 + 2 (2^32 - 1) = 2^64 - 1.
        let middle = _mm256_add_epi64(hl, _mm256_srli_epi64::<32>(ll));
        let cross = _mm256_add_epi64(lh, _mm256_and_si256(middle, all(EPSILON as u64)));
        let high = _mm256_add_epi64(_mm256_add_epi64(hh, _mm256_srli_epi64::<32>(middle)), _mm256_srli_epi64::<32>(cross));
        let cross_up = _mm256_castps_si256(_mm256_moveldup_ps(_mm256_castsi256_ps(cross)));
        (_mm256_blend_epi32::<0b1010_1010>(ll, cross_up), high)
    }
}

/// lo + 2^64 hi mod P, canonical, for any two 64-bit numbers (appendix A).
#[inline(always)]
fn reduce(lo: __m256i, hi: __m256i) -> __m256i {
    // SAFETY: AVX2 is there, see `Avx2`.
    unsafe {
        let t = _mm256_srli_epi64::<32>(hi);
        let lo_s = flip(lo);
        // t is below 2^32, so a borrow shows in the upper halves alone: they rise only then.
        let less_s = _mm256_sub_epi64(lo_s, t);
        let borrow = _mm256_cmpgt_epi32(less_s, lo_s);
        let less_s = _mm256_sub_epi64(less_s, _mm256_srli_epi64::<32>(borrow));
        // m (2^32 - 1) is at most 2^64 - 2^33 + 1, so after a carry the upper half is strictly smaller, and only then.
        let product = _mm256_mul_epu32(hi, all(EPSILON as u64));
        let more_s = _mm256_add_epi64(less_s, product);
        let carry = _mm256_cmpgt_epi32(less_s, more_s);
        let more_s = _mm256_add_epi64(more_s, _mm256_srli_epi64::<32>(carry));
        canonical(more_s)
    }
}

/// The canonical numbers of flipped ones: minus P from P up.
#[inline(always)]
fn canonical(x_s: __m256i) -> __m256i {
    // SAFETY: AVX2 is there, see `Avx2`.
    unsafe {
        let below = _mm256_cmpgt_epi64(all(P ^ (1 << 63)), x_s);
        let x = flip(x_s);
        _mm256_add_epi64(x, _mm256_andnot_si256(below, all(EPSILON as u64)))
    }
}

#[inline(always)]
fn mul(a: __m256i, b: __m256i) -> __m256i {
    let (lo, hi) = wide_product(a, b);
    reduce(lo, hi)
}

/// a 2^48: the product is only a shift.
#[inline(always)]
fn mul_i(a: __m256i) -> __m256i {
    // SAFETY: AVX2 is there, see `Avx2`.
    unsafe { reduce(_mm256_slli_epi64::<48>(a), _mm256_srli_epi64::<16>(a)) }
}

impl Avx2 {
    #[inline(always)]
    fn splat(value: Goldilocks) -> Self {
        Self([all(value.value()); 2])
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self([add(self.0[0], other.0[0]), add(self.0[1], other.0[1])])
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        Self([sub(self.0[0], other.0[0]), sub(self.0[1], other.0[1])])
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        Self([mul(self.0[0], other.0[0]), mul(self.0[1], other.0[1])])
    }
}

packed_operators!(Avx2);

impl Ring for Avx2 {
    // SAFETY: a vector is 32 bytes of any value.
    const ZERO: Self = unsafe { std::mem::transmute::<[u64; 8], Self>([0; 8]) };
    // SAFETY: as above.
    const ONE: Self = unsafe { std::mem::transmute::<[u64; 8], Self>([1; 8]) };
}

/// The transpose of a 4 x 4 block.
#[inline(always)]
fn transpose_block(r: [__m256i; 4]) -> [__m256i; 4] {
    // SAFETY: AVX2 is there, see `Avx2`.
    unsafe {
        let (a, b) = (_mm256_unpacklo_epi64(r[0], r[1]), _mm256_unpackhi_epi64(r[0], r[1]));
        let (c, d) = (_mm256_unpacklo_epi64(r[2], r[3]), _mm256_unpackhi_epi64(r[2], r[3]));
        [
            _mm256_permute2x128_si256::<0x20>(a, c),
            _mm256_permute2x128_si256::<0x20>(b, d),
            _mm256_permute2x128_si256::<0x31>(a, c),
            _mm256_permute2x128_si256::<0x31>(b, d),
        ]
    }
}

impl Packed for Avx2 {
    #[inline(always)]
    fn load(row: &Row) -> Self {
        let lanes: *const __m256i = (&raw const row.0).cast();
        // SAFETY: AVX2 is there; a row is 64 bytes aligned to 64, a Goldilocks is a transparent u64.
        Self(unsafe { [_mm256_load_si256(lanes), _mm256_load_si256(lanes.add(1))] })
    }

    #[inline(always)]
    fn store(self, row: &mut Row) {
        let lanes: *mut __m256i = (&raw mut row.0).cast();
        // SAFETY: as in `load`; every lane is canonical, as a Goldilocks must be.
        unsafe {
            _mm256_store_si256(lanes, self.0[0]);
            _mm256_store_si256(lanes.add(1), self.0[1]);
        }
    }

    #[inline(always)]
    fn times_i(self) -> Self {
        Self([mul_i(self.0[0]), mul_i(self.0[1])])
    }

    #[inline(always)]
    fn transpose(r: [Self; 8]) -> [Self; 8] {
        let block = |at: usize, half: usize| transpose_block([r[at].0[half], r[at + 1].0[half], r[at + 2].0[half], r[at + 3].0[half]]);
        let (a, b, c, d) = (block(0, 0), block(4, 0), block(0, 1), block(4, 1));
        [
            Self([a[0], b[0]]),
            Self([a[1], b[1]]),
            Self([a[2], b[2]]),
            Self([a[3], b[3]]),
            Self([c[0], d[0]]),
            Self([c[1], d[1]]),
            Self([c[2], d[2]]),
            Self([c[3], d[3]]),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes(x: __m256i) -> [u64; 4] {
        let mut out = [0u64; 4];
        // SAFETY: called only after detection; the store is unaligned and out is 32 bytes.
        unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), x) };
        out
    }

    #[test]
    fn products_of_any_64_bit_numbers_reduce() {
        if !std::arch::is_x86_feature_detected!("avx2") {
            return;
        }
        let edges =
            [0, 1, 2, EPSILON as u64 - 1, EPSILON as u64, EPSILON as u64 + 1, 1 << 63, P - 2, P - 1, P, P + 1, u64::MAX - 1, u64::MAX];
        for a in edges {
            for b in edges {
                let expected = u128::from(a) * u128::from(b) % u128::from(P);
                assert_eq!(lanes(mul(all(a), all(b))), [expected as u64; 4], "{a} * {b}");
                let number = u128::from(a) | u128::from(b) << 64;
                assert_eq!(lanes(reduce(all(a), all(b))), [(number % u128::from(P)) as u64; 4], "{number}");
            }
        }
    }
}
