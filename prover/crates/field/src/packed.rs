use crate::{Cubic, F3, Goldilocks, Tower};

/// Eight base elements, one cache line: a row of a tile (section 6.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Row(pub [Goldilocks; 8]);

/// Eight base elements computed with at once; every operation is that of [`Goldilocks`] in each lane, results canonical.
/// Implemented by a portable type and by AVX2, which are told apart only by [`crate::Simd::run`].
pub trait Packed: Tower<Ext = Cubic<Self>> {
    /// The lanes of a row.
    fn load(row: &Row) -> Self;

    /// Writes the lanes.
    fn store(self, row: &mut Row);

    /// self * 2^48, which is a root of unity of order 4.
    fn times_i(self) -> Self;

    /// Lane i of result j is lane j of argument i.
    fn transpose(rows: [Self; 8]) -> [Self; 8];

    /// A challenge in every lane.
    #[inline(always)]
    fn broadcast(value: F3) -> Cubic<Self> {
        Cubic(value.0.map(Self::from))
    }

    /// The lanes as an array.
    #[inline(always)]
    fn lanes(self) -> [Goldilocks; 8] {
        let mut row = Row::default();
        self.store(&mut row);
        row.0
    }

    /// The sum of the lanes.
    #[inline(always)]
    fn horizontal_sum(self) -> Goldilocks {
        let l = self.lanes();
        ((l[0] + l[1]) + (l[2] + l[3])) + ((l[4] + l[5]) + (l[6] + l[7]))
    }
}

/// Implements the operators, [`crate::Ring`] and [`Tower`] of a packed type from its `splat`, `plus`, `minus` and `times`.
macro_rules! packed_operators {
    ($T:ty) => {
        impl std::ops::Add for $T {
            type Output = Self;
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self.plus(other)
            }
        }
        impl std::ops::Sub for $T {
            type Output = Self;
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                self.minus(other)
            }
        }
        impl std::ops::Mul for $T {
            type Output = Self;
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                self.times(other)
            }
        }
        impl std::ops::Mul<$crate::Goldilocks> for $T {
            type Output = Self;
            #[inline(always)]
            fn mul(self, other: $crate::Goldilocks) -> Self {
                self.times(Self::splat(other))
            }
        }
        impl std::ops::Neg for $T {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                <Self as $crate::Ring>::ZERO.minus(self)
            }
        }
        impl std::ops::AddAssign for $T {
            #[inline(always)]
            fn add_assign(&mut self, other: Self) {
                *self = self.plus(other);
            }
        }
        impl std::ops::SubAssign for $T {
            #[inline(always)]
            fn sub_assign(&mut self, other: Self) {
                *self = self.minus(other);
            }
        }
        impl std::ops::MulAssign for $T {
            #[inline(always)]
            fn mul_assign(&mut self, other: Self) {
                *self = self.times(other);
            }
        }
        impl From<$crate::Goldilocks> for $T {
            #[inline(always)]
            fn from(value: $crate::Goldilocks) -> Self {
                Self::splat(value)
            }
        }
        impl From<$crate::F3> for $crate::Cubic<$T> {
            #[inline(always)]
            fn from(value: $crate::F3) -> Self {
                let [a0, a1, a2] = value.0;
                $crate::Cubic([<$T>::splat(a0), <$T>::splat(a1), <$T>::splat(a2)])
            }
        }
        impl $crate::Tower for $T {
            type Ext = $crate::Cubic<Self>;
            #[inline(always)]
            fn lift(self) -> Self::Ext {
                $crate::Cubic([self, <Self as $crate::Ring>::ZERO, <Self as $crate::Ring>::ZERO])
            }
            #[inline(always)]
            fn join(columns: [Self; 3]) -> Self::Ext {
                $crate::Cubic(columns)
            }
        }
    };
}
pub(crate) use packed_operators;
