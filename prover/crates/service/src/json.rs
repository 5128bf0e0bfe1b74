//! Writing JSON objects of one level.
use std::fmt::{Display, Write};

/// An object under construction.
#[derive(Default)]
pub struct Object(String);

impl Object {
    pub fn text(self, name: &str, value: &str) -> Self {
        let quoted = quote(value);
        self.raw(name, &quoted)
    }

    pub fn number(self, name: &str, value: impl Display) -> Self {
        self.raw(name, &value.to_string())
    }

    pub fn object(self, name: &str, value: Object) -> Self {
        let value = value.finish();
        self.raw(name, &value)
    }

    fn raw(mut self, name: &str, value: &str) -> Self {
        // Writing to a string does not fail.
        let _ = write!(self.0, "{}{}:{value}", if self.0.is_empty() { '{' } else { ',' }, quote(name));
        self
    }

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
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", control as u32);
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
