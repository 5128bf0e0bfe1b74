//! Amounts as Loom's C# SDK has them (`Cents`): whole cents within ±(10^15 − 1), in JSON a text of digits.

use crate::text::{decimal, join};

/// The largest amount.
pub const MAX_CENTS: i64 = 999_999_999_999_999;

/// Reads the one accepted form: `0`, or at most 15 digits without leading zeros, with `-` in front of a debt.
#[inline(never)]
pub fn read_cents(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 15 || (digits[0] == b'0' && (digits.len() > 1 || negative)) {
        return None;
    }

    let mut value = 0i64;
    for &c in digits {
        if !c.is_ascii_digit() {
            return None;
        }

        value = value * 10 + (c - b'0') as i64;
    }

    Some(if negative { -value } else { value })
}

/// In whole units with two decimals, for people: `12.50`.
pub fn as_units(cents: i64) -> &'static str {
    let whole = cents.unsigned_abs() / 100;
    let rest = cents.unsigned_abs() % 100;
    join(&[if cents < 0 { "-" } else { "" }, decimal(whole as i64), if rest < 10 { ".0" } else { "." }, decimal(rest as i64)])
}
