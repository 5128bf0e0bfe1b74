use crate::answer::{invalid, Rejection};
use crate::host::{abort, exit};
use crate::json::{parse, Value};
use crate::object::Object;

/// What a decision may look at, and nothing else.
pub struct Call {
    /// The state's bytes; empty before the actor is born.
    pub state: &'static [u8],

    /// The command's body, as the platform keeps it.
    pub command: &'static [u8],

    context: &'static [u8],
}

impl Call {
    /// The command's body as an object, or the rejection `invalid-command`.
    pub fn body(&self) -> Result<Object, Rejection> {
        match parse(self.command) {
            Ok(Value::Object(members)) => Ok(Object::new(members)),
            Ok(_) => Err(invalid("The body is no object.")),
            Err(mistake) => Err(invalid(crate::join(&["The body does not fit: ", mistake, "."]))),
        }
    }

    /// The state as JSON; none before birth. A state that cannot be read ends the call: no machine of this kind wrote it.
    pub fn state(&self) -> Option<Value> {
        if self.state.is_empty() {
            return None;
        }

        match parse(self.state) {
            Ok(value) => Some(value),
            Err(_) => abort(exit::BAD_STATE),
        }
    }

    /// Who asks, when, and for what.
    pub fn context(&self) -> Context {
        let value = match parse(self.context) {
            Ok(value) => value,
            Err(_) => abort(exit::BAD_FRAMES),
        };
        let mut context = Context { actor: "", at: "", command_id: "", command_type: "", principal: "", revision: 0, roles: &[] };
        for &(name, value) in value.members() {
            match (name, value) {
                ("actor", Value::Text(text)) => context.actor = text,
                ("at", Value::Text(text)) => context.at = text,
                ("commandId", Value::Text(text)) => context.command_id = text,
                ("commandType", Value::Text(text)) => context.command_type = text,
                ("principal", Value::Text(text)) => context.principal = text,
                ("revision", Value::Integer(number)) => context.revision = number,
                ("roles", Value::List(roles)) => context.roles = roles,
                _ => {}
            }
        }

        context
    }
}

/// The facts of the transition's link that a decision may use.
#[derive(Clone, Copy)]
pub struct Context {
    /// The actor's name, `TYPE-ID`.
    pub actor: &'static str,

    /// The moment of the decision: the only clock.
    pub at: &'static str,

    /// The command's id: the only source of new ids.
    pub command_id: &'static str,

    /// The command's name.
    pub command_type: &'static str,

    /// Who asks.
    pub principal: &'static str,

    /// The revision that the first event will get.
    pub revision: i64,

    roles: &'static [Value],
}

impl Context {
    /// The actor's type: what stands before the first hyphen of its name.
    pub fn actor_type(&self) -> &'static str {
        self.actor.split('-').next().unwrap_or("")
    }

    /// Whether the caller holds the role.
    pub fn has_role(&self, name: &str) -> bool {
        self.roles.iter().any(|role| role.as_text() == Some(name))
    }
}

/// Takes the three frames apart.
pub(crate) fn read(input: &'static [u8]) -> Call {
    let (state, rest) = frame(input);
    let (command, rest) = frame(rest);
    let (context, rest) = frame(rest);
    if !rest.is_empty() {
        abort(exit::BAD_FRAMES);
    }

    Call { state, command, context }
}

fn frame(input: &'static [u8]) -> (&'static [u8], &'static [u8]) {
    if input.len() < 4 {
        abort(exit::BAD_FRAMES);
    }

    let (head, rest) = input.split_at(4);
    let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
    if length > rest.len() {
        abort(exit::BAD_FRAMES);
    }

    rest.split_at(length)
}
