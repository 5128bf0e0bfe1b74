//! A counter. The same machine stands in AssemblyScript and in C beside this one; one set of vectors checks all three.

#![no_std]
use loom_guest::*;

/// RFC 8785 keeps integers up to here.
const MAX: i64 = 9_007_199_254_740_991;

machine!(decide);

fn decide(call: &Call) -> Outcome {
    let context = call.context();
    let state = call.state();
    let count = match state.map(|s| s.get("count")) {
        Some(Value::Integer(count)) => count,
        Some(_) => abort(exit::BAD_STATE),
        None => 0,
    };
    let body = call.body()?;
    match context.command_type {
        "increment" => {
            body.only(&["by"])?;
            let by = body.integer_or("by", 1)?;
            if by < 1 {
                return reject("not-positive", "A counter is incremented by one or more.");
            }

            if by > MAX - count {
                return reject("counter-full", "The count would become larger than 9007199254740991.");
            }

            accept_count(count + by, "incremented.v1", by)
        }
        "reset" => {
            body.only(&[])?;
            match (state.is_some(), count) {
                (false, _) => reject("not-born", "Nothing was counted yet."),
                (true, 0) => unchanged(call),
                _ => accept_count(0, "counter-reset.v1", count),
            }
        }
        other => Err(Rejection::unknown_command(context.actor_type(), 1, other, "increment, reset")),
    }
}

fn accept_count(count: i64, event: &str, by: i64) -> Outcome {
    let mut events = Events::new();
    events.add(event, |data| {
        data.name("by").integer(by);
        data.name("count").integer(count);
    });
    let mut state = Json::new();
    state.object();
    state.name("count").integer(count);
    state.end_object();
    accept(state, events)
}
