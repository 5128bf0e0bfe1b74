use crate::json::Json;
use crate::memory::List;
use crate::text::{decimal, join};
use crate::Call;

/// A machine's answer.
pub type Outcome = Result<Accepted, Rejection>;

/// A "no": it leaves no event and changes nothing.
#[derive(Clone, Copy)]
pub struct Rejection {
    /// Stable, lower-case, hyphenated; what programs look at.
    pub code: &'static str,

    /// One sentence for people.
    pub message: &'static str,
}

/// A "yes": the state after, and what happened.
pub struct Accepted {
    state: State,
    events: Events,
}

enum State {
    New(Json),
    Same(&'static [u8]),
}

/// What happened, in order: a JSON list of `{data, type}`.
pub struct Events {
    json: Json,
}

impl Events {
    /// None yet.
    pub fn new() -> Self {
        let mut json = Json::new();
        json.list();
        Events { json }
    }

    /// Adds an event; the function writes the members of its data.
    pub fn add(&mut self, name: &str, data: impl FnOnce(&mut Json)) {
        self.json.object();
        self.json.name("data").object();
        data(&mut self.json);
        self.json.end_object();
        self.json.name("type").word(name);
        self.json.end_object();
    }

    /// Adds an event whose data is canonical JSON already.
    pub fn add_raw(&mut self, name: &str, data: &[u8]) {
        self.json.object();
        self.json.name("data").raw(data);
        self.json.name("type").word(name);
        self.json.end_object();
    }
}

/// Accepts: this is the state now, and this is what happened.
pub fn accept(state: Json, events: Events) -> Outcome {
    Ok(Accepted { state: State::New(state), events })
}

/// Accepts, with nothing to do: the same state, no events.
pub fn unchanged(call: &Call) -> Outcome {
    Ok(Accepted { state: State::Same(call.state), events: Events::new() })
}

/// Says no.
pub fn reject<T>(code: &'static str, message: &'static str) -> Result<T, Rejection> {
    Err(Rejection { code, message })
}

/// The rejection of a body that does not fit the command.
#[cold]
pub fn invalid(message: &'static str) -> Rejection {
    Rejection { code: "invalid-command", message }
}

impl Rejection {
    /// The rejection of a command that the machine does not have; it has these, in order of their names.
    #[cold]
    #[inline(never)]
    pub fn unknown_command(actor_type: &str, version: i64, command: &str, known: &str) -> Rejection {
        let message = join(&[actor_type, "@", decimal(version), " has no command '", command, "'. It has: ", known, "."]);
        Rejection { code: "unknown-command", message }
    }
}

/// The output's bytes.
pub(crate) fn frame(outcome: Outcome) -> &'static [u8] {
    match outcome {
        Ok(accepted) => {
            let mut events = accepted.events;
            events.json.end_list();
            let state = match &accepted.state {
                State::New(json) => json.bytes(),
                State::Same(bytes) => bytes,
            };
            join_frames(0, state, events.json.bytes())
        }
        Err(rejection) => {
            let mut json = Json::new();
            json.object();
            json.name("code").word(rejection.code);
            json.name("message").text(rejection.message);
            json.end_object();
            join_frames(1, json.bytes(), b"[]")
        }
    }
}

fn join_frames(status: u32, state: &[u8], events: &[u8]) -> &'static [u8] {
    let mut output = List::new();
    output.reserve(12 + state.len() + events.len());
    output.extend(&status.to_le_bytes());
    output.extend(&(state.len() as u32).to_le_bytes());
    output.extend(state);
    output.extend(&(events.len() as u32).to_le_bytes());
    output.extend(events);
    output.leak()
}
