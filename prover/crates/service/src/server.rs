use crate::config::Config;
use crate::engine::Engine;
use crate::http::{Response, Timed, error, read_body, read_head};
use crate::jobs::Jobs;
use crate::routes;
use crate::store::Store;
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// A running service. Dropping it does not stop it; [`Service::stop`] does.
pub struct Service {
    address: SocketAddr,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// Why a service does not start.
#[derive(Debug)]
pub enum ServiceError {
    /// Other machines reach the address, and there is no token.
    TokenNeeded(SocketAddr),
    /// The address cannot be listened on.
    Listen(SocketAddr, io::Error),
    /// The data folder cannot be used.
    Data(std::path::PathBuf, io::Error),
    /// No thread can be started.
    Thread(io::Error),
}

struct Shared {
    config: Config,
    jobs: Jobs,
    connections: Mutex<Connections>,
    left: Condvar,
    /// Bytes of bodies that are being read or answered.
    bodies: AtomicUsize,
}

#[derive(Default)]
struct Connections {
    open: HashMap<u64, TcpStream>,
    next: u64,
    stopping: bool,
}

impl Service {
    /// Requests on one connection; then the caller connects anew.
    const REQUESTS: usize = 1000;

    /// Starts listening, and proving what the data folder has.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub fn start(config: Config, engine: Arc<dyn Engine>) -> Result<Self, ServiceError> {
        if config.token.is_none() && !config.listen.ip().is_loopback() {
            return Err(ServiceError::TokenNeeded(config.listen));
        }
        let data = |error| ServiceError::Data(config.data.clone(), error);
        let jobs =
            Store::open(&config.data).and_then(|store| Jobs::open(store, engine, config.jobs, [config.keep, config.look])).map_err(data)?;
        let listener = TcpListener::bind(config.listen).map_err(|error| ServiceError::Listen(config.listen, error))?;
        let address = listener.local_addr().map_err(|error| ServiceError::Listen(config.listen, error))?;
        let shared = Arc::new(Shared { config, jobs, connections: Mutex::default(), left: Condvar::new(), bodies: AtomicUsize::new(0) });
        let (worker, acceptor) = (Arc::clone(&shared), Arc::clone(&shared));
        let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(name.to_owned()).spawn(work).map_err(ServiceError::Thread)
        };
        let threads =
            vec![spawn("prover", Box::new(move || worker.jobs.work()))?, spawn("accept", Box::new(move || acceptor.accept(&listener)))?];
        Ok(Self { address, shared, threads })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops: requests that are being answered are answered, at most for `patience`; the job that is being proven is begun anew after the
    /// next start.
    pub fn stop(self, patience: Duration) {
        self.shared.jobs.stop();
        {
            let mut connections = lock(&self.shared.connections);
            connections.stopping = true;
            for stream in connections.open.values() {
                // Whoever waits for a request gets none; whoever answers one can still write. A peer that is gone already is no matter.
                let _ = stream.shutdown(Shutdown::Read);
            }
        }
        // The acceptor waits for a connection: this is it.
        let wake = SocketAddr::new(
            if self.address.ip().is_unspecified() { std::net::Ipv4Addr::LOCALHOST.into() } else { self.address.ip() },
            self.address.port(),
        );
        let woken = TcpStream::connect_timeout(&wake, Duration::from_secs(1)).is_ok();
        let connections = lock(&self.shared.connections);
        drop(self.shared.left.wait_timeout_while(connections, patience, |connections| !connections.open.is_empty()));
        for thread in self.threads {
            if woken || thread.thread().name() != Some("accept") {
                // A thread that panicked has said so on standard error.
                let _ = thread.join();
            }
        }
    }
}

