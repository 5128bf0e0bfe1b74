use field::{F3, Goldilocks, Ring, Tower};
use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// F3 whose operations are calls. The constraints are written to be inlined into kernels of the prover; the verifier evaluates them once, at
/// one point, and is better off with small code that compiles quickly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outlined(pub F3);

impl Ring for Outlined {
    const ZERO: Self = Self(F3::ZERO);
    const ONE: Self = Self(F3::ONE);
}

impl Tower for Outlined {
    type Ext = Self;

    fn lift(self) -> Self {
        self
    }

    fn join(columns: [Self; 3]) -> Self {
        Self(F3::join(columns.map(|column| column.0)))
    }
}

impl From<Goldilocks> for Outlined {
    fn from(value: Goldilocks) -> Self {
        Self(value.into())
    }
}

impl From<F3> for Outlined {
    fn from(value: F3) -> Self {
        Self(value)
    }
}

impl Add for Outlined {
    type Output = Self;
    #[inline(never)]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Outlined {
    type Output = Self;
    #[inline(never)]
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Outlined {
    type Output = Self;
    #[inline(never)]
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Mul<Goldilocks> for Outlined {
    type Output = Self;
    #[inline(never)]
    fn mul(self, other: Goldilocks) -> Self {
        Self(self.0 * other)
    }
}

impl Neg for Outlined {
    type Output = Self;
    #[inline(never)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Outlined {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Outlined {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl MulAssign for Outlined {
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}
