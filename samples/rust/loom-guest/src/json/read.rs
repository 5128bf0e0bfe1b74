use super::Value;
use crate::memory::List;

/// As deep as the platform itself reads.
const MAX_DEPTH: u32 = 64;

/// RFC 8785 keeps integers up to here.
const MAX_INTEGER: i64 = 9_007_199_254_740_991;

/// Reads one JSON value without fractions, or says what is wrong.
pub fn parse(text: &'static [u8]) -> Result<Value, &'static str> {
    if core::str::from_utf8(text).is_err() {
        return Err("it is not UTF-8");
    }

    let mut reader = Reader { text, at: 0, items: List::new(), members: List::new() };
    reader.blank();
    let value = reader.value(MAX_DEPTH)?;
    reader.blank();
    if reader.at < text.len() { Err("something follows the value") } else { Ok(value) }
}

struct Reader {
    text: &'static [u8],
    at: usize,
    // Items and members of lists and objects that are still open; a closed one moves its own into a block of its size.
    items: List<Value>,
    members: List<(&'static str, Value)>,
}

impl Reader {
    #[inline]
    fn peek(&self) -> u8 {
        if self.at < self.text.len() { self.text[self.at] } else { 0 }
    }

    #[inline]
    fn blank(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: u32) -> Result<Value, &'static str> {
        match self.peek() {
            b'"' => self.text().map(Value::Text),
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b'-' | b'0'..=b'9' => self.integer(),
            b't' => self.word(b"true", Value::Bool(true)),
            b'f' => self.word(b"false", Value::Bool(false)),
            b'n' => self.word(b"null", Value::Null),
            _ => Err("a value is missing"),
        }
    }

    fn word(&mut self, word: &[u8], value: Value) -> Result<Value, &'static str> {
        if !self.text[self.at..].starts_with(word) {
            return Err("a value is missing");
        }

        self.at += word.len();
        Ok(value)
    }

    fn integer(&mut self) -> Result<Value, &'static str> {
        let negative = self.peek() == b'-';
        self.at += negative as usize;
        let first = self.at;
        let mut number = 0i64;
        while self.peek().is_ascii_digit() {
            number = number * 10 + (self.peek() - b'0') as i64;
            if number > MAX_INTEGER {
                return Err("a number is too large");
            }

            self.at += 1;
        }

        let digits = self.at - first;
        if digits == 0 || (digits > 1 && self.text[first] == b'0') {
            return Err("a number is badly written");
        }

        if matches!(self.peek(), b'.' | b'e' | b'E') {
            return Err("a number is not a whole one");
        }

        Ok(Value::Integer(if negative { -number } else { number }))
    }

    fn list(&mut self, depth: u32) -> Result<Value, &'static str> {
        let first = self.items.len();
        self.open(depth)?;
        if self.peek() != b']' {
            loop {
                let item = self.value(depth - 1)?;
                self.items.push(item);
                if !self.another(b']')? {
                    break;
                }
            }
        }

        self.at += 1;
        let items = List::of(&self.items[first..]).leak();
        self.items.truncate(first);
        Ok(Value::List(items))
    }

    fn object(&mut self, depth: u32) -> Result<Value, &'static str> {
        let first = self.members.len();
        self.open(depth)?;
        if self.peek() != b'}' {
            loop {
                if self.peek() != b'"' {
                    return Err("a member's name is missing");
                }

                let name = self.text()?;
                self.blank();
                if self.peek() != b':' {
                    return Err("a colon is missing");
                }

                self.at += 1;
                self.blank();
                let value = self.value(depth - 1)?;
                self.members.push((name, value));
                if !self.another(b'}')? {
                    break;
                }
            }
        }

        self.at += 1;
        let members = List::of(&self.members[first..]).leak();
        self.members.truncate(first);
        Ok(Value::Object(members))
    }

    fn open(&mut self, depth: u32) -> Result<(), &'static str> {
        if depth == 0 {
            return Err("it nests too deep");
        }

        self.at += 1;
        self.blank();
        Ok(())
    }

    // After an item: true when a comma leads to the next one, false at the closing bracket.
    fn another(&mut self, close: u8) -> Result<bool, &'static str> {
        self.blank();
        match self.peek() {
            b',' => {
                self.at += 1;
                self.blank();
                Ok(true)
            }
            c if c == close => Ok(false),
            _ => Err("a comma or a closing bracket is missing"),
        }
    }

    #[inline(never)]
    fn text(&mut self) -> Result<&'static str, &'static str> {
        let first = self.at + 1;
        self.at = first;
        loop {
            match self.peek() {
                b'"' => break,
                b'\\' => return self.escaped(first),
                0..=31 => return Err("a text is not closed, or holds a bare control character"),
                _ => self.at += 1,
            }
        }

        let text = &self.text[first..self.at];
        self.at += 1;

        // The whole input is UTF-8, and quotation marks are no part of longer characters.
        Ok(unsafe { core::str::from_utf8_unchecked(text) })
    }

    #[cold]
    fn escaped(&mut self, first: usize) -> Result<&'static str, &'static str> {
        let mut text = List::of(&self.text[first..self.at]);
        loop {
            match self.peek() {
                b'"' => break,
                b'\\' => {
                    self.at += 1;
                    let c = match self.peek() {
                        b'n' => '\n',
                        b't' => '\t',
                        b'r' => '\r',
                        b'b' => '\u{8}',
                        b'f' => '\u{c}',
                        c @ (b'"' | b'\\' | b'/') => c as char,
                        b'u' => self.code()?,
                        _ => return Err("an escape is unknown"),
                    };
                    self.at += 1;
                    text.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                0..=31 => return Err("a text is not closed, or holds a bare control character"),
                c => {
                    text.push(c);
                    self.at += 1;
                }
            }
        }

        self.at += 1;
        Ok(unsafe { core::str::from_utf8_unchecked(text.leak()) })
    }

    // At the u of \uXXXX; ends at its last digit. A pair of surrogates makes one character, a lone one is refused.
    fn code(&mut self) -> Result<char, &'static str> {
        let mut code = self.hex()?;
        if (0xD800..0xDC00).contains(&code) {
            if self.text.get(self.at + 1) != Some(&b'\\') || self.text.get(self.at + 2) != Some(&b'u') {
                return Err("a surrogate stands alone");
            }

            self.at += 2;
            let low = self.hex()?;
            if !(0xDC00..0xE000).contains(&low) {
                return Err("a surrogate stands alone");
            }

            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }

        char::from_u32(code).ok_or("a surrogate stands alone")
    }

    fn hex(&mut self) -> Result<u32, &'static str> {
        let mut code = 0;
        for _ in 0..4 {
            self.at += 1;
            let digit = match self.peek() {
                c @ b'0'..=b'9' => c - b'0',
                c @ b'a'..=b'f' => c - b'a' + 10,
                c @ b'A'..=b'F' => c - b'A' + 10,
                _ => return Err("an escape is unknown"),
            };
            code = code * 16 + digit as u32;
        }

        Ok(code)
    }
}
