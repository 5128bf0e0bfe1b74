use super::{is_plain, Value};
use crate::memory::List;

/// As deep as the platform itself reads.
const MAX_DEPTH: u32 = 64;

/// RFC 8785 keeps integers up to here.
const MAX_INTEGER: i64 = 9_007_199_254_740_991;

const VALUE_MISSING: &str = "a value is missing";
const TEXT_OPEN: &str = "a text is not closed, or holds a bare control character";
const ESCAPE_UNKNOWN: &str = "an escape is unknown";
const SURROGATE_ALONE: &str = "a surrogate stands alone";

/// Reads one JSON value without fractions, or says what is wrong.
pub fn parse(text: &'static [u8]) -> Result<Value, &'static str> {
    if core::str::from_utf8(text).is_err() {
        return Err("it is not UTF-8");
    }

    let mut reader = Reader { text, at: 0, mistake: "", items: List::new(), members: List::new() };
    let value = if reader.blank() == 0 { reader.wrong(VALUE_MISSING) } else { reader.value(MAX_DEPTH) };
    if reader.mistake.is_empty() && reader.at < text.len() {
        reader.blank();
        if reader.at < text.len() {
            reader.wrong("something follows the value");
        }
    }

    if reader.mistake.is_empty() { Ok(value) } else { Err(reader.mistake) }
}

/// A mistake moves the reader to the end, where nothing fits any more: every loop ends, and the first mistake is kept.
struct Reader {
    text: &'static [u8],
    at: usize,
    mistake: &'static str,
    // Items and members of lists and objects that are still open; a closed one moves its own into a block of its size.
    items: List<Value>,
    members: List<(&'static str, Value)>,
}

impl Reader {
    /// The byte at hand; 0, which no JSON has, at the end.
    #[inline(always)]
    fn peek(&self) -> u8 {
        if self.at < self.text.len() { self.text[self.at] } else { 0 }
    }

    /// Skips what only separates, and gives the byte after it.
    #[inline(always)]
    fn blank(&mut self) -> u8 {
        let c = self.peek();
        if c > b' ' { c } else { self.skip() }
    }

    #[cold]
    fn skip(&mut self) -> u8 {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }

        self.peek()
    }

    #[cold]
    #[inline(never)]
    fn wrong(&mut self, mistake: &'static str) -> Value {
        if self.mistake.is_empty() {
            self.mistake = mistake;
        }

        self.at = self.text.len();
        Value::Null
    }

    fn value(&mut self, depth: u32) -> Value {
        match self.peek() {
            b'"' => Value::Text(self.text()),
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b'-' | b'0'..=b'9' => self.integer(),
            b't' => self.word(b"true", Value::Bool(true)),
            b'f' => self.word(b"false", Value::Bool(false)),
            b'n' => self.word(b"null", Value::Null),
            _ => self.wrong(VALUE_MISSING),
        }
    }

    fn word(&mut self, word: &[u8], value: Value) -> Value {
        if !self.text[self.at..].starts_with(word) {
            return self.wrong(VALUE_MISSING);
        }

        self.at += word.len();
        value
    }

    fn integer(&mut self) -> Value {
        let negative = self.peek() == b'-';
        self.at += negative as usize;
        let first = self.at;
        let mut number = 0i64;
        while self.peek().is_ascii_digit() {
            number = number * 10 + (self.peek() - b'0') as i64;
            if number > MAX_INTEGER {
                return self.wrong("a number is too large");
            }

            self.at += 1;
        }

        let digits = self.at - first;
        if digits == 0 || (digits > 1 && self.text[first] == b'0') {
            return self.wrong("a number is badly written");
        }

        if matches!(self.peek(), b'.' | b'e' | b'E') {
            return self.wrong("a number is not a whole one");
        }

        Value::Integer(if negative { -number } else { number })
    }

    fn list(&mut self, depth: u32) -> Value {
        let first = self.items.len();
        if self.open(depth) != b']' {
            loop {
                let item = self.value(depth.wrapping_sub(1));
                self.items.push(item);
                if !self.another(b']') {
                    break;
                }
            }
        }

        self.at += 1;
        let items = List::of(&self.items[first..]).leak();
        self.items.truncate(first);
        Value::List(items)
    }

    fn object(&mut self, depth: u32) -> Value {
        let first = self.members.len();
        if self.open(depth) != b'}' {
            loop {
                let name = self.name();
                let value = self.value(depth.wrapping_sub(1));
                self.members.push((name, value));
                if !self.another(b'}') {
                    break;
                }
            }
        }

        self.at += 1;
        let members = List::of(&self.members[first..]).leak();
        self.members.truncate(first);
        Value::Object(members)
    }

    // The name and its colon.
    fn name(&mut self) -> &'static str {
        if self.peek() != b'"' {
            self.wrong("a member's name is missing");
            return "";
        }

        let name = self.text();
        if self.blank() != b':' {
            self.wrong("a colon is missing");
            return "";
        }

        self.at += 1;
        self.blank();
        name
    }

    // The byte after the opening bracket.
    fn open(&mut self, depth: u32) -> u8 {
        if depth == 0 {
            self.wrong("it nests too deep");
        }

        self.at += 1;
        self.blank()
    }

    // After an item: true when a comma leads to the next one, false at the closing bracket.
    #[inline(always)]
    fn another(&mut self, close: u8) -> bool {
        let c = self.blank();
        if c == b',' {
            self.at += 1;
            self.blank();
            return true;
        }

        if c != close {
            self.wrong("a comma or a closing bracket is missing");
        }

        false
    }

    #[inline(never)]
    fn text(&mut self) -> &'static str {
        let rest = &self.text[self.at + 1..];
        let length = rest.iter().position(|c| !is_plain(*c)).unwrap_or(rest.len());
        let first = self.at + 1;
        self.at = first + length;
        match self.peek() {
            b'"' => {}
            b'\\' => return self.escaped(first),
            _ => {
                self.wrong(TEXT_OPEN);
                return "";
            }
        }

        self.at += 1;

        // The whole input is UTF-8, and quotation marks are no part of longer characters.
        unsafe { core::str::from_utf8_unchecked(rest.get_unchecked(..length)) }
    }

    #[cold]
    fn escaped(&mut self, first: usize) -> &'static str {
        let mut text = List::of(&self.text[first..self.at]);
        loop {
            match self.peek() {
                b'"' => break,
                b'\\' => {
                    self.at += 1;
                    let c = self.escape();
                    text.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                0..=31 => {
                    self.wrong(TEXT_OPEN);
                    return "";
                }
                c => {
                    text.push(c);
                    self.at += 1;
                }
            }
        }

        self.at += 1;
        unsafe { core::str::from_utf8_unchecked(text.leak()) }
    }

    // After the backslash.
    fn escape(&mut self) -> char {
        let c = match self.peek() {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            c @ (b'"' | b'\\' | b'/') => c as char,
            b'u' => return self.code(),
            _ => {
                self.wrong(ESCAPE_UNKNOWN);
                return '?';
            }
        };
        self.at += 1;
        c
    }

    // At the u of \uXXXX. A pair of surrogates makes one character, a lone one is refused.
    fn code(&mut self) -> char {
        let mut code = self.hex();
        if (0xD800..0xDC00).contains(&code) && self.peek() == b'\\' && self.text.get(self.at + 1) == Some(&b'u') {
            self.at += 1;
            let low = self.hex();
            code = if (0xDC00..0xE000).contains(&low) { 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) } else { 0xD800 };
        }

        match char::from_u32(code) {
            Some(c) => c,
            None => {
                self.wrong(SURROGATE_ALONE);
                '?'
            }
        }
    }

    fn hex(&mut self) -> u32 {
        let mut code = 0;
        for _ in 0..4 {
            self.at += 1;
            let digit = match self.peek() {
                c @ b'0'..=b'9' => c - b'0',
                c @ b'a'..=b'f' => c - b'a' + 10,
                c @ b'A'..=b'F' => c - b'A' + 10,
                _ => {
                    self.wrong(ESCAPE_UNKNOWN);
                    return 0xD800;
                }
            };
            code = code * 16 + digit as u32;
        }

        self.at += 1;
        code
    }
}
