// The members of a command's body, each read as what it has to be. The first that is missing or does not fit rejects the command; ask
// `refused` once, after the last.
import { Kind, Value } from "./json";
import { Call } from "./machine";
import { isCents, readCents } from "./money";

const LIKE_CENTS = "An amount is whole cents as a string of at most 15 digits, for example \"1250\".";

export class Fields {
  /** Whether the command is rejected already; then return. */
  refused: bool = false;
  private body: Value;

  /** Reads a body that has no members but these. */
  constructor(private call: Call, names: string[]) {
    const body = call.body();
    this.body = body === null ? new Value() : body;
    this.refused = body === null || !call.only(body, names);
  }

  text(name: string): string {
    const value = this.of(name, Kind.Text);
    return value === null ? "" : value.text;
  }

  integer(name: string): i64 {
    const value = this.of(name, Kind.Integer);
    return value === null ? 0 : value.integer;
  }

  /** Whole cents of zero or more, a text of digits. */
  cents(name: string): i64 {
    const value = this.member(name);
    if (value === null) return 0;
    if (!isCents(value)) this.refuse(LIKE_CENTS);
    else if (value.text.charCodeAt(0) == 0x2d) this.refuse("'" + name + "' is zero or more.");
    return this.refused ? 0 : readCents(value.text);
  }

  /** One of these texts. */
  choice(name: string, known: string[]): string {
    const text = this.text(name);
    if (!this.refused && !known.includes(text)) this.refuse("'" + name + "' is one of " + known.join(", ") + ".");
    return text;
  }

  /** A text that is not blank, of at most so many UTF-16 units. */
  words(name: string, most: i32): string {
    const text = this.text(name);
    if (!this.refused && (text.trim().length == 0 || text.length > most)) this.refuse("'" + name + "' has 1 to " + most.toString() + " characters.");
    return text;
  }

  /** Refuses the body, unless it was refused before. */
  refuse(why: string): void {
    if (this.refused) return;
    this.refused = true;
    this.call.invalid(why);
  }

  private of(name: string, kind: Kind): Value | null {
    const value = this.member(name);
    if (value === null) return null;
    if (value.kind != kind) {
      this.refused = true;
      this.call.unlike(name);
      return null;
    }

    return value;
  }

  private member(name: string): Value | null {
    if (this.refused) return null;
    const value = this.body.get(name);
    if (value === null) this.refuse("It lacks '" + name + "'.");
    return value;
  }
}
