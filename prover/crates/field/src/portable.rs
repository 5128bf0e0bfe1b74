use crate::packed::{Packed, Row, packed_operators};
use crate::{Goldilocks, Ring};

/// Eight elements without vector instructions: the twin of [`crate::avx2`] and what runs where there is no AVX2.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable([Goldilocks; 8]);

impl Portable {
    #[inline(always)]
    fn splat(value: Goldilocks) -> Self {
        Self([value; 8])
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + other.0[i]))
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] - other.0[i]))
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] * other.0[i]))
    }
}

packed_operators!(Portable);

impl Ring for Portable {
    const ZERO: Self = Self([Goldilocks::ZERO; 8]);
    const ONE: Self = Self([Goldilocks::ONE; 8]);
}

impl Packed for Portable {
    #[inline(always)]
    fn load(row: &Row) -> Self {
        Self(row.0)
    }

    #[inline(always)]
    fn store(self, row: &mut Row) {
        row.0 = self.0;
    }

    #[inline(always)]
    fn times_i(self) -> Self {
        self.times(Self::splat(Goldilocks::new(1 << 48)))
    }

    #[inline(always)]
    fn transpose(rows: [Self; 8]) -> [Self; 8] {
        std::array::from_fn(|j| Self(std::array::from_fn(|i| rows[i].0[j])))
    }
}
