// Overrides: one underwriter says why the decision should be another, a second one confirms it or drops it.
import { Fields } from "../../loom/fields";
import { Loan, Override, Status } from "./loan";
import { Step } from "./step";

export function proposeOverride(step: Step, fields: Fields, loan: Loan): void {
  const call = step.call;
  const wanted = new Override();
  wanted.by = step.by;
  wanted.reason = fields.words("reason", 500);
  wanted.status = Status.named(fields.choice("verdict", ["approved", "declined"]));
  if (fields.refused || !step.mayDecideOn(loan)) return;
  const decision = loan.decision;
  if (decision === null) return call.reject("not-decided", "There is no decision yet.");
  if (decision.band == "D") return call.reject("score-final", "A score below the floor is final.");
  if (loan.pending !== null) return call.reject("override-pending", "Another override waits for its second person.");
  if (wanted.status == loan.status) return call.reject("same-verdict", "The loan is " + Status.name(loan.status) + " already.");

  loan.pending = wanted;
  wanted.writeTo(call.event());
  call.endEvent("override-proposed.v1");
  call.accept(loan.write());
}

export function confirmOverride(step: Step, loan: Loan): void {
  const call = step.call;
  const wanted = pending(step, loan);
  if (wanted === null) return;
  const by = step.by;
  if (by == wanted.by) return call.reject("same-person", "An override takes a second person.");

  loan.status = wanted.status;
  loan.pending = null;
  const event = call.event().object().name("by").text(by).name("proposedBy").text(wanted.by);
  event.name("reason").text(wanted.reason).name("verdict").text(Status.name(wanted.status)).endObject();
  call.endEvent("override-confirmed.v1");
  call.accept(loan.write());
}

export function dropOverride(step: Step, loan: Loan): void {
  const call = step.call;
  if (pending(step, loan) === null) return;
  loan.pending = null;
  call.event().object().name("by").text(step.by).endObject();
  call.endEvent("override-dropped.v1");
  call.accept(loan.write());
}

// The override that waits; null when the command was rejected.
function pending(step: Step, loan: Loan): Override | null {
  if (!step.mayDecideOn(loan)) return null;
  if (loan.pending === null) step.call.reject("no-override", "No override waits for a second person.");
  return loan.pending;
}
