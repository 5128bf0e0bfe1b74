use crate::Token;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// What the service listens on and keeps, and its bounds.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where jobs are kept. One service at a time may use it.
    pub data: PathBuf,
    /// What callers have to know; `None` lets everybody in, which is refused on an address that other machines reach.
    pub token: Option<Token>,
    /// Bytes of memory that a proof may take.
    pub memory: u64,
    /// Connections at the same time; one more is told to come back.
    pub connections: usize,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Bytes of the bodies of all requests at the same time; one more is told to come back.
    pub bodies_bytes: usize,
    /// How long a request's head may take, and how long a connection may say nothing.
    pub head_time: Duration,
    /// How long a request's body may take.
    pub body_time: Duration,
    /// Jobs that are kept, in any state; one more is refused.
    pub jobs: usize,
    /// Jobs that are done, and that nobody deleted, are kept so long.
    pub keep: Duration,
    /// How often jobs that are kept too long are looked for while nothing is proven.
    pub look: Duration,
}

impl Config {
    /// The bounds that suit one machine; listens on a free port of this machine alone.
    pub fn new(data: PathBuf) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data,
            token: None,
            memory: 4 << 30,
            connections: 64,
            head_bytes: 16 << 10,
            body_bytes: 64 << 20,
            bodies_bytes: 256 << 20,
            head_time: Duration::from_secs(20),
            body_time: Duration::from_secs(120),
            jobs: 10_000,
            keep: Duration::from_secs(7 * 24 * 3600),
            look: Duration::from_secs(600),
        }
    }
}
