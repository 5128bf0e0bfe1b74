// The rules: what a loan is measured by. Every division rounds against the applicant, so that just above a limit is above it.
import { Status } from "./loan";

/** A loan of this many cents is looked at by a person, whatever the figures say. */
export const LARGE: i64 = 100000000;

/** So far beyond a limit of debts or value it is a person's decision; further, it is none. */
const LENIENCE: i64 = 500;

/** Whatever is a hundred times the whole or more. */
const MAX_RATIO: i64 = 1000000;

/** Below this score nobody lends, and no override helps. */
export const FLOOR: i64 = 620;

/** What the score allows: A from 740, B from 680, C from 620, D below. */
export function bandOf(score: i64): string {
  return score >= 740 ? "A" : score >= 680 ? "B" : score >= FLOOR ? "C" : "D";
}

/** Debts with the new instalment, in basis points of the income. */
export function debtLimitOf(band: string): i64 {
  return band == "A" ? 4300 : band == "B" ? 4000 : 3600;
}

/** The loan, in basis points of the property's value. */
export function valueLimitOf(band: string): i64 {
  return band == "A" ? 9000 : band == "B" ? 8500 : 7500;
}

/** The first month's instalment, the highest: an equal share of the loan, and a month's interest on all of it. */
export function instalmentOf(amount: i64, months: i64, rate: i64): i64 {
  return up(amount, months) + up(amount * rate, 120000);
}

/** Parts of the whole in basis points; of nothing, more than any limit allows. The whole is below 10^15, so that 10^4 times the rest fits. */
export function ratioOf(part: u64, whole: u64): i64 {
  if (whole == 0 || part / whole >= <u64>MAX_RATIO / 10000) return MAX_RATIO;
  return part / whole * 10000 + up(part % whole * 10000, whole);
}

/** What a measure within, slightly beyond or far beyond its limit means for the loan. */
export function judge(measured: i64, limit: i64): i32 {
  return measured <= limit ? Status.Approved : measured <= limit + LENIENCE ? Status.Referred : Status.Declined;
}

function up(value: u64, by: u64): i64 {
  return value / by + (value % by > 0 ? 1 : 0);
}
