// Underwriting: from an application over its documents to a decision that says why, and to an override that takes two people.
//
// Whole numbers only: cents, months and basis points. What was measured against which limit is recorded as events, so that a receipt for the
// decision proves the reasons with it.
import { Fields } from "../loom/fields";
import { Call } from "../loom/machine";
import { confirmOverride, dropOverride, proposeOverride } from "./underwriting/override";
import { decide } from "./underwriting/decision";
import { fileDocument } from "./underwriting/documents";
import { Loan, Status, isOneOf } from "./underwriting/loan";
import { Step } from "./underwriting/step";

/** 100 million. */
const MAX_AMOUNT: i64 = 10000000000;
const MAX_MONTHS: i64 = 480;
const MAX_RATE: i64 = 5000;

const KNOWN = "accept-offer, apply, confirm-override, decide, drop-override, file-document, propose-override, withdraw";

export function loom_main(): void {
  const call = new Call();
  const step = new Step(call);
  const command = step.command;
  if (!isOneOf(command, KNOWN)) return call.unknownCommand("loan@1", command, KNOWN);
  const fields = new Fields(call, membersOf(command));
  if (fields.refused) return;
  if (command == "apply") return apply(step, fields);
  if (!call.isBorn) return call.reject("no-application", "Nobody applied for this loan yet; send 'apply' first.");

  // Who accepted may still withdraw; nothing else happens after the end.
  const loan = Loan.read(call.state());
  if (loan.status == Status.Withdrawn || (loan.status == Status.Accepted && command != "withdraw")) {
    return call.reject("closed", "The application was " + Status.name(loan.status) + ".");
  }

  if (command == "file-document") fileDocument(step, fields, loan);
  else if (command == "decide") decide(step, loan);
  else if (command == "propose-override") proposeOverride(step, fields, loan);
  else if (command == "confirm-override") confirmOverride(step, loan);
  else if (command == "drop-override") dropOverride(step, loan);
  else if (command == "accept-offer") acceptOffer(step, loan);
  else withdraw(step, loan);
}

function membersOf(command: string): string[] {
  if (command == "apply") return ["amount", "applicant", "rate", "termMonths"];
  if (command == "file-document") return ["dated", "figure", "kind", "sha256"];
  if (command == "propose-override") return ["reason", "verdict"];
  return [];
}

function apply(step: Step, fields: Fields): void {
  const call = step.call;
  const loan = new Loan();
  loan.amount = fields.cents("amount");
  loan.applicant = fields.words("applicant", 100);
  loan.rate = fields.integer("rate");
  loan.months = fields.integer("termMonths");
  if (fields.refused) return;
  if (call.isBorn) return call.reject("already-applied", "This loan was applied for before.");
  if (loan.amount < 1 || loan.amount > MAX_AMOUNT) return call.reject("amount-out-of-range", "A loan is of 1 to 10000000000 cents.");
  if (loan.months < 1 || loan.months > MAX_MONTHS) return call.reject("term-out-of-range", "A loan is paid back within 1 to 480 months.");
  if (loan.rate < 0 || loan.rate > MAX_RATE) return call.reject("rate-out-of-range", "A rate is 0 to 5000 basis points a year.");

  loan.appliedBy = step.by;
  const event = call.event().object();
  event.name("amount").cents(loan.amount).name("applicant").text(loan.applicant);
  event.name("by").text(loan.appliedBy).name("rate").integer(loan.rate).name("termMonths").integer(loan.months).endObject();
  call.endEvent("applied.v1");
  call.accept(loan.write());
}

function acceptOffer(step: Step, loan: Loan): void {
  if (!step.isOfTheApplicant(loan)) return;
  if (loan.status == Status.Approved) return end(step.call, loan, Status.Accepted, "offer-accepted.v1");
  step.call.reject("no-offer", "There is an offer once the loan is approved; it is " + Status.name(loan.status) + ".");
}

function withdraw(step: Step, loan: Loan): void {
  if (step.isOfTheApplicant(loan)) end(step.call, loan, Status.Withdrawn, "withdrawn.v1");
}

function end(call: Call, loan: Loan, status: i32, event: string): void {
  loan.status = status;
  loan.pending = null;
  call.event().object().name("by").text(loan.appliedBy).endObject();
  call.endEvent(event);
  call.accept(loan.write());
}
