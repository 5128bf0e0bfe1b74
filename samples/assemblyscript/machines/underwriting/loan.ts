// The state of a loan's application, and its one form as JSON.
import { BAD_STATE, fail } from "../../loom/host";
import { Kind, Value, Writer } from "../../loom/json";
import { readCents } from "../../loom/money";

export namespace Status {
  export const Open = 0;
  export const Approved = 1;
  export const Referred = 2;
  export const Declined = 3;
  export const Accepted = 4;
  export const Withdrawn = 5;

  const NAMES = "open, approved, referred, declined, accepted, withdrawn";

  export function name(status: i32): string {
    return NAMES.split(", ")[status];
  }

  export function named(name: string): i32 {
    return NAMES.split(", ").indexOf(name);
  }
}

/** Whether the name is one of a list such as "a, b, c". */
export function isOneOf(name: string, known: string): bool {
  return known.split(", ").includes(name);
}

/** A paper that was handed in, by its hash, with the one figure that it is there for. */
export class Document {
  by: string = "";
  dated: string = "";
  figure: i64 = 0;
  kind: string = "";
  sha256: string = "";
}

/** What was decided, and what was measured for it. */
export class Decision {
  band: string = "";
  by: string = "";
  debtToIncome: i64 = 0;
  instalment: i64 = 0;
  loanToValue: i64 = 0;

  /** The state of the loan that it led to. */
  status: i32 = 0;

  writeTo(json: Writer): void {
    json.object().name("band").text(this.band).name("by").text(this.by);
    json.name("debtToIncome").integer(this.debtToIncome).name("instalment").cents(this.instalment);
    json.name("loanToValue").integer(this.loanToValue).name("verdict").text(Status.name(this.status)).endObject();
  }
}

/** What somebody wants in place of the decision, until a second person confirms it. */
export class Override {
  by: string = "";
  reason: string = "";
  status: i32 = 0;

  writeTo(json: Writer): void {
    json.object().name("by").text(this.by).name("reason").text(this.reason).name("verdict").text(Status.name(this.status)).endObject();
  }
}

export class Loan {
  amount: i64 = 0;
  applicant: string = "";
  appliedBy: string = "";
  decision: Decision | null = null;
  documents: Document[] = []; // one of a kind, by name
  months: i64 = 0;
  pending: Override | null = null;
  rate: i64 = 0;
  status: i32 = Status.Open;

  document(kind: string): Document | null {
    const documents = this.documents;
    for (let i = 0; i < documents.length; i++) {
      if (documents[i].kind == kind) return documents[i];
    }

    return null;
  }

  write(): Writer {
    const json = new Writer().object();
    json.name("amount").cents(this.amount).name("applicant").text(this.applicant).name("appliedBy").text(this.appliedBy);
    json.name("decision");
    const decision = this.decision;
    if (decision === null) json.null();
    else decision.writeTo(json);

    json.name("documents").list();
    for (let i = 0; i < this.documents.length; i++) {
      const d = this.documents[i];
      json.object().name("by").text(d.by).name("dated").text(d.dated).name("figure").cents(d.figure);
      json.name("kind").text(d.kind).name("sha256").text(d.sha256).endObject();
    }

    json.endList().name("override");
    const wanted = this.pending;
    if (wanted === null) json.null();
    else wanted.writeTo(json);
    return json.name("rate").integer(this.rate).name("status").text(Status.name(this.status)).name("termMonths").integer(this.months).endObject();
  }

  static read(value: Value): Loan {
    const loan = new Loan();
    loan.amount = readCents(value.textOf("amount"));
    loan.applicant = value.textOf("applicant");
    loan.appliedBy = value.textOf("appliedBy");
    loan.months = integerOf(value, "termMonths");
    loan.rate = integerOf(value, "rate");
    loan.status = Status.named(value.textOf("status"));
    const documents = member(value, "documents").items;
    for (let i = 0; i < documents.length; i++) {
      const from = documents[i];
      const document = new Document();
      document.by = from.textOf("by");
      document.dated = from.textOf("dated");
      document.figure = readCents(from.textOf("figure"));
      document.kind = from.textOf("kind");
      document.sha256 = from.textOf("sha256");
      loan.documents.push(document);
    }

    loan.decision = readDecision(member(value, "decision"));
    loan.pending = readOverride(member(value, "override"));
    return loan;
  }
}

function readDecision(from: Value): Decision | null {
  if (from.kind == Kind.Null) return null;
  const decision = new Decision();
  decision.band = from.textOf("band");
  decision.by = from.textOf("by");
  decision.debtToIncome = integerOf(from, "debtToIncome");
  decision.instalment = readCents(from.textOf("instalment"));
  decision.loanToValue = integerOf(from, "loanToValue");
  decision.status = Status.named(from.textOf("verdict"));
  return decision;
}

function readOverride(from: Value): Override | null {
  if (from.kind == Kind.Null) return null;
  const wanted = new Override();
  wanted.by = from.textOf("by");
  wanted.reason = from.textOf("reason");
  wanted.status = Status.named(from.textOf("verdict"));
  return wanted;
}

function integerOf(value: Value, name: string): i64 {
  return member(value, name).integer;
}

// A state without it was not written by this machine.
function member(value: Value, name: string): Value {
  const found = value.get(name);
  if (found === null) {
    fail(BAD_STATE);
    return value;
  }

  return found;
}
