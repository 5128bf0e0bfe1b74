//! JSON with integers, text, true, false, null, lists and objects: what RFC 8785 writes when there are no fractions.

mod read;
mod write;

pub use read::parse;
pub use write::Json;

/// A JSON value.
#[derive(Clone, Copy)]
pub enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Text(&'static str),
    List(&'static [Value]),
    Object(&'static [(&'static str, Value)]),
}

/// Whether a byte stands for itself between quotation marks: no control character, no quotation mark, no backslash.
#[inline]
fn is_plain(c: u8) -> bool {
    PLAIN[c as usize]
}

// One look-up instead of three comparisons, for nearly every byte that is read or written.
static PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut c = 0;
    while c < 32 {
        plain[c] = false;
        c += 1;
    }

    plain[b'"' as usize] = false;
    plain[b'\\' as usize] = false;
    plain
};

impl Value {
    /// The text, if it is one.
    pub fn as_text(self) -> Option<&'static str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items; none if it is no list.
    pub fn items(self) -> &'static [Value] {
        match self {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The members; none if it is no object.
    pub fn members(self) -> &'static [(&'static str, Value)] {
        match self {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The member of that name; null where there is none.
    pub fn get(self, name: &str) -> Value {
        self.members().iter().find(|m| m.0 == name).map_or(Value::Null, |m| m.1)
    }
}
