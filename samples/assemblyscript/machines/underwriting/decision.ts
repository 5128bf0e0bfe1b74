// The decision: the four documents, measured by the rules. Each finding is an event, then comes the verdict, the worst of them.
import { dayOf } from "../../loom/dates";
import { Call } from "../../loom/machine";
import { daysGood, kinds } from "./documents";
import { Decision, Loan, Status } from "./loan";
import { FLOOR, LARGE, bandOf, debtLimitOf, instalmentOf, judge, ratioOf, valueLimitOf } from "./rules";
import { Step } from "./step";

export function decide(step: Step, loan: Loan): void {
  const call = step.call;
  if (!step.mayDecideOn(loan)) return;
  if (loan.status != Status.Open) return call.reject("decided", "It was decided: " + Status.name(loan.status) + ".");
  if (!hasDocuments(step, loan)) return;

  const decision = new Decision();
  decision.by = step.by;
  decision.status = Status.Approved;
  const score = figure(loan, "score");
  decision.band = bandOf(score);
  decision.instalment = instalmentOf(loan.amount, loan.months, loan.rate);
  decision.debtToIncome = ratioOf(figure(loan, "debts") + decision.instalment, figure(loan, "income"));
  decision.loanToValue = ratioOf(loan.amount, figure(loan, "valuation"));

  const debts = debtLimitOf(decision.band);
  const value = valueLimitOf(decision.band);
  find(call, decision, "score", score, FLOOR, score < FLOOR ? Status.Declined : Status.Approved);
  find(call, decision, "debt-to-income", decision.debtToIncome, debts, judge(decision.debtToIncome, debts));
  find(call, decision, "loan-to-value", decision.loanToValue, value, judge(decision.loanToValue, value));
  find(call, decision, "amount", loan.amount, LARGE, loan.amount >= LARGE ? Status.Referred : Status.Approved);

  decision.writeTo(call.event());
  call.endEvent("decided.v1");
  loan.decision = decision;
  loan.status = decision.status;
  call.accept(loan.write());
}

function hasDocuments(step: Step, loan: Loan): bool {
  const needed = kinds();
  for (let i = 0; i < needed.length; i++) {
    const document = loan.document(needed[i]);
    if (document === null) {
      step.call.reject("document-missing", "There is no document of the kind '" + needed[i] + "'.");
      return false;
    }

    if (step.today - dayOf(document.dated) > daysGood(needed[i])) {
      step.call.reject("document-stale", "The document '" + needed[i] + "' of " + document.dated + " counts for " + daysGood(needed[i]).toString() + " days.");
      return false;
    }
  }

  return true;
}

function figure(loan: Loan, kind: string): i64 {
  const document = loan.document(kind);
  return document === null ? 0 : document.figure;
}

// Records the finding; the decision is the worst so far.
function find(call: Call, decision: Decision, rule: string, measured: i64, limit: i64, status: i32): void {
  call.event().object().name("limit").cents(limit).name("measured").cents(measured).name("rule").text(rule).name("verdict").text(Status.name(status)).endObject();
  call.endEvent("finding.v1");
  decision.status = max(decision.status, status);
}
