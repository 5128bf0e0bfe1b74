//! A reader of JSON for files that this repository or the core suite brings; a mistake in them is a panic.

/// A JSON value. Numbers stay text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`, `true`, `false` or a number, as written.
    Word(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// An object, in written order.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// The member of an object; `None` where there is none.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Map(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// A string member; the empty string where there is none.
    pub fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Value::Text(text) | Value::Word(text)) => text,
            _ => "",
        }
    }

    /// An array member; empty where there is none.
    pub fn list(&self, name: &str) -> &[Value] {
        match self.get(name) {
            Some(Value::List(items)) => items,
            _ => &[],
        }
    }
}

/// Reads one document.
pub fn parse(text: &str) -> Value {
    let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
    let value = reader.value();
    reader.space();
    assert_eq!(reader.at, text.len(), "something follows the document");
    value
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn space(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> u8 {
        self.space();
        self.bytes[self.at]
    }

    fn take(&mut self) -> u8 {
        self.at += 1;
        self.bytes[self.at - 1]
    }

    fn value(&mut self) -> Value {
        match self.peek() {
            b'{' => {
                let mut members = Vec::new();
                self.items(b'}', |reader| {
                    reader.space();
                    let name = reader.string();
                    assert_eq!(reader.peek(), b':');
                    reader.at += 1;
                    members.push((name, reader.value()));
                });
                Value::Map(members)
            }
            b'[' => {
                let mut items = Vec::new();
                self.items(b']', |reader| items.push(reader.value()));
                Value::List(items)
            }
            b'"' => Value::Text(self.string()),
            _ => {
                let start = self.at;
                while self.bytes.get(self.at).is_some_and(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b)) {
                    self.at += 1;
                }
                assert!(self.at > start, "no value at byte {start}");
                Value::Word(String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned())
            }
        }
    }

    fn items(&mut self, end: u8, mut item: impl FnMut(&mut Self)) {
        self.at += 1;
        if self.peek() == end {
            self.at += 1;
            return;
        }
        loop {
            item(self);
            self.space();
            match self.take() {
                b',' => {}
                byte if byte == end => return,
                byte => panic!("{:?} at byte {}", byte as char, self.at - 1),
            }
        }
    }

    fn string(&mut self) -> String {
        assert_eq!(self.take(), b'"');
        let mut text = Vec::new();
        loop {
            match self.take() {
                b'"' => return String::from_utf8(text).expect("JSON is UTF-8"),
                b'\\' => match self.take() {
                    b'n' => text.push(b'\n'),
                    b't' => text.push(b'\t'),
                    b'r' => text.push(b'\r'),
                    b'b' => text.push(8),
                    b'f' => text.push(12),
                    b'u' => {
                        let mut unit = self.unit();
                        if (0xD800..0xDC00).contains(&unit) && self.bytes[self.at..].starts_with(b"\\u") {
                            self.at += 2;
                            unit = 0x10000 + ((unit - 0xD800) << 10) + (self.unit() - 0xDC00);
                        }
                        let character = char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER);
                        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                    byte => text.push(byte),
                },
                byte => text.push(byte),
            }
        }
    }

    fn unit(&mut self) -> u32 {
        let digits = std::str::from_utf8(&self.bytes[self.at..self.at + 4]).expect("four digits");
        self.at += 4;
        u32::from_str_radix(digits, 16).expect("four hexadecimal digits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read() {
        let value = parse(r#" {"a": [1, -2.5e3, "x\n\u00e9\ud83d\ude00\\"], "b": {}, "c": null} "#);
        assert_eq!(value.list("a")[1], Value::Word("-2.5e3".into()));
        assert_eq!(value.list("a")[2], Value::Text("x\né😀\\".into()));
        assert_eq!(value.get("b"), Some(&Value::Map(vec![])));
        assert_eq!((value.text("c"), value.text("d")), ("null", ""));
    }
}
