// Says back whatever it is told: the state is the last body, and so is the event's data.
import { Writer } from "../loom/json";
import { Call } from "../loom/machine";

export function loom_main(): void {
  const call = new Call();
  call.writeCommand(call.event());
  call.endEvent("echoed.v1");
  const state = new Writer();
  call.writeCommand(state);
  call.accept(state);
}
