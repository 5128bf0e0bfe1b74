use crate::answer::{invalid, Rejection};
use crate::json::Value;
use crate::money::read_cents;
use crate::text::join;
use crate::time::is_timestamp;

/// The members of a command's body, read by name. What does not fit becomes the rejection `invalid-command`.
#[derive(Clone, Copy)]
pub struct Object {
    members: &'static [(&'static str, Value)],
}

impl Object {
    pub(crate) fn new(members: &'static [(&'static str, Value)]) -> Self {
        Object { members }
    }

    /// Refuses members that are not among these.
    #[inline(never)]
    pub fn only(&self, names: &[&str]) -> Result<(), Rejection> {
        match self.members.iter().find(|m| !names.contains(&m.0)) {
            Some(other) => Err(invalid(join(&["The body does not fit: It takes no member '", other.0, "'."]))),
            None => Ok(()),
        }
    }

    /// The member, if it is there; null counts.
    #[inline(never)]
    pub fn get(&self, name: &str) -> Option<Value> {
        self.members.iter().find(|m| m.0 == name).map(|m| m.1)
    }

    /// The member; refused where it is missing.
    #[inline(never)]
    pub fn required(&self, name: &str) -> Result<Value, Rejection> {
        self.get(name).ok_or_else(|| invalid(join(&["The body does not fit: It lacks '", name, "'."])))
    }

    /// A text that must be there.
    #[inline(never)]
    pub fn text(&self, name: &str) -> Result<&'static str, Rejection> {
        self.required(name)?.as_text().ok_or_else(|| unlike(name))
    }

    /// A text; missing and null are the same.
    #[inline(never)]
    pub fn optional_text(&self, name: &str) -> Result<Option<&'static str>, Rejection> {
        match self.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            _ => Err(unlike(name)),
        }
    }

    /// An integer that must be there.
    pub fn integer(&self, name: &str) -> Result<i64, Rejection> {
        match self.required(name)? {
            Value::Integer(value) => Ok(value),
            _ => Err(unlike(name)),
        }
    }

    /// An integer; this one where it is missing.
    pub fn integer_or(&self, name: &str, otherwise: i64) -> Result<i64, Rejection> {
        if self.get(name).is_none() { Ok(otherwise) } else { self.integer(name) }
    }

    /// True or false, and it must be there.
    #[inline(never)]
    pub fn bool(&self, name: &str) -> Result<bool, Rejection> {
        match self.required(name)? {
            Value::Bool(value) => Ok(value),
            _ => Err(unlike(name)),
        }
    }

    /// True or false; this one where it is missing.
    pub fn bool_or(&self, name: &str, otherwise: bool) -> Result<bool, Rejection> {
        if self.get(name).is_none() { Ok(otherwise) } else { self.bool(name) }
    }

    /// An object that must be there.
    pub fn object(&self, name: &str) -> Result<Object, Rejection> {
        match self.required(name)? {
            Value::Object(members) => Ok(Object { members }),
            _ => Err(unlike(name)),
        }
    }

    /// An amount that must be there.
    #[inline(never)]
    pub fn cents(&self, name: &str) -> Result<i64, Rejection> {
        self.required(name)?;
        self.optional_cents(name)?.ok_or_else(|| unlike(name))
    }

    /// An amount; missing and null are the same.
    #[inline(never)]
    pub fn optional_cents(&self, name: &str) -> Result<Option<i64>, Rejection> {
        match self.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) => match read_cents(text) {
                Some(cents) => Ok(Some(cents)),
                None => Err(no_amount()),
            },
            _ => Err(no_amount()),
        }
    }

    /// A time that must be there.
    pub fn time(&self, name: &str) -> Result<&'static str, Rejection> {
        self.required(name)?;
        self.optional_time(name)?.ok_or_else(|| unlike(name))
    }

    /// A time; missing and null are the same.
    pub fn optional_time(&self, name: &str) -> Result<Option<&'static str>, Rejection> {
        match self.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) if is_timestamp(text) => Ok(Some(text)),
            _ => Err(invalid(
                "The body does not fit: A time is UTC with exactly six fraction digits and Z, for example \"2026-01-31T09:30:00.000000Z\".",
            )),
        }
    }
}

#[cold]
fn unlike(name: &str) -> Rejection {
    invalid(join(&["The body does not fit: What stands at $.", name, " is of another kind than expected there."]))
}

#[cold]
fn no_amount() -> Rejection {
    invalid("The body does not fit: An amount is whole cents as a string of at most 15 digits, for example \"1250\".")
}
