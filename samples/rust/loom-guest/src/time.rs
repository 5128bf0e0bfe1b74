//! Times as Loom writes them: `2026-01-31T09:30:00.000000Z`. Two of them compare like their texts.

use crate::memory::List;

/// Whether it is a moment in the one accepted form.
pub fn is_timestamp(text: &str) -> bool {
    let t = text.as_bytes();
    if t.len() != 27 {
        return false;
    }

    for (i, &c) in t.iter().enumerate() {
        let fits = match i {
            4 | 7 => c == b'-',
            10 => c == b'T',
            13 | 16 => c == b':',
            19 => c == b'.',
            26 => c == b'Z',
            _ => c.is_ascii_digit(),
        };
        if !fits {
            return false;
        }
    }

    let (year, month, day) = (number(t, 0, 4), number(t, 5, 2), number(t, 8, 2));
    year > 0
        && (1..=12).contains(&month)
        && day > 0
        && day <= days_in(year, month)
        && number(t, 11, 2) < 24
        && number(t, 14, 2) < 60
        && number(t, 17, 2) < 60
}

/// The same time of day so many days later; none after the year 9999.
pub fn add_days(time: &str, days: u32) -> Option<&'static str> {
    let t = time.as_bytes();
    let (mut year, mut month, mut day) = (number(t, 0, 4), number(t, 5, 2), number(t, 8, 2) + days);
    while day > days_in(year, month) {
        day -= days_in(year, month);
        month += 1;
        if month > 12 {
            month = 1;
            year += 1;
        }
    }

    if year > 9999 {
        return None;
    }

    let mut text = List::of(t);
    write(&mut text[0..4], year);
    write(&mut text[5..7], month);
    write(&mut text[8..10], day);
    Some(unsafe { core::str::from_utf8_unchecked(text.leak()) })
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

fn number(text: &[u8], at: usize, digits: usize) -> u32 {
    text[at..at + digits].iter().fold(0, |n, c| n * 10 + (c - b'0') as u32)
}

fn write(place: &mut [u8], value: u32) {
    let mut rest = value;
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
}
