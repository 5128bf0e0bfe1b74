// Amounts as Loom's C# SDK has them: whole cents within ±(10^15 − 1), in JSON a text of digits.
import { Kind, Value } from "./json";

/** Whether it is `0`, or at most 15 digits without leading zeros, with `-` in front of a debt. */
export function isCents(value: Value): bool {
  if (value.kind != Kind.Text) return false;
  const text = value.text;
  const first = text.charCodeAt(0) == 0x2d ? 1 : 0;
  const digits = text.length - first;
  if (digits < 1 || digits > 15) return false;
  if (text.charCodeAt(first) == 0x30 && (digits > 1 || first == 1)) return false;
  for (let i = first; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x30 || c > 0x39) return false;
  }

  return true;
}

/** The number of cents, of a text that `isCents` accepts. */
export function readCents(text: string): i64 {
  const first = text.charCodeAt(0) == 0x2d ? 1 : 0;
  let value: i64 = 0;
  for (let i = first; i < text.length; i++) value = value * 10 + <i64>(text.charCodeAt(i) - 0x30);
  return first == 1 ? -value : value;
}
