use super::is_plain;
use crate::memory::List;
use crate::text::write_decimal;

/// Writes RFC 8785 JSON. Give the members of an object in the order of their names: that is what makes the bytes the only ones.
pub struct Json {
    bytes: List<u8>,
    comma: bool,
}

impl Json {
    /// Nothing written yet.
    pub const fn new() -> Self {
        Json { bytes: List::new(), comma: false }
    }

    /// Begins an object.
    #[inline(never)]
    pub fn object(&mut self) {
        self.open(b'{');
    }

    /// Ends an object.
    #[inline(never)]
    pub fn end_object(&mut self) {
        self.close(b'}');
    }

    /// Begins a list.
    #[inline(never)]
    pub fn list(&mut self) {
        self.open(b'[');
    }

    /// Ends a list.
    #[inline(never)]
    pub fn end_list(&mut self) {
        self.close(b']');
    }

    /// Writes a member's name, which needs no escape; its value follows.
    #[inline(never)]
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.separate();
        self.bytes.reserve(name.len() + 3);
        self.bytes.push(b'"');
        self.bytes.extend(name.as_bytes());
        self.bytes.push(b'"');
        self.bytes.push(b':');
        self.comma = false;
        self
    }

    /// Writes any member's name; its value follows.
    pub fn any_name(&mut self, name: &str) -> &mut Self {
        self.text(name);
        self.bytes.push(b':');
        self.comma = false;
        self
    }

    /// Writes a text that needs no escape.
    #[inline(never)]
    pub fn word(&mut self, word: &str) {
        self.separate();
        self.bytes.reserve(word.len() + 2);
        self.bytes.push(b'"');
        self.bytes.extend(word.as_bytes());
        self.bytes.push(b'"');
        self.comma = true;
    }

    /// Writes a text.
    #[inline(never)]
    pub fn text(&mut self, text: &str) {
        self.separate();
        self.quote(text);
        self.comma = true;
    }

    /// Writes a text, or null.
    pub fn text_or_null(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }

    /// Writes an integer; beyond 2^53−1 either way, write it as text instead.
    #[inline(never)]
    pub fn integer(&mut self, value: i64) {
        let mut digits = [0; 20];
        let start = write_decimal(value, &mut digits);
        self.raw(&digits[start..]);
    }

    /// Writes an amount of cents: a text of digits.
    #[inline(never)]
    pub fn cents(&mut self, value: i64) {
        let mut digits = [0; 20];
        let start = write_decimal(value, &mut digits);
        self.separate();
        self.bytes.push(b'"');
        self.bytes.extend(&digits[start..]);
        self.bytes.push(b'"');
        self.comma = true;
    }

    /// Writes an amount of cents, or null.
    pub fn cents_or_null(&mut self, value: Option<i64>) {
        match value {
            Some(value) => self.cents(value),
            None => self.null(),
        }
    }

    /// Writes true or false.
    pub fn bool(&mut self, value: bool) {
        self.raw(if value { b"true" } else { b"false" });
    }

    /// Writes null.
    pub fn null(&mut self) {
        self.raw(b"null");
    }

    /// Writes a value that is canonical JSON already.
    #[inline(never)]
    pub fn raw(&mut self, json: &[u8]) {
        self.separate();
        self.bytes.extend(json);
        self.comma = true;
    }

    /// What was written.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn open(&mut self, bracket: u8) {
        self.separate();
        self.bytes.push(bracket);
        self.comma = false;
    }

    fn close(&mut self, bracket: u8) {
        self.bytes.push(bracket);
        self.comma = true;
    }

    #[inline]
    fn separate(&mut self) {
        if self.comma {
            self.bytes.push(b',');
        }
    }

    // RFC 8785 3.2.2.2: two-character escapes where they exist, \u00xx for other control characters, all else as it is.
    fn quote(&mut self, text: &str) {
        self.bytes.push(b'"');
        let text = text.as_bytes();
        let mut plain = 0;
        for (i, &c) in text.iter().enumerate() {
            if !is_plain(c) {
                self.bytes.extend(&text[plain..i]);
                self.escape(c);
                plain = i + 1;
            }
        }

        self.bytes.extend(&text[plain..]);
        self.bytes.push(b'"');
    }

    #[cold]
    fn escape(&mut self, c: u8) {
        let short = match c {
            b'"' | b'\\' => c,
            8 => b'b',
            9 => b't',
            10 => b'n',
            12 => b'f',
            13 => b'r',
            _ => {
                self.bytes.extend(b"\\u00");
                self.bytes.push(b'0' + (c >> 4));
                self.bytes.push(if c & 15 < 10 { b'0' + (c & 15) } else { b'a' + (c & 15) - 10 });
                return;
            }
        };
        self.bytes.push(b'\\');
        self.bytes.push(short);
    }
}
