// Days of the Gregorian calendar, without a clock: the only time that a machine knows is `at` in its context.

/** The day of "2026-01-31…" as a number, 0 on 1 January 1970; -1 where there is none. Years 1970 to 9999. */
export function dayOf(text: string): i32 {
  if (text.length < 10 || text.charCodeAt(4) != 0x2d || text.charCodeAt(7) != 0x2d) return -1;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return -1;

  // Counted from a March, so that the leap day is the last day of its year.
  const y = month > 2 ? year : year - 1;
  const sinceMarch = month > 2 ? month - 3 : month + 9;
  return 365 * y + y / 4 - y / 100 + y / 400 + (153 * sinceMarch + 2) / 5 + day - 1 - 719468;
}

function daysIn(year: i32, month: i32): i32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// The number that stands there; -1 where anything but digits does.
function digits(text: string, from: i32, to: i32): i32 {
  let number = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }

  return number;
}
