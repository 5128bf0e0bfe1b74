// Documents: each names a paper by its SHA-256 and bears one figure. A newer one of the same kind takes the older one's place.
import { dayOf } from "../../loom/dates";
import { Fields } from "../../loom/fields";
import { Call } from "../../loom/machine";
import { Document, Loan, Status } from "./loan";
import { Step } from "./step";

/** In the order in which the state keeps them: what is owed and earned a month, the score in points, what the property is worth. */
export function kinds(): string[] {
  return ["debts", "income", "score", "valuation"];
}

/** How many days a document counts. */
export function daysGood(kind: string): i32 {
  return kind == "valuation" ? 180 : 90;
}

export function fileDocument(step: Step, fields: Fields, loan: Loan): void {
  const call = step.call;
  const document = new Document();
  document.by = step.by;
  document.dated = fields.text("dated");
  document.figure = fields.cents("figure");
  document.kind = fields.choice("kind", kinds());
  document.sha256 = fields.text("sha256");
  if (!isHash(document.sha256)) fields.refuse("'sha256' has 64 lower-case hex digits.");
  const day = dayOf(document.dated);
  if (day < 0 || document.dated.length != 10) fields.refuse("'dated' is a day such as 2026-01-31.");
  if (fields.refused) return;
  if (loan.status == Status.Approved || loan.status == Status.Declined) {
    return call.reject("decided", "The loan is " + Status.name(loan.status) + "; documents are taken before that, or while it is referred.");
  }

  if (day > step.today) return call.reject("not-yet", "The document is dated later than today.");
  if (document.kind == "score" && (document.figure < 300 || document.figure > 850)) return call.reject("no-score", "A score has 300 to 850 points.");

  const event = call.event().object();
  event.name("by").text(document.by).name("dated").text(document.dated).name("figure").cents(document.figure);
  event.name("kind").text(document.kind).name("sha256").text(document.sha256).endObject();
  call.endEvent("document-filed.v1");
  put(loan, document);
  if (loan.status == Status.Referred) reopen(call, loan);
  call.accept(loan.write());
}

// What was decided on other documents no longer stands, nor does what somebody wanted in its place.
function reopen(call: Call, loan: Loan): void {
  loan.status = Status.Open;
  loan.decision = null;
  loan.pending = null;
  call.event().object().endObject();
  call.endEvent("reopened.v1");
}

function put(loan: Loan, document: Document): void {
  const kept: Document[] = [];
  const order = kinds();
  for (let i = 0; i < order.length; i++) {
    const other = loan.document(order[i]);
    if (order[i] == document.kind) kept.push(document);
    else if (other !== null) kept.push(other);
  }

  loan.documents = kept;
}

function isHash(text: string): bool {
  if (text.length != 64) return false;
  for (let i = 0; i < 64; i++) {
    const c = text.charCodeAt(i);
    if (!((c >= 0x30 && c <= 0x39) || (c >= 0x61 && c <= 0x66))) return false;
  }

  return true;
}
