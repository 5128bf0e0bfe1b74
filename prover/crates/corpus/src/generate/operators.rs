//! The operators on integers by their opcodes, in groups of equal type.

/// A group: opcodes, the types taken, the type given; `true` for i64.
pub(crate) type Group = (&'static [u8], &'static [bool], bool);

const fn range<const N: usize>(first: u8) -> [u8; N] {
    let mut codes = [0; N];
    let mut i = 0;
    while i < N {
        codes[i] = first + i as u8;
        i += 1;
    }
    codes
}

const COMPARE_32: [u8; 10] = range(0x46);
const COMPARE_64: [u8; 10] = range(0x51);
const COUNT_32: [u8; 3] = range(0x67);
const COUNT_64: [u8; 3] = range(0x79);
const SHIFT_32: [u8; 8] = range(0x71);
const SHIFT_64: [u8; 8] = range(0x83);

/// Everything that cannot trap.
pub(crate) const SAFE: &[Group] = &[
    (&[0x45], &[false], false),                // i32.eqz
    (&COMPARE_32, &[false, false], false),     // i32.eq .. i32.ge_u
    (&[0x50], &[true], false),                 // i64.eqz
    (&COMPARE_64, &[true, true], false),       // i64.eq .. i64.ge_u
    (&COUNT_32, &[false], false),              // i32.clz ctz popcnt
    (&[0x6A, 0x6B, 0x6C], &[false; 2], false), // i32.add sub mul
    (&SHIFT_32, &[false, false], false),       // i32.and or xor shl shr_s shr_u rotl rotr
    (&COUNT_64, &[true], true),                // i64.clz ctz popcnt
    (&[0x7C, 0x7D, 0x7E], &[true; 2], true),   // i64.add sub mul
    (&SHIFT_64, &[true, true], true),          // i64.and .. rotr
    (&[0xA7], &[true], false),                 // i32.wrap_i64
    (&[0xAC, 0xAD], &[false], true),           // i64.extend_i32_s, _u
    (&[0xC0, 0xC1], &[false], false),          // i32.extend8_s, 16_s
    (&[0xC2, 0xC3, 0xC4], &[true], true),      // i64.extend8_s, 16_s, 32_s
];

/// Divisions and remainders.
pub(crate) const DIVIDE: [&[u8]; 2] = [&[0x6D, 0x6E, 0x6F, 0x70], &[0x7F, 0x80, 0x81, 0x82]];

/// Loads: opcode and log2 of the width, by whether they give i64.
pub(crate) const LOADS: [&[(u8, u8)]; 2] = [
    &[(0x28, 2), (0x2C, 0), (0x2D, 0), (0x2E, 1), (0x2F, 1)],
    &[(0x29, 3), (0x30, 0), (0x31, 0), (0x32, 1), (0x33, 1), (0x34, 2), (0x35, 2)],
];

/// Stores: opcode and log2 of the width, by whether they take i64.
pub(crate) const STORES: [&[(u8, u8)]; 2] = [&[(0x36, 2), (0x3A, 0), (0x3B, 1)], &[(0x37, 3), (0x3C, 0), (0x3D, 1), (0x3E, 2)]];
