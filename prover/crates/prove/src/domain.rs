use field::Goldilocks;

/// omega_k, of order 2^k (section 4.2).
pub fn omega(k: u32) -> Goldilocks {
    Goldilocks::root_of_unity(k)
}

/// h_k: h_k^(2^k) = c = 7^(2^32).
pub fn shift(k: u32) -> Goldilocks {
    Goldilocks::GENERATOR.pow(1 << 32).pow(1 << (32 - k))
}
