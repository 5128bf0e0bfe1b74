use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A connection of which every read counts against a deadline, however few bytes each gives.
pub struct Timed {
    stream: TcpStream,
    deadline: Instant,
}

impl Timed {
    const WRITE: Duration = Duration::from_secs(30);

    pub fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(Self::WRITE))?;
        Ok(Self { stream, deadline: Instant::now() })
    }

    /// Reads from now on may take so long together.
    pub fn allow(&mut self, time: Duration) {
        self.deadline = Instant::now() + time;
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
