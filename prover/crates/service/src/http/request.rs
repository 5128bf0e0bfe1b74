use super::response::{Response, error};
use std::io::{self, Read};

/// The head of a request.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub method: String,
    pub path: String,
    pub authorization: Option<String>,
    /// Bytes of the body.
    pub length: usize,
    /// Whether the caller wants to hear that it may send the body.
    pub expects: bool,
    /// Whether the connection ends with this request.
    pub closes: bool,
}

/// Reads a head; what was read beyond it stays in `buffer`. `None` when the caller has closed the connection, or said nothing in time.
///
/// # Errors
/// The answer to a request that cannot be taken; the connection is of no more use then.
pub fn read_head(from: &mut impl Read, buffer: &mut Vec<u8>, most: usize, body: usize) -> Result<Option<Head>, Response> {
    let mut chunk = [0; 4096];
    loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = parse(&buffer[..end], body);
            buffer.drain(..end + 4);
            return head.map(Some);
        }
        if buffer.len() > most {
            return Err(error(431, "head-too-large", &format!("a request's head has at most {most} bytes")));
        }
        match from.read(&mut chunk) {
            Ok(0) => return Ok(None),
            Ok(count) => buffer.extend_from_slice(&chunk[..count]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if is_timeout(&e) && !buffer.is_empty() => {
                return Err(error(408, "too-slow", "the request's head did not come in time"));
            }
            Err(_) => return Ok(None),
        }
    }
}

/// Reads a body of the stated length.
///
/// # Errors
/// It did not come, or not in time.
pub fn read_body(from: &mut impl Read, buffer: &mut Vec<u8>, length: usize) -> Result<Vec<u8>, Response> {
    let mut body: Vec<u8> = buffer.drain(..buffer.len().min(length)).collect();
    let mut chunk = vec![0; 64 << 10];
    while body.len() < length {
        let wanted = chunk.len().min(length - body.len());
        match from.read(&mut chunk[..wanted]) {
            Ok(0) => return Err(error(400, "body-cut", "the connection ended before the body")),
            Ok(count) => body.extend_from_slice(&chunk[..count]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if is_timeout(&e) => return Err(error(408, "too-slow", "the request's body did not come in time")),
            Err(e) => return Err(error(400, "body-cut", &e.to_string())),
        }
    }
    Ok(body)
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

fn parse(bytes: &[u8], most_body: usize) -> Result<Head, Response> {
    let bad = |what: &str| error(400, "bad-request", what);
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii()).ok_or_else(|| bad("the head is not ASCII"))?;
    let mut lines = text.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target), Some(version), None) = (words.next(), words.next(), words.next(), words.next()) else {
        return Err(bad("the request line is not METHOD TARGET HTTP/1.1"));
    };
    if version != "HTTP/1.1" {
        return Err(error(505, "http-version", "this service speaks HTTP/1.1"));
    }
    if method.is_empty() || !method.bytes().all(|b| b.is_ascii_uppercase()) || !target.starts_with('/') || target.len() > 512 {
        return Err(bad("the request line is not METHOD /PATH HTTP/1.1"));
    }
    let mut head = Head { method: method.to_owned(), path: target.to_owned(), ..Head::default() };
    let (mut length, mut host) = (None, false);
    for (count, line) in lines.enumerate() {
        let (name, value) = line.split_once(':').ok_or_else(|| bad("a header line has no colon"))?;
        if count >= 64
            || name.is_empty()
            || name.bytes().any(|b| !b.is_ascii_graphic())
            || value.bytes().any(|b| b.is_ascii_control() && b != b'\t')
        {
            return Err(bad("a header is wrong, or there are more than 64"));
        }
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" if length.is_some() => return Err(bad("content-length is there twice")),
            "content-length" if value.is_empty() || !value.bytes().all(|b| b.is_ascii_digit()) => {
                return Err(bad("content-length is no number"));
            }
            "content-length" => length = Some(value.parse::<usize>().ok().filter(|l| *l <= most_body).ok_or_else(|| too_large(most_body))?),
            "transfer-encoding" => {
                return Err(error(411, "length-required", "state the body's content-length; transfer codings are not taken"));
            }
            "authorization" if head.authorization.is_some() => return Err(bad("authorization is there twice")),
            "authorization" => head.authorization = Some(value.to_owned()),
            "expect" => head.expects = value.eq_ignore_ascii_case("100-continue"),
            "connection" => head.closes |= value.split(',').any(|token| token.trim().eq_ignore_ascii_case("close")),
            "host" => host = true,
            _ => {}
        }
    }
    if !host {
        return Err(bad("there is no host header"));
    }
    if length.is_none() && method == "POST" {
        return Err(error(411, "length-required", "state the body's content-length"));
    }
    head.length = length.unwrap_or(0);
    Ok(head)
}

fn too_large(most: usize) -> Response {
    error(413, "body-too-large", &format!("a request's body has at most {most} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Result<Option<Head>, Response> {
        read_head(&mut text.as_bytes(), &mut Vec::new(), 1000, 100)
    }

    #[test]
    fn requests_are_read_with_what_follows_left_over() {
        let mut from =
            &b"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nAuthorization:  Bearer t \r\nConnection: close\r\n\r\nhelloGET"[..];
        let mut buffer = Vec::new();
        let head = read_head(&mut from, &mut buffer, 1000, 100).expect("a head").expect("a request");
        assert_eq!((head.method.as_str(), head.path.as_str(), head.length, head.closes), ("POST", "/v1/jobs", 5, true));
        assert_eq!(head.authorization.as_deref(), Some("Bearer t"));
        assert_eq!(read_body(&mut from, &mut buffer, 5).expect("a body"), b"hello");
        assert_eq!(buffer, b"GET");
    }

    #[test]
    fn a_closed_connection_is_no_request() {
        assert_eq!(head(""), Ok(None));
        assert_eq!(head("GET / HT"), Ok(None));
    }

    #[test]
    fn hostile_heads_are_refused() {
        let status = |text: &str| head(text).expect_err(text).status;
        for bad in [
            "GET /\r\n\r\n",
            "GET / HTTP/1.1 x\r\nHost: x\r\n\r\n",
            "GET x HTTP/1.1\r\nHost: x\r\n\r\n",
            "get / HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n y: z\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: \u{e9}\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\na: \u{1}\r\n\r\n",
        ] {
            assert_eq!(status(bad), 400, "{bad}");
        }
        assert_eq!(status("GET / HTTP/1.0\r\nHost: x\r\n\r\n"), 505);
        assert_eq!(status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n"), 413);
        assert_eq!(status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n"), 413);
        assert_eq!(status("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"), 411);
        assert_eq!(status("POST / HTTP/1.1\r\nHost: x\r\n\r\n"), 411);
        assert_eq!(status(&format!("GET / HTTP/1.1\r\nHost: {}", "x".repeat(9000))), 431);
        assert_eq!(status(&format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "a: b\r\n".repeat(100))), 400);
    }

    #[test]
    fn a_body_that_ends_early_is_refused() {
        assert_eq!(read_body(&mut &b"ab"[..], &mut Vec::new(), 3).expect_err("cut").status, 400);
    }
}
