use crate::Ring;
use std::fmt;
use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// The modulus, 2^64 - 2^32 + 1.
pub const P: u64 = 0xFFFF_FFFF_0000_0001;

const EPSILON: u64 = 0xFFFF_FFFF;

/// An element of the field of [`P`] elements, always stored canonically (below P).
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Goldilocks(u64);

impl Goldilocks {
    /// The generator of the multiplicative group that every root of unity comes from.
    pub const GENERATOR: Self = Self(7);

    /// The largest k for which a root of unity of order 2^k exists.
    pub const TWO_ADICITY: u32 = 32;

    /// The element of a number, reduced.
    pub const fn new(value: u64) -> Self {
        Self(if value >= P { value - P } else { value })
    }

    /// The element of a canonical number; `None` from P up.
    pub fn from_canonical(value: u64) -> Option<Self> {
        (value < P).then_some(Self(value))
    }

    /// The canonical number, below P.
    pub const fn value(self) -> u64 {
        self.0
    }

    /// self^exponent.
    pub const fn pow(self, mut exponent: u64) -> Self {
        let (mut base, mut power) = (self, Self(1));
        while exponent > 0 {
            if exponent & 1 == 1 {
                power = power.times(base);
            }
            base = base.times(base);
            exponent >>= 1;
        }
        power
    }

    /// 1 / self; zero for zero.
    pub const fn inverse(self) -> Self {
        self.pow(P - 2)
    }

    /// omega_k = 7^((p-1)/2^k), a root of unity of order 2^k; k <= 32.
    pub const fn root_of_unity(k: u32) -> Self {
        assert!(k <= Self::TWO_ADICITY);
        Self::GENERATOR.pow((P - 1) >> k)
    }

    #[inline(always)]
    const fn times(self, other: Self) -> Self {
        Self(reduce(self.0 as u128 * other.0 as u128))
    }
}

/// The canonical residue of a 128-bit number (appendix A).
#[inline(always)]
const fn reduce(x: u128) -> u64 {
    let (lo, hi) = (x as u64, (x >> 64) as u64);
    let (m, t) = (hi & EPSILON, hi >> 32);
    let (mut r, borrow) = lo.overflowing_sub(t);
    if borrow {
        r = r.wrapping_sub(EPSILON);
    }
    let (mut r, carry) = r.overflowing_add(m * EPSILON);
    if carry {
        r = r.wrapping_add(EPSILON);
    }
    if r >= P {
        r -= P;
    }
    r
}

impl Ring for Goldilocks {
    const ZERO: Self = Self(0);
    const ONE: Self = Self(1);

    #[inline(never)]
    fn cubic_product(a: [Self; 3], b: [Self; 3]) -> [Self; 3] {
        crate::cubic::product(a, b)
    }
}

impl From<u32> for Goldilocks {
    fn from(value: u32) -> Self {
        Self(u64::from(value))
    }
}

impl Add for Goldilocks {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let (sum, carry) = self.0.overflowing_add(other.0);
        let (reduced, borrow) = sum.overflowing_sub(P);
        Self(if carry || !borrow { reduced } else { sum })
    }
}

impl Sub for Goldilocks {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        let (difference, borrow) = self.0.overflowing_sub(other.0);
        Self(if borrow { difference.wrapping_add(P) } else { difference })
    }
}

impl Mul for Goldilocks {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.times(other)
    }
}

impl Neg for Goldilocks {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self::ZERO - self
    }
}

impl AddAssign for Goldilocks {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Goldilocks {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl MulAssign for Goldilocks {
    #[inline(always)]
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}

impl fmt::Debug for Goldilocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_of_appendix_a() {
        assert_eq!(Goldilocks::root_of_unity(32).value(), 0x1856_29dc_da58_878c);
        let c = Goldilocks::GENERATOR.pow(1 << 32);
        assert_eq!(c.value(), 0xaa5b_2509_f86b_b4d4);
        assert_eq!(c.pow((1 << 32) - 1), Goldilocks::ONE);
        assert_eq!(c.pow(1 << 10).value(), 0x5495_a82f_a4f8_d217, "h_22 = c^(2^(32-22))");
    }

    #[test]
    fn edge_values_reduce() {
        let edges = [0, 1, 2, EPSILON - 1, EPSILON, EPSILON + 1, P - 2, P - 1];
        for a in edges {
            for b in edges {
                let (x, y) = (Goldilocks::new(a), Goldilocks::new(b));
                assert_eq!(u128::from((x * y).value()), u128::from(a) * u128::from(b) % u128::from(P));
                assert_eq!(u128::from((x + y).value()), (u128::from(a) + u128::from(b)) % u128::from(P));
                assert_eq!(x - y + y, x);
            }
        }
        assert_eq!(reduce(u128::MAX), (u128::MAX % u128::from(P)) as u64);
        assert_eq!(Goldilocks::new(u64::MAX).value(), u64::MAX - P);
        assert_eq!(Goldilocks::from_canonical(P), None);
    }
}
