// A counter: the same machine as samples/rust/counter, checked with the same vectors.
import { BAD_STATE, fail } from "../loom/host";
import { Kind, MAX_INTEGER, Writer } from "../loom/json";
import { Call } from "../loom/machine";

export function loom_main(): void {
  const call = new Call();
  let count: i64 = 0;
  if (call.isBorn) {
    const kept = call.state().get("count");
    if (kept === null || kept.kind != Kind.Integer) fail(BAD_STATE);
    else count = kept.integer;
  }

  const command = call.context().textOf("commandType");
  if (command == "increment") increment(call, count);
  else if (command == "reset") reset(call, count);
  else call.unknownCommand("counter@1", command, "increment, reset");
}

function increment(call: Call, count: i64): void {
  const body = call.body();
  if (body === null || !call.only(body, ["by"])) return;
  let by: i64 = 1;
  const given = body.get("by");
  if (given !== null) {
    if (given.kind != Kind.Integer) return call.unlike("by");
    by = given.integer;
  }

  if (by < 1) return call.reject("not-positive", "A counter is incremented by one or more.");
  if (by > MAX_INTEGER - count) return call.reject("counter-full", "The count would become larger than 9007199254740991.");
  accept(call, count + by, "incremented.v1", by);
}

function reset(call: Call, count: i64): void {
  const body = call.body();
  if (body === null || !call.only(body, [])) return;
  if (!call.isBorn) return call.reject("not-born", "Nothing was counted yet.");
  if (count == 0) return call.unchanged();
  accept(call, 0, "counter-reset.v1", count);
}

function accept(call: Call, count: i64, event: string, by: i64): void {
  call.event().object().name("by").integer(by).name("count").integer(count).endObject();
  call.endEvent(event);
  call.accept(new Writer().object().name("count").integer(count).endObject());
}