impl Shared {
    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if lock(&self.connections).stopping {
                return;
            }
            match stream {
                Ok(stream) => self.clone().take(stream),
                // No file descriptor is left, or the peer is gone: others may come through in a moment.
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    fn take(self: Arc<Self>, stream: TcpStream) {
        let Ok(copy) = stream.try_clone() else { return };
        let number = {
            let mut connections = lock(&self.connections);
            if connections.open.len() >= self.config.connections {
                drop(connections);
                return refuse(stream);
            }
            connections.next += 1;
            let number = connections.next;
            connections.open.insert(number, copy);
            number
        };
        let shared = Arc::clone(&self);
        let spawned = std::thread::Builder::new().name("connection".to_owned()).spawn(move || {
            let _leaves = Leaves { shared: &shared, number };
            shared.serve(stream);
        });
        if spawned.is_err() {
            lock(&self.connections).open.remove(&number);
        }
    }

    fn serve(&self, stream: TcpStream) {
        let Ok(mut stream) = Timed::new(stream) else { return };
        let mut buffer = Vec::new();
        for request in 1..=Service::REQUESTS {
            stream.allow(self.config.head_time);
            let mut to_head = false;
            let (response, closes) = match read_head(&mut stream, &mut buffer, self.config.head_bytes, self.config.body_bytes) {
                Ok(None) => return,
                Ok(Some(head)) => {
                    to_head = head.method == "HEAD";
                    let admitted = routes::is_open(&head)
                        || self
                            .config
                            .token
                            .as_ref()
                            .is_none_or(|token| head.authorization.as_deref().is_some_and(|given| token.admits(given)));
                    if admitted {
                        let body = self.room(head.length).and_then(|room| Ok((self.body(&mut stream, &mut buffer, &head)?, room)));
                        match body {
                            Ok((body, _room)) => (routes::answer(&self.jobs, &head, &body), head.closes || request == Service::REQUESTS),
                            Err(response) => (response, true),
                        }
                    } else {
                        (error(401, "unauthorized", "this needs the service's bearer token"), true) // a stranger's body is not read
                    }
                }
                Err(response) => (response, true),
            };
            let closes = closes || lock(&self.connections).stopping;
            self.jobs.metrics.answered(response.status);
            if response.write(&mut stream, closes, to_head).is_err() || closes {
                return;
            }
        }
    }

    /// Room for a body, for as long as what this gives is kept.
    fn room(&self, length: usize) -> Result<Room<'_>, Response> {
        let most = self.config.bodies_bytes;
        let taken = self.bodies.fetch_update(Relaxed, Relaxed, |taken| taken.checked_add(length).filter(|all| *all <= most));
        taken
            .map(|_| Room { bodies: &self.bodies, length })
            .map_err(|_| error(503, "busy", "too many large requests; come back in a moment"))
    }

    fn body(&self, stream: &mut Timed, buffer: &mut Vec<u8>, head: &crate::http::Head) -> Result<Vec<u8>, Response> {
        if head.expects && head.length > buffer.len() {
            io::Write::write_all(stream, b"HTTP/1.1 100 Continue\r\n\r\n").map_err(|e| error(400, "body-cut", &e.to_string()))?;
        }
        stream.allow(self.config.body_time);
        read_body(stream, buffer, head.length)
    }
}

/// Room that a body takes.
struct Room<'a> {
    bodies: &'a AtomicUsize,
    length: usize,
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.bodies.fetch_sub(self.length, Relaxed);
    }
}

/// Takes a connection off the list, however its thread ends.
struct Leaves<'a> {
    shared: &'a Shared,
    number: u64,
}

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        lock(&self.shared.connections).open.remove(&self.number);
        self.shared.left.notify_all();
    }
}

fn refuse(stream: TcpStream) {
    if let Ok(mut stream) = Timed::new(stream) {
        // A peer that does not take the answer has what it wants to know.
        let _ = error(503, "busy", "too many connections; come back in a moment").write(&mut stream, true, false);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TokenNeeded(address) => write!(f, "other machines reach {address}: give the service a token, or listen on 127.0.0.1"),
            Self::Listen(address, error) => write!(f, "{address} cannot be listened on: {error}; choose another address or port"),
            Self::Data(folder, error) => write!(f, "the data folder {} cannot be used: {error}", folder.display()),
            Self::Thread(error) => write!(f, "no thread can be started: {error}"),
        }
    }
}

impl std::error::Error for ServiceError {}
