use crate::cubic::product;
use crate::{Cubic, F3, Goldilocks};
use std::fmt::Debug;
use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// What constraints are written over: a field element, several of them in one vector, an element of the extension, or a symbol.
pub trait Ring:
    Copy
    + Debug
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + From<Goldilocks>
{
    /// The neutral element of addition.
    const ZERO: Self;
    /// The neutral element of multiplication.
    const ONE: Self;

    /// The element of a small constant.
    #[inline(always)]
    fn of(value: u64) -> Self {
        Self::from(Goldilocks::new(value))
    }

    /// The product in `Cubic<Self>`. A vector's must be inlined, for its instructions; a single element's is a call, or every formula over F3
    /// would be compiled to thousands of instructions.
    #[inline(always)]
    fn cubic_product(a: [Self; 3], b: [Self; 3]) -> [Self; 3] {
        product(a, b)
    }
}

/// A ring that columns live in, with the ring that challenges combine them in. Over the base field (one element or packed ones) that is the
/// cubic extension, whose element three base columns make; at a point of the extension (the verifier) both are F3.
pub trait Tower: Ring + Mul<Goldilocks, Output = Self> {
    /// The ring of fingerprints, LogUp helpers and the composition.
    type Ext: Ring + From<F3> + Mul<Self, Output = Self::Ext>;

    /// A column's value as an element of the extension.
    fn lift(self) -> Self::Ext;

    /// The value of an F3 column from its three base columns: a0 + a1 X + a2 X^2.
    fn join(columns: [Self; 3]) -> Self::Ext;
}

impl Tower for Goldilocks {
    type Ext = F3;

    #[inline(always)]
    fn lift(self) -> F3 {
        Cubic([self, Goldilocks::ZERO, Goldilocks::ZERO])
    }

    #[inline(always)]
    fn join(columns: [Self; 3]) -> F3 {
        Cubic(columns)
    }
}

impl Tower for F3 {
    type Ext = F3;

    #[inline(always)]
    fn lift(self) -> F3 {
        self
    }

    #[inline(always)]
    fn join([a0, a1, a2]: [Self; 3]) -> F3 {
        a0 + a1.times_x() + a2.times_x().times_x()
    }
}
