use crate::{Goldilocks, Ring};
use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// a0 + a1 X + a2 X^2 with X^3 = 2, over the base field or over packed elements of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Cubic<R>(pub [R; 3]);

/// The challenge field Fp[X]/(X^3 - 2), about 2^192 elements.
pub type F3 = Cubic<Goldilocks>;

impl<R: Ring> Cubic<R> {
    /// self * X.
    #[inline(always)]
    pub fn times_x(self) -> Self {
        let [a0, a1, a2] = self.0;
        Self([a2 + a2, a0, a1])
    }
}

impl F3 {
    /// self^exponent.
    pub fn pow(self, mut exponent: u64) -> Self {
        let (mut base, mut power) = (self, Self::ONE);
        while exponent > 0 {
            if exponent & 1 == 1 {
                power *= base;
            }
            base *= base;
            exponent >>= 1;
        }
        power
    }

    /// 1 / self; zero for zero. By the two conjugates: their product with self lies in the base field.
    pub fn inverse(self) -> Self {
        const Z: Goldilocks = Goldilocks::new(0xFFFF_FFFF);
        let [a0, a1, a2] = self.0;
        let once = Cubic([a0, a1 * Z, a2 * (Z * Z)]);
        let twice = Cubic([a0, a1 * (Z * Z), a2 * Z]);
        let cofactor = once * twice;
        let norm = (self * cofactor).0[0];
        cofactor * norm.inverse()
    }
}

impl<R: Ring> Ring for Cubic<R> {
    const ZERO: Self = Self([R::ZERO; 3]);
    const ONE: Self = Self([R::ONE, R::ZERO, R::ZERO]);
}

impl<R: Ring> From<Goldilocks> for Cubic<R> {
    #[inline(always)]
    fn from(value: Goldilocks) -> Self {
        Self([R::from(value), R::ZERO, R::ZERO])
    }
}

impl<R: Ring> Add for Cubic<R> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let ([a0, a1, a2], [b0, b1, b2]) = (self.0, other.0);
        Self([a0 + b0, a1 + b1, a2 + b2])
    }
}

impl<R: Ring> Sub for Cubic<R> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        let ([a0, a1, a2], [b0, b1, b2]) = (self.0, other.0);
        Self([a0 - b0, a1 - b1, a2 - b2])
    }
}

impl<R: Ring> Mul for Cubic<R> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(R::cubic_product(self.0, other.0))
    }
}

/// The product of two elements of the extension over `R`.
#[inline(always)]
pub(crate) fn product<R: Ring>([a0, a1, a2]: [R; 3], [b0, b1, b2]: [R; 3]) -> [R; 3] {
    let high = a1 * b2 + a2 * b1;
    let top = a2 * b2;
    [a0 * b0 + high + high, a0 * b1 + a1 * b0 + top + top, a0 * b2 + a1 * b1 + a2 * b0]
}

impl<R: Ring> Mul<R> for Cubic<R> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: R) -> Self {
        let [a0, a1, a2] = self.0;
        Self([a0 * other, a1 * other, a2 * other])
    }
}

impl<R: Ring> Neg for Cubic<R> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self::ZERO - self
    }
}

impl<R: Ring> AddAssign for Cubic<R> {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl<R: Ring> SubAssign for Cubic<R> {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl<R: Ring> MulAssign for Cubic<R> {
    #[inline(always)]
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn f3(a0: u64, a1: u64, a2: u64) -> F3 {
        Cubic([Goldilocks::new(a0), Goldilocks::new(a1), Goldilocks::new(a2)])
    }

    #[test]
    fn the_known_answers_of_appendix_a() {
        assert_eq!(f3(1, 2, 3) * f3(4, 5, 6), f3(58, 49, 28));
        let inverse = f3(0xd4da_9b52_9592_b257, 0x6d4d_a9b4_c959_2b26, 0xa6d4_da9a_ac95_92b3);
        assert_eq!(f3(1, 2, 3).inverse(), inverse);
        assert_eq!(f3(1, 2, 3) * inverse, F3::ONE);
        assert_eq!(f3(1, 2, 3).times_x(), f3(6, 1, 2));
    }
}
