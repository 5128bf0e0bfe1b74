// The guest side of Loom's machine interface (ABI v1): frames in, frames out.
//
//   import { Call } from "../loom/machine";
//
//   export function loom_main(): void {
//     const call = new Call();
//     ...
//     call.accept(state);
//   }
import { BAD_FRAMES, BAD_STATE, fail, readInput, writeOutput } from "./host";
import { Kind, Reader, Value, Writer } from "./json";

/** What a decision may look at, and where its answer goes. */
export class Call {
  /** The events so far, a list that is still open. */
  private events: Writer = new Writer().list();
  private input: StaticArray<u8>;
  private stateLength: i32;
  private commandAt: i32;
  private commandLength: i32;
  private contextAt: i32;
  private contextLength: i32;

  constructor() {
    const input = readInput();
    this.input = input;
    this.stateLength = this.frame(0);
    this.commandAt = 8 + this.stateLength;
    this.commandLength = this.frame(this.commandAt - 4);
    this.contextAt = this.commandAt + this.commandLength + 4;
    this.contextLength = this.frame(this.contextAt - 4);
    if (this.contextAt + this.contextLength != input.length) fail(BAD_FRAMES);
  }

  /** Whether the actor exists. */
  get isBorn(): bool {
    return this.stateLength > 0;
  }

  /** The state as JSON. A state that cannot be read ends the call: no machine of this kind wrote it. */
  state(): Value {
    const reader = new Reader(this.input, 4, this.stateLength);
    const value = reader.read();
    if (reader.mistake.length > 0) fail(BAD_STATE);
    return value;
  }

  /** The facts that a decision may use: actor, at, commandId, commandType, principal, revision, roles. */
  context(): Value {
    const reader = new Reader(this.input, this.contextAt, this.contextLength);
    const value = reader.read();
    if (reader.mistake.length > 0) fail(BAD_FRAMES);
    return value;
  }

  /** The command's body as an object; null after a rejection as `invalid-command`. */
  body(): Value | null {
    const reader = new Reader(this.input, this.commandAt, this.commandLength);
    const value = reader.read();
    if (reader.mistake.length > 0) {
      this.invalid(reader.mistake + ".");
      return null;
    }

    if (value.kind != Kind.Object) {
      this.reject("invalid-command", "The body is no object.");
      return null;
    }

    return value;
  }

  /** Whether the body has no members but these; otherwise it is rejected. */
  only(body: Value, names: string[]): bool {
    for (let i = 0; i < body.names.length; i++) {
      if (!names.includes(body.names[i])) {
        this.invalid("It takes no member '" + body.names[i] + "'.");
        return false;
      }
    }

    return true;
  }

  /** Writes the command's bytes as they are: canonical JSON, as the platform keeps them. */
  writeCommand(into: Writer): void {
    into.raw(this.input, this.commandAt, this.commandLength);
  }

  /** Begins an event: write its data, one JSON value, then call `endEvent`. */
  event(): Writer {
    return this.events.object().name("data");
  }

  endEvent(type: string): void {
    this.events.name("type").text(type).endObject();
  }

  /** Accepts: this is the state now. */
  accept(state: Writer): void {
    this.events.endList();
    this.answer(0, state.buffer, 0, state.length);
  }

  /** Accepts, with nothing to do: the same state, no events. */
  unchanged(): void {
    this.events.endList();
    this.answer(0, this.input, 4, this.stateLength);
  }

  /** Says no. */
  reject(code: string, message: string): void {
    const json = new Writer().object().name("code").text(code).name("message").text(message).endObject();
    this.events = new Writer().list().endList();
    this.answer(1, json.buffer, 0, json.length);
  }

  invalid(what: string): void {
    this.reject("invalid-command", "The body does not fit: " + what);
  }

  unlike(member: string): void {
    this.invalid("What stands at $." + member + " is of another kind than expected there.");
  }

  /** Refuses a command that the machine does not have; it has these, in order of their names. */
  unknownCommand(machine: string, command: string, known: string): void {
    this.reject("unknown-command", machine + " has no command '" + command + "'. It has: " + known + ".");
  }

  private frame(at: i32): i32 {
    if (at + 4 > this.input.length) fail(BAD_FRAMES);
    const length = load<u32>(changetype<usize>(this.input) + at);
    if (length > <u32>(this.input.length - at - 4)) fail(BAD_FRAMES);
    return length;
  }

  private answer(status: u32, state: StaticArray<u8>, from: i32, length: i32): void {
    const events = this.events;
    const output = new StaticArray<u8>(12 + length + events.length);
    const start = changetype<usize>(output);
    store<u32>(start, status);
    store<u32>(start + 4, length);
    memory.copy(start + 8, changetype<usize>(state) + from, length);
    store<u32>(start + 8 + length, events.length);
    memory.copy(start + 12 + length, changetype<usize>(events.buffer), events.length);
    writeOutput(output, output.length);
  }
}
