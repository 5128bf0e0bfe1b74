use super::Symbol;
use field::{Cubic, F3, Goldilocks, Ring, Tower};
use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// An element of the extension of symbols: a [`Cubic`] that challenges turn into constants of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SymbolExt(pub Cubic<Symbol>);

impl Tower for Symbol {
    type Ext = SymbolExt;

    fn lift(self) -> SymbolExt {
        SymbolExt(Cubic([self, Symbol::ZERO, Symbol::ZERO]))
    }

    fn join(columns: [Self; 3]) -> SymbolExt {
        SymbolExt(Cubic(columns))
    }
}

impl Ring for SymbolExt {
    const ZERO: Self = Self(Cubic::ZERO);
    const ONE: Self = Self(Cubic::ONE);
}

impl From<F3> for SymbolExt {
    fn from(value: F3) -> Self {
        Self(Cubic(value.0.map(Symbol::from)))
    }
}

impl From<Goldilocks> for SymbolExt {
    fn from(value: Goldilocks) -> Self {
        Symbol::from(value).lift()
    }
}

impl Add for SymbolExt {
    type Output = Self;
    #[inline(never)]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for SymbolExt {
    type Output = Self;
    #[inline(never)]
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for SymbolExt {
    type Output = Self;
    #[inline(never)]
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Mul<Symbol> for SymbolExt {
    type Output = Self;
    #[inline(never)]
    fn mul(self, other: Symbol) -> Self {
        Self(self.0 * other)
    }
}

impl Neg for SymbolExt {
    type Output = Self;
    #[inline(never)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for SymbolExt {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for SymbolExt {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl MulAssign for SymbolExt {
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}
