// Whether a household can carry a loan: the same machine as samples/rust/debt-to-income, checked with the same vectors.
import { Kind, Value, Writer } from "../loom/json";
import { Call } from "../loom/machine";
import { isCents, readCents } from "../loom/money";

/** Debts beyond 43 % of the income are declined. */
const LIMIT: i64 = 4300;

/** Beyond 36 % somebody looks at it. */
const REVIEW: i64 = 3600;

const MAX_DEBTS: i32 = 100;

/** Whatever is a hundred times the income or more. */
const MAX_RATIO: i64 = 1000000;

export function loom_main(): void {
  const call = new Call();
  const command = call.context().textOf("commandType");
  if (command == "assess") assess(call);
  else call.unknownCommand("debtToIncome@1", command, "assess");
}

function assess(call: Call): void {
  const body = call.body();
  if (body === null || !call.only(body, ["applicant", "debts", "income"])) return;
  const applicant = body.get("applicant");
  if (applicant === null) return call.invalid("It lacks 'applicant'.");
  if (applicant.kind != Kind.Text) return call.unlike("applicant");
  const income = body.get("income");
  if (income === null) return call.invalid("It lacks 'income'.");
  if (income.kind == Kind.Null) return call.unlike("income");
  if (!isCents(income)) return call.invalid("An amount is whole cents as a string of at most 15 digits, for example \"1250\".");
  const debts = body.get("debts");
  if (debts === null) return call.invalid("It lacks 'debts'.");
  if (debts.kind != Kind.List) return call.invalid("'debts' is a list of {amount, kind}.");
  decide(call, applicant.text, readCents(income.text), debts.items);
}

function decide(call: Call, applicant: string, income: i64, debts: Value[]): void {
  if (income < 1) return call.reject("no-income", "A ratio needs an income of one cent or more.");
  if (debts.length > MAX_DEBTS) return call.reject("too-many-debts", "An application names at most 100 debts.");
  let total: i64 = 0;
  for (let i = 0; i < debts.length; i++) {
    const amount = amountOf(debts[i]);
    if (amount < 0) return call.reject("debt-unclear", "Each debt has a kind and an amount of zero or more.");
    total += amount;
  }

  const ratio = ratioOf(<u64>total, <u64>income);
  const verdict = ratio > LIMIT ? "declined" : ratio > REVIEW ? "review" : "approved";
  write(call.event(), applicant, total, income, ratio, verdict);
  call.endEvent("assessed.v1");
  const state = new Writer();
  write(state, applicant, total, income, ratio, verdict);
  call.accept(state);
}

// The debt's amount; negative where the debt is unclear.
function amountOf(debt: Value): i64 {
  const kind = debt.get("kind");
  const amount = debt.get("amount");
  if (kind === null || kind.kind != Kind.Text) return -1;
  if (amount === null || !isCents(amount)) return -1;
  return readCents(amount.text);
}

// Rounded up: a ratio just above the limit is above the limit. The remainder is below 10^15, so that 10^4 times it fits 64 bits.
function ratioOf(debts: u64, income: u64): i64 {
  const whole = debts / income;
  return whole >= <u64>MAX_RATIO / 10000 ? MAX_RATIO : <i64>(whole * 10000 + ((debts % income) * 10000 + income - 1) / income);
}

function write(json: Writer, applicant: string, debts: i64, income: i64, ratio: i64, verdict: string): void {
  json.object();
  json.name("applicant").text(applicant);
  json.name("debts").cents(debts);
  json.name("income").cents(income);
  json.name("ratioBasisPoints").integer(ratio);
  json.name("verdict").text(verdict);
  json.endObject();
}
