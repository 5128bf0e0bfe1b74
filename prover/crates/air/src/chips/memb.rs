//! MEMB: the first and last value of every touched address, in ascending order of keys (section 3.8).

use crate::frontend::space;
use crate::{Bus, Seen, Trace, Words};
use field::{Goldilocks, Ring};

crate::columns::columns! {
    /// A touched address.
    rm,
    /// The end of the order.
    re,
    sp, addr,
    /// Low limb of the address.
    al,
    /// The key before.
    pk,
    /// The last value.
    lo, hi,
    /// The last time.
    t,
    /// Limbs of the distance to the key before.
    d0, d1,
    /// addr + W sp.
    key,
}

/// Interactions of a row.
pub const INTERACTIONS: usize = 10;

/// Constraints of its own.
pub const CONSTRAINTS: usize = 5;

/// The last key: sp = 4, addr = 0.
pub const END: u64 = space::END << 32;

/// The key of an address.
pub fn key(space: u64, address: u32) -> u64 {
    space << 32 | u64::from(address)
}

/// Appends the rows of all touched addresses with their last values, and the end row.
///
/// # Panics
/// If the keys do not ascend strictly.
pub fn fill(touched: &[(u64, Seen)], trace: &mut Trace) {
    let mut previous = 0;
    for (key, last) in touched.iter().chain([&(END, Seen::default())]) {
        assert!(*key > previous, "keys ascend: {key:#x} follows {previous:#x}");
        let distance = key - previous - 1;
        let is_end = u32::from(*key == END);
        let row = Columns {
            rm: (1 - is_end).into(),
            re: is_end.into(),
            sp: ((key >> 32) as u32).into(),
            addr: (*key as u32).into(),
            al: ((key & 0xFFFF) as u32).into(),
            pk: Goldilocks::new(previous),
            lo: last.lo.into(),
            hi: last.hi.into(),
            t: Goldilocks::new(last.ts),
            d0: ((distance & 0xFFFF) as u32).into(),
            d1: ((distance >> 16 & 0xFFFF) as u32).into(),
            key: Goldilocks::new(*key),
        };
        trace.push(&row.row());
        previous = *key;
    }
}

/// The constraints and interactions of a row.
#[inline(always)]
pub fn eval<S: Words>(main: &[S::E], sink: &mut S) {
    let c = Columns::of(main);
    let real = c.rm + c.re;
    let w = S::number(S::WORD);
    // MB1
    sink.boolean(c.rm);
    sink.boolean(c.re);
    sink.boolean(real);
    sink.constraint(c.key - c.addr - w * c.sp);
    sink.constraint(c.re * (c.key - w * S::number(space::END)));
    // MB2
    sink.range32(real, c.addr, c.al);
    sink.range16(real, c.sp);
    sink.recv(real, Bus::Mord, &[c.pk]);
    sink.send(real, Bus::Mord, &[c.key]);
    sink.range16(real, c.d0);
    sink.range16(real, c.d1);
    sink.range16(real, (c.key - c.pk - S::E::ONE - c.d0 - S::number(S::LIMB) * c.d1) * S::number(S::INV_WORD));
    sink.send(c.rm, Bus::Mem, &[c.sp, c.addr, S::E::ZERO, S::E::ZERO, S::E::ZERO]);
    sink.recv(c.rm, Bus::Mem, &[c.sp, c.addr, c.lo, c.hi, c.t]);
}
