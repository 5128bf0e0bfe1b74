//! The vectors of the sample modules: commands with the answers that they must give, as frames of ABI v1.
use crate::json::{self, Value};

/// One call of a module.
#[derive(Clone, Debug)]
pub struct Step {
    /// The command's name.
    pub command: String,
    /// The input frame: state, command, context.
    pub input: Vec<u8>,
    /// The output frame: status, state (or why it was rejected), events.
    pub output: Vec<u8>,
}

/// The steps of `samples/modules/NAME.vectors.json`, each in the state that the ones before it leave.
///
/// # Panics
/// If the file is missing or no vectors.
pub fn steps(name: &str) -> Vec<Step> {
    let path = crate::samples::root().join(format!("samples/modules/{name}.vectors.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let vectors = json::parse(&text);
    let (mut state, mut revision) = (String::new(), 0);
    let mut steps = Vec::new();
    for (i, step) in vectors.list("steps").iter().enumerate() {
        let context = context(&vectors, step, i, revision);
        let body = canonical(step.get("body").expect("a body"));
        let input = frame(&[state.as_bytes(), body.as_bytes(), context.as_bytes()]);
        let answer = step.get("answer").expect("an answer");
        let (status, first, events) = match answer.get("rejected") {
            Some(reason) => (1u32, canonical(reason), "[]".to_owned()),
            None => {
                revision += answer.list("events").len();
                state = canonical(answer.get("state").expect("a state"));
                (0, state.clone(), canonical(answer.get("events").expect("events")))
            }
        };
        let output = [status.to_le_bytes().to_vec(), frame(&[first.as_bytes(), events.as_bytes()])].concat();
        steps.push(Step { command: step.text("command").to_owned(), input, output });
    }
    steps
}

/// What the host tells a module about the call, in canonical form: members by name.
fn context(vectors: &Value, step: &Value, index: usize, revision: usize) -> String {
    let or = |own: &str, other: &str| if own.is_empty() { quoted(other) } else { quoted(own) };
    let mut roles: Vec<_> = step.list("roles").iter().map(canonical).collect();
    roles.sort();
    format!(
        r#"{{"actor":{},"at":{},"commandId":"command-{}","commandType":{},"principal":{},"revision":{revision},"roles":[{}]}}"#,
        quoted(vectors.text("actor")),
        or(step.text("at"), vectors.text("at")),
        index + 1,
        quoted(step.text("command")),
        or(step.text("principal"), "alice"),
        roles.join(",")
    )
}

/// Each part with its length before it.
fn frame(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().flat_map(|part| [&(part.len() as u32).to_le_bytes(), *part].concat()).collect()
}

/// RFC 8785 for values without fractions.
fn canonical(value: &Value) -> String {
    match value {
        Value::Word(word) => word.clone(),
        Value::Text(text) => quoted(text),
        Value::List(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Map(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| name.encode_utf16().collect::<Vec<_>>());
            let members: Vec<_> = members.iter().map(|(name, value)| format!("{}:{}", quoted(name), canonical(value))).collect();
            format!("{{{}}}", members.join(","))
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
