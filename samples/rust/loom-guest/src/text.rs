//! Text put together without the standard formatting code.

use crate::memory::List;

/// The pieces, one after the other: `join(&["The ", name, " is closed."])`.
#[inline(never)]
pub fn join(pieces: &[&str]) -> &'static str {
    let mut text = List::new();
    for piece in pieces {
        text.extend(piece.as_bytes());
    }

    // Pieces of UTF-8 make UTF-8.
    unsafe { core::str::from_utf8_unchecked(text.leak()) }
}

/// The number in decimal digits.
#[inline(never)]
pub fn decimal(value: i64) -> &'static str {
    let mut digits = [0u8; 20];
    let start = write_decimal(value, &mut digits);
    let mut text = List::new();
    text.extend(&digits[start..]);
    unsafe { core::str::from_utf8_unchecked(text.leak()) }
}

/// Writes the digits at the end of the buffer and says where they begin.
pub(crate) fn write_decimal(value: i64, digits: &mut [u8; 20]) -> usize {
    let mut rest = value.unsigned_abs();
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }

    if value < 0 {
        at -= 1;
        digits[at] = b'-';
    }

    at
}

/// The length in UTF-16 code units, which is how .NET and JavaScript count.
pub fn utf16_length(text: &str) -> usize {
    text.bytes().map(|b| if b & 0xC0 == 0x80 { 0 } else if b >= 0xF0 { 2 } else { 1 }).sum()
}
