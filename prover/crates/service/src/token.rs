use std::fmt;
use std::io::BufRead;
use std::path::Path;

/// A bearer token. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// Why a text is no token, or a file holds none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenError(String);

impl Token {
    const LENGTH: std::ops::RangeInclusive<usize> = 16..=512;

    /// 16 to 512 printable ASCII characters without spaces.
    ///
    /// # Errors
    /// Anything else.
    pub fn new(text: &str) -> Result<Self, TokenError> {
        if Self::LENGTH.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(TokenError("a token is 16 to 512 printable ASCII characters without spaces".to_owned()))
        }
    }

    /// The first line of a file.
    ///
    /// # Errors
    /// The file cannot be read, holds no token, or can be read by others than its owner.
    pub fn read(path: &Path) -> Result<Self, TokenError> {
        let fail = |reason: String| TokenError(format!("the token file {}: {reason}", path.display()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let metadata = std::fs::metadata(path).map_err(|error| fail(error.to_string()))?;
            if metadata.permissions().mode() & 0o077 != 0 {
                return Err(fail("others than its owner can read it; chmod 600 it".to_owned()));
            }
        }
        let text = std::fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
        Self::new(text.lines().next().unwrap_or_default()).map_err(|error| fail(error.0))
    }

    /// The first line of what a caller writes.
    ///
    /// # Errors
    /// It cannot be read, or is no token.
    pub fn read_line(from: impl BufRead) -> Result<Self, TokenError> {
        let mut line = String::new();
        let most = *Self::LENGTH.end() as u64 + 2;
        from.take(most).read_line(&mut line).map_err(|error| TokenError(format!("the token cannot be read: {error}")))?;
        Self::new(line.trim_end_matches(['\r', '\n']))
    }

    /// Whether the header's value is `Bearer` and this token; takes as long for every text of one length.
    pub fn admits(&self, authorization: &str) -> bool {
        let Some(given) = authorization.strip_prefix("Bearer ") else { return false };
        given.len() == self.0.len() && given.bytes().zip(self.0.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TokenError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_is_admitted() {
        let token = Token::new("0123456789abcdef").expect("a token");
        assert!(token.admits("Bearer 0123456789abcdef"));
        for wrong in [
            "",
            "Bearer ",
            "Bearer 0123456789abcde",
            "Bearer 0123456789abcdeF",
            "Bearer 0123456789abcdef0",
            "bearer 0123456789abcdef",
            "0123456789abcdef",
        ] {
            assert!(!token.admits(wrong), "{wrong}");
        }
        assert_eq!(format!("{token:?}"), "Token(..)");
        assert!(Token::new("short").is_err());
        assert!(Token::new("with spaces in between").is_err());
    }

    #[test]
    fn a_token_is_the_first_line_that_is_written() {
        assert_eq!(Token::read_line(&b"0123456789abcdef\r\nmore"[..]), Token::new("0123456789abcdef"));
        assert_eq!(Token::read_line(&b"0123456789abcdef"[..]), Token::new("0123456789abcdef"));
        let long = [vec![b'a'; 512], b"\n".to_vec()].concat();
        assert!(Token::read_line(&long[..]).is_ok());
        for wrong in [&b""[..], b"\n0123456789abcdef", b"\xff\n", &[b'a'; 9000]] {
            assert!(Token::read_line(wrong).is_err());
        }
    }
}
