use crate::Packed;
use crate::portable::Portable;

/// Which vector instructions the packed arithmetic uses. Results do not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Simd(Level);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

/// A computation over packed elements, compiled once for every [`Packed`] type.
pub trait Kernel {
    /// What it returns.
    type Output;

    /// Computes. Mark it, and all that it calls with packed values, `#[inline(always)]`: only what is inlined uses the vector instructions
    /// (the rest is right, and slow).
    fn run<V: Packed>(self) -> Self::Output;
}

impl Simd {
    /// No vector instructions: works on every machine.
    pub const PORTABLE: Self = Self(Level::Portable);

    /// The best that this machine has.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            return Self(Level::Avx2);
        }
        Self::PORTABLE
    }

    /// The name of the instruction set.
    pub fn name(self) -> &'static str {
        match self.0 {
            Level::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => "avx2",
        }
    }

    /// Runs a kernel with the packed type of this instruction set.
    #[inline]
    pub fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self.0 {
            Level::Portable => kernel.run::<Portable>(),
            // SAFETY: this value is made only by `detect`, which found AVX2.
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => unsafe { run_avx2(kernel) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn run_avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<crate::avx2::Avx2>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cubic, F3, Goldilocks, P, Ring, Row};

    /// Every operation on two rows of inputs.
    struct Everything([Row; 2]);

    impl Kernel for Everything {
        type Output = Vec<[Goldilocks; 8]>;

        #[inline(always)]
        fn run<V: Packed>(self) -> Self::Output {
            let (a, b) = (V::load(&self.0[0]), V::load(&self.0[1]));
            let challenge = Cubic(std::array::from_fn(|i| self.0[1].0[i]));
            let ext = V::broadcast(challenge) * V::join([a, b, a * b]) * a;
            let mut out = vec![a + b, a - b, a * b, -a, a * self.0[1].0[0], a.times_i(), V::ZERO, V::ONE, V::from(self.0[0].0[1])];
            out.extend(ext.0);
            out.extend((a.lift() + b.lift()).0);
            out.extend(V::transpose([a, b, a + b, a - b, a * b, b, a, -b]));
            let mut out: Vec<_> = out.into_iter().map(V::lanes).collect();
            out.push([a.horizontal_sum(); 8]);
            out
        }
    }

    fn by_hand([a, b]: [Row; 2]) -> Vec<[Goldilocks; 8]> {
        let lanes = |f: &dyn Fn(Goldilocks, Goldilocks) -> Goldilocks| -> [Goldilocks; 8] { std::array::from_fn(|i| f(a.0[i], b.0[i])) };
        let c: F3 = Cubic(std::array::from_fn(|i| b.0[i]));
        let zero = Goldilocks::ZERO;
        let mut out = vec![
            lanes(&|x, y| x + y),
            lanes(&|x, y| x - y),
            lanes(&|x, y| x * y),
            lanes(&|x, _| -x),
            lanes(&|x, _| x * b.0[0]),
            lanes(&|x, _| x * Goldilocks::new(1 << 48)),
            [zero; 8],
            [Goldilocks::ONE; 8],
            [a.0[1]; 8],
        ];
        out.extend((0..3).map(|k| lanes(&|x, y| (c * Cubic([x, y, x * y]) * x).0[k])));
        out.extend([lanes(&|x, y| x + y), [zero; 8], [zero; 8]]);
        let rows = [a.0, b.0, out[0], out[1], out[2], b.0, a.0, lanes(&|_, y| -y)];
        out.extend((0..8).map(|j| std::array::from_fn(|i| rows[i][j])));
        out.push([a.0.into_iter().fold(zero, |s, x| s + x); 8]);
        out
    }

    #[test]
    fn both_packed_types_compute_what_the_field_does() {
        let edges = [0, 1, 2, 0xFFFF_FFFE, 0xFFFF_FFFF, 1 << 32, 1 << 63, P - 1];
        let mut rows = Vec::new();
        for shift in 0..8 {
            let row = |at: usize| Row(std::array::from_fn(|i| Goldilocks::new(edges[(i * (at + 1) + at) % 8])));
            rows.push([row(0), row(shift)]);
        }
        let mut state = 0x9E37_79B9_7F4A_7C15u64;
        let mut next = || {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
            Goldilocks::new(state ^ state >> 29)
        };
        rows.extend((0..2000).map(|_| [Row(std::array::from_fn(|_| next())), Row(std::array::from_fn(|_| next()))]));
        for pair in rows {
            let expected = by_hand(pair);
            for simd in [Simd::PORTABLE, Simd::detect()] {
                assert_eq!(simd.run(Everything(pair)), expected, "{} of {pair:?}", simd.name());
            }
        }
    }
}
