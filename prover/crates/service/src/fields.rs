//! Reading the JSON that callers send: one object whose members are strings. Nothing else is ever asked for, so nothing else is taken.
use std::collections::BTreeMap;

/// The members of the object, by name.
///
/// # Errors
/// Anything but an object of strings with different names; says where.
pub fn parse(body: &[u8]) -> Result<BTreeMap<String, String>, String> {
    let text = std::str::from_utf8(body).map_err(|error| format!("the body is not UTF-8 at byte {}", error.valid_up_to()))?;
    let mut reader = Reader { rest: text, length: text.len() };
    let mut members = BTreeMap::new();
    reader.expect('{')?;
    if !reader.take('}') {
        loop {
            let name = reader.string()?;
            reader.expect(':')?;
            let value = reader.string()?;
            if members.insert(name, value).is_some() {
                return Err(reader.wrong("a member that is not there already"));
            }
            if !reader.take(',') {
                break;
            }
        }
        reader.expect('}')?;
    }
    if reader.skip().is_empty() { Ok(members) } else { Err(reader.wrong("the end")) }
}

struct Reader<'a> {
    rest: &'a str,
    length: usize,
}

impl<'a> Reader<'a> {
    fn skip(&mut self) -> &'a str {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.rest
    }

    fn take(&mut self, character: char) -> bool {
        match self.skip().strip_prefix(character) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, character: char) -> Result<(), String> {
        if self.take(character) { Ok(()) } else { Err(self.wrong(&format!("'{character}'"))) }
    }

    fn wrong(&self, expected: &str) -> String {
        format!("the body is no JSON object of strings: expected {expected} at byte {}", self.length - self.rest.len())
    }

    fn string(&mut self) -> Result<String, String> {
        if !self.take('"') {
            return Err(self.wrong("a string"));
        }
        let mut value = String::new();
        loop {
            let plain =
                self.rest.find(|c: char| c == '"' || c == '\\' || (c as u32) < 0x20).ok_or_else(|| self.wrong("the end of the string"))?;
            let (head, rest) = self.rest.split_at(plain);
            value.push_str(head);
            self.rest = rest;
            if let Some(rest) = rest.strip_prefix('"') {
                self.rest = rest;
                return Ok(value);
            }
            let Some(rest) = rest.strip_prefix('\\') else { return Err(self.wrong("no control character")) };
            self.rest = rest;
            value.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Result<char, String> {
        let kind = self.rest.chars().next().ok_or_else(|| self.wrong("an escape"))?;
        let plain = match kind {
            '"' | '\\' | '/' => kind,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode(),
            _ => return Err(self.wrong("an escape")),
        };
        self.rest = &self.rest[1..];
        Ok(plain)
    }

    fn unicode(&mut self) -> Result<char, String> {
        let high = self.unit()?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high).ok_or_else(|| self.wrong("a character"));
        }
        if !self.rest.starts_with("\\u") {
            return Err(self.wrong("the second half of a pair"));
        }
        self.rest = &self.rest[1..];
        let low = self.unit()?;
        if !(0xdc00..0xe000).contains(&low) {
            return Err(self.wrong("the second half of a pair"));
        }
        char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)).ok_or_else(|| self.wrong("a character"))
    }

    /// Four hex digits behind the `u`.
    fn unit(&mut self) -> Result<u32, String> {
        let digits = self.rest.get(1..5).filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|text| u32::from_str_radix(text, 16).ok()).ok_or_else(|| self.wrong("four hex digits"))?;
        self.rest = &self.rest[5..];
        Ok(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_of_strings_are_read() {
        let members = parse(" {\"a\" : \"x\\n\\u00e9\\ud83d\\ude00\\/\" , \"b\":\"\"} ".as_bytes()).expect("an object");
        assert_eq!(members.get("a").map(String::as_str), Some("x\né😀/"));
        assert_eq!(members.get("b").map(String::as_str), Some(""));
        assert_eq!(parse(b"{}"), Ok(BTreeMap::new()));
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in [
            "",
            "[]",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1}",
            "{\"a\":null}",
            "{\"a\":{}}",
            "{\"a\":\"b\",}",
            "{\"a\":\"b\"}x",
            "{\"a\":\"b\",\"a\":\"c\"}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12\"}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\ud800\\u0041\"}",
            "{\"a\":\"\\udc00\"}",
            "{\"a\":\"",
            "{\"a\":\"\\",
            "{a:\"b\"}",
            "{\"a\":\"\\u+123\"}",
            "{\"a\":\"\\ué\"}",
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(parse(b"{\"a\":\"\xff\"}").is_err());
    }
}
