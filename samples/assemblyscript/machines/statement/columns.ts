// The columns of a file, in any order, and what stands in them in one form: days as 2026-01-31, amounts as cents, texts without
// blanks to spare.
import { dayOf } from "../../loom/dates";
import { Row } from "./csv";

const MAX_DIGITS: i32 = 10; // before the decimal mark
const MAX_ACCOUNT: i32 = 34; // of an IBAN
const MAX_TEXT: i32 = 200;

export class Entry {
  account: string = "";
  cents: i64 = 0;
  date: string = "";
  text: string = "";
}

export class Columns {
  /** The first column that the header lacks; empty where it lacks none. */
  missing: string = "";
  account: i32;
  amount: i32;
  date: i32;
  text: i32;
  count: i32;

  /** What stands before the cents: a comma where semicolons separate the fields. The other mark may group digits by three. */
  decimal: i32;

  constructor(header: Row, separator: i32) {
    this.count = header.fields.length;
    this.decimal = separator == 0x3b ? 0x2c : 0x2e;
    this.account = this.find(header, "account");
    this.amount = this.find(header, "amount");
    this.date = this.find(header, "date");
    this.text = this.find(header, "text");
  }

  private find(header: Row, name: string): i32 {
    for (let i = 0; i < header.fields.length; i++) {
      if (tidy(header.fields[i]) == name) return i;
    }

    if (this.missing.length == 0) this.missing = name;
    return -1;
  }
}

/** The entry of a row; where it is none, the row's mistake says why. */
export function entryOf(row: Row, columns: Columns): Entry {
  const entry = new Entry();
  if (row.mistake.length > 0) return entry;
  if (row.fields.length != columns.count) {
    row.mistake = "it has " + row.fields.length.toString() + " fields, the header " + columns.count.toString();
    return entry;
  }

  entry.account = tidy(row.fields[columns.account]);
  entry.cents = centsOf(tidy(row.fields[columns.amount]), columns.decimal, row);
  entry.date = isoOf(tidy(row.fields[columns.date]));
  entry.text = tidy(row.fields[columns.text]);
  if (entry.date.length == 0) row.mistake = "the date is none";
  else if (entry.account.length == 0 || entry.account.length > MAX_ACCOUNT) row.mistake = "an account has 1 to 34 characters";
  else if (entry.text.length > MAX_TEXT) row.mistake = "the text is longer than 200 characters";
  return entry;
}

// 2026-01-31 or 31.01.2026, as the former; empty where it is neither.
function isoOf(date: string): string {
  const isGerman = date.length == 10 && date.charCodeAt(2) == 0x2e && date.charCodeAt(5) == 0x2e;
  const iso = isGerman ? date.substring(6) + "-" + date.substring(3, 5) + "-" + date.substring(0, 2) : date;
  return iso.length == 10 && dayOf(iso) >= 0 ? iso : "";
}

// "-1,234.5" as -123450.
function centsOf(amount: string, decimal: i32, row: Row): i64 {
  const group = decimal == 0x2e ? 0x2c : 0x2e;
  let at = amount.startsWith("-") ? 1 : 0;
  let cents: i64 = 0;
  let digits = 0;
  let sinceGroup = -1; // digits since a group mark; -1 before the first
  for (; at < amount.length && amount.charCodeAt(at) != decimal; at++) {
    const c = amount.charCodeAt(at);
    if (c == group && (sinceGroup < 0 ? digits >= 1 && digits <= 3 : sinceGroup == 3)) {
      sinceGroup = 0;
    } else if (c >= 0x30 && c <= 0x39 && digits < MAX_DIGITS) {
      cents = cents * 10 + (c - 0x30);
      digits++;
      if (sinceGroup >= 0) sinceGroup++;
    } else {
      return none(row);
    }
  }

  if (digits == 0 || (sinceGroup >= 0 && sinceGroup != 3)) return none(row);
  const fraction = amount.length - at - 1; // -1 where there is no decimal mark
  if (fraction == 0 || fraction > 2) return none(row);
  cents *= 100;
  for (let i = 0, scale = 10; i < fraction; i++, scale /= 10) {
    const c = amount.charCodeAt(at + 1 + i);
    if (c < 0x30 || c > 0x39) return none(row);
    cents += scale * (c - 0x30);
  }

  return amount.startsWith("-") ? -cents : cents;
}

function none(row: Row): i64 {
  row.mistake = "the amount is none";
  return 0;
}

// Without blanks around it, and with one blank where there are several.
function tidy(text: string): string {
  let tidied = "";
  let from = -1;
  for (let i = 0; i <= text.length; i++) {
    const isBlank = i == text.length || isSpace(text.charCodeAt(i));
    if (!isBlank && from < 0) from = i;
    if (!isBlank || from < 0) continue;
    tidied += (tidied.length > 0 ? " " : "") + text.substring(from, i);
    from = -1;
  }

  return tidied;
}

// A blank, a control character, a blank that does not break, or the mark that some programs put before the first byte.
function isSpace(c: i32): bool {
  return c <= 0x20 || c == 0xa0 || c == 0xfeff;
}
