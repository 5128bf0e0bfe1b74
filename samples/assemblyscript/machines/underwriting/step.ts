// A step on a loan: the call, with the facts that its rules look at. They are read once, since every cycle is proven too.
import { dayOf } from "../../loom/dates";
import { Kind } from "../../loom/json";
import { Call } from "../../loom/machine";
import { Loan } from "./loan";

export class Step {
  /** Who asks. */
  readonly by: string;
  readonly command: string;

  /** The day on which it is asked. */
  readonly today: i32;
  private holdsRole: bool = false;

  constructor(readonly call: Call) {
    const context = call.context();
    this.by = context.textOf("principal");
    this.command = context.textOf("commandType");
    this.today = dayOf(context.textOf("at"));
    const roles = context.get("roles");
    for (let i = 0; roles !== null && i < roles.items.length; i++) {
      const role = roles.items[i];
      this.holdsRole = this.holdsRole || (role.kind == Kind.Text && role.text == "underwriter");
    }
  }

  /** Decisions are for people with the role, and never on an application of one's own; otherwise the step is rejected. */
  mayDecideOn(loan: Loan): bool {
    if (!this.holdsRole) this.call.reject("role-missing", this.by + " does not hold the role underwriter.");
    else if (this.by == loan.appliedBy) this.call.reject("own-application", "Nobody decides on an application of their own.");
    else return true;
    return false;
  }

  /** Accepting and withdrawing are for who applied; otherwise the step is rejected. */
  isOfTheApplicant(loan: Loan): bool {
    if (this.by == loan.appliedBy) return true;
    this.call.reject("not-the-applicant", "Only who applied may do that.");
    return false;
  }
}
