//! Writing JSON, for the command and the service.
#![forbid(unsafe_code)]

use std::fmt::{Display, Write};

/// An object under construction; members stand in the order they are given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object(String);

impl Object {
    /// Without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// A string.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        let quoted = quote(value);
        self.raw(name, &quoted)
    }

    /// A number, written as it displays; finite.
    #[must_use]
    pub fn number(self, name: &str, value: impl Display) -> Self {
        self.raw(name, &value.to_string())
    }

    /// `true` or `false`.
    #[must_use]
    pub fn truth(self, name: &str, value: bool) -> Self {
        self.number(name, value)
    }

    /// Bytes in hexadecimal.
    #[must_use]
    pub fn bytes(self, name: &str, value: &[u8]) -> Self {
        self.text(name, &hex(value))
    }

    /// An object.
    #[must_use]
    pub fn object(self, name: &str, value: Object) -> Self {
        let value = value.finish();
        self.raw(name, &value)
    }

    /// An array of objects.
    #[must_use]
    pub fn list(self, name: &str, values: impl IntoIterator<Item = Object>) -> Self {
        let values: Vec<String> = values.into_iter().map(Object::finish).collect();
        self.raw(name, &format!("[{}]", values.join(",")))
    }

    /// The members of another object behind these.
    #[must_use]
    pub fn and(mut self, other: Object) -> Self {
        match (self.0.is_empty(), other.0.strip_prefix('{')) {
            (_, None) => {}
            (true, Some(_)) => self.0 = other.0,
            (false, Some(members)) => {
                self.0.push(',');
                self.0.push_str(members);
            }
        }
        self
    }

    fn raw(mut self, name: &str, value: &str) -> Self {
        let separator = if self.0.is_empty() { '{' } else { ',' };
        // Writing to a string does not fail.
        let _ = write!(self.0, "{separator}{}:{value}", quote(name));
        self
    }

    /// The text, one line.
    pub fn finish(mut self) -> String {
        if self.0.is_empty() {
            self.0.push('{');
        }
        self.0.push('}');
        self.0
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", control as u32);
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_valid_json() {
        let inner = Object::new().text("a\"b", "line\n\u{1}\u{85}\\é");
        let text = Object::new().number("n", 12u64).truth("t", true).bytes("h", &[0, 255]).object("o", inner.clone()).list("l", [inner]);
        let expected = r#"{"n":12,"t":true,"h":"00ff","o":{"a\"b":"line\n\u0001\u0085\\é"},"l":[{"a\"b":"line\n\u0001\u0085\\é"}]}"#;
        assert_eq!(text.finish(), expected);
        assert_eq!(Object::new().finish(), "{}");
        let (one, two) = (Object::new().number("a", 1), Object::new().number("b", 2));
        assert_eq!(one.clone().and(Object::new()).and(two).finish(), r#"{"a":1,"b":2}"#);
        assert_eq!(Object::new().and(one).finish(), r#"{"a":1}"#);
    }
}
