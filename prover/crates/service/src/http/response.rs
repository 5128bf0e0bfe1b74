use json::Object;
use std::io::{self, Write};

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub content_type: &'static str,
    pub body: Vec<u8>,
    /// The methods that the path takes, in the answer to another one; else empty.
    pub allow: &'static str,
}

/// The answer to what was not done.
pub fn error(status: u16, code: &str, message: &str) -> Response {
    Response::json(status, Object::new().object("error", Object::new().text("code", code).text("message", message)))
}

impl Response {
    pub fn json(status: u16, body: Object) -> Self {
        Self { status, content_type: "application/json", body: body.finish().into_bytes(), allow: "" }
    }

    pub fn bytes(body: Vec<u8>) -> Self {
        Self { status: 200, content_type: "application/octet-stream", body, allow: "" }
    }

    pub fn empty() -> Self {
        Self { status: 204, content_type: "", body: Vec::new(), allow: "" }
    }

    /// Writes the answer; `to_head` leaves out the body, which the answer to a HEAD request never has.
    pub fn write(&self, to: &mut impl Write, closes: bool, to_head: bool) -> io::Result<()> {
        let mut head =
            format!("HTTP/1.1 {} {}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n", self.status, reason(self.status));
        if self.status != 204 {
            head += &format!("Content-Type: {}\r\nContent-Length: {}\r\n", self.content_type, self.body.len());
        }
        if self.status == 401 {
            head += "WWW-Authenticate: Bearer\r\n";
        }
        if !self.allow.is_empty() {
            head += &format!("Allow: {}\r\n", self.allow);
        }
        if self.status == 503 {
            head += "Retry-After: 5\r\n";
        }
        head += if closes { "Connection: close\r\n\r\n" } else { "\r\n" };
        to.write_all(head.as_bytes())?;
        if !to_head {
            to.write_all(&self.body)?;
        }
        to.flush()
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        411 => "Length Required",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Internal Server Error",
    }
}
