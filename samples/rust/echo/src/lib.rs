//! Says back whatever it is told: the state is the last body, and so is the event's data. The smallest machine there is.

#![no_std]
use loom_guest::*;

machine!(decide);

fn decide(call: &Call) -> Outcome {
    // The platform keeps JSON bodies in canonical form, so that they can be copied as they are.
    let mut events = Events::new();
    events.add_raw("echoed.v1", call.command);
    let mut state = Json::new();
    state.raw(call.command);
    accept(state, events)
}
