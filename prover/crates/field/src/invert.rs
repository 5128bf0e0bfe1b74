use crate::{Cubic, F3, Goldilocks, Packed, Ring, Row};

/// A ring whose invertible elements can be inverted.
pub trait Invert: Ring {
    /// 1 / self (in every lane); zero for zero.
    fn invert(self) -> Self;

    /// Whether it (or one of its lanes) is zero.
    fn has_zero(self) -> bool;
}

impl Invert for Goldilocks {
    fn invert(self) -> Self {
        self.inverse()
    }

    fn has_zero(self) -> bool {
        self == Goldilocks::ZERO
    }
}

impl Invert for F3 {
    fn invert(self) -> Self {
        self.inverse()
    }

    fn has_zero(self) -> bool {
        self == F3::ZERO
    }
}

impl<V: Packed> Invert for Cubic<V> {
    fn invert(self) -> Self {
        let lanes = lanes(self).map(|x| x.inverse());
        Cubic(std::array::from_fn(|k| V::load(&Row(lanes.map(|x| x.0[k])))))
    }

    fn has_zero(self) -> bool {
        lanes(self).contains(&F3::ZERO)
    }
}

/// The eight elements of a packed one.
#[inline(always)]
fn lanes<V: Packed>(x: Cubic<V>) -> [F3; 8] {
    let [a0, a1, a2] = x.0.map(V::lanes);
    std::array::from_fn(|i| Cubic([a0[i], a1[i], a2[i]]))
}

/// Replaces every element by its inverse with one inversion and three multiplications an element; `products` is overwritten.
/// Answers whether all could be inverted; if not (one is zero), the values are meaningless.
#[must_use]
#[inline(always)]
pub fn batch_invert<F: Invert>(values: &mut [F], products: &mut Vec<F>) -> bool {
    products.clear();
    let mut product = F::ONE;
    for &value in values.iter() {
        products.push(product);
        product *= value;
    }
    if product.has_zero() {
        return false;
    }
    let mut inverse = product.invert();
    for (value, &before) in values.iter_mut().zip(products.iter()).rev() {
        let own = inverse * before;
        inverse *= *value;
        *value = own;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kernel, Simd};

    fn f3(i: u64) -> F3 {
        Cubic([Goldilocks::new(i), Goldilocks::new(i * i + 1), Goldilocks::new(i << 40)])
    }

    #[test]
    fn every_inverse_is_one() {
        for count in [0, 1, 2, 33] {
            let mut base: Vec<_> = (1..=count).map(Goldilocks::new).collect();
            assert!(batch_invert(&mut base, &mut Vec::new()));
            assert!(base.iter().zip(1..).all(|(&x, i)| x * Goldilocks::new(i) == Goldilocks::ONE));
            let mut cubic: Vec<_> = (0..count).map(f3).collect();
            assert!(batch_invert(&mut cubic, &mut Vec::new()));
            assert!(cubic.iter().zip(0..).all(|(&x, i)| x * f3(i) == F3::ONE));
        }
    }

    #[test]
    fn a_zero_is_reported() {
        assert!(!batch_invert(&mut [Goldilocks::ONE, Goldilocks::ZERO], &mut Vec::new()));
        assert!(!batch_invert(&mut [F3::ZERO], &mut Vec::new()));
    }

    struct Lanes(Option<usize>);

    impl Kernel for Lanes {
        type Output = bool;

        #[inline(always)]
        fn run<V: Packed>(self) -> bool {
            let mut elements: [[F3; 8]; 3] = std::array::from_fn(|i| std::array::from_fn(|lane| f3((8 * i + lane) as u64)));
            if let Some(lane) = self.0 {
                elements[1][lane] = F3::ZERO;
            }
            let pack = |of: [F3; 8]| -> Cubic<V> { Cubic(std::array::from_fn(|k| V::load(&Row(of.map(|x| x.0[k]))))) };
            let mut values: Vec<Cubic<V>> = elements.iter().map(|&x| pack(x)).collect();
            let invertible = batch_invert(&mut values, &mut Vec::new());
            if invertible {
                for (value, of) in values.iter().zip(elements) {
                    assert_eq!(lanes(*value * pack(of)), [F3::ONE; 8]);
                }
            }
            invertible
        }
    }

    #[test]
    fn packed_lanes_are_inverted_alone_and_a_zero_in_any_is_reported() {
        for simd in [Simd::PORTABLE, Simd::detect()] {
            assert!(simd.run(Lanes(None)));
            for lane in 0..8 {
                assert!(!simd.run(Lanes(Some(lane))));
            }
        }
    }
}
