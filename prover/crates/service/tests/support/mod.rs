//! A service in a folder of its own, an engine that does what it is told, and a client that speaks HTTP byte by byte.
use loom_service::{Config, Engine, EngineError, EngineFailure, ImageBytes, Service, Step, Work};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// Only against hanging: a machine with much else to do is no failure.
const PATIENCE: Duration = Duration::from_secs(600);

/// Gives what it was asked for, spelled out; input `refuse`, `fail` and `panic` do so.
pub struct TestEngine {
    held: Mutex<(bool, bool)>,
    changed: Condvar,
    proven: Mutex<Vec<String>>,
    imaged: AtomicUsize,
}

impl TestEngine {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { held: Mutex::new((false, false)), changed: Condvar::new(), proven: Mutex::default(), imaged: AtomicUsize::new(0) })
    }

    /// Proofs from now on stop after their first step.
    pub fn hold(&self) {
        *self.held.lock().unwrap() = (true, false);
    }

    pub fn wait_until_held(&self) {
        let held = self.held.lock().unwrap();
        let (held, timeout) = self.changed.wait_timeout_while(held, PATIENCE, |held| !held.1).unwrap();
        assert!(held.1 && !timeout.timed_out(), "nothing was held");
    }

    pub fn release(&self) {
        *self.held.lock().unwrap() = (false, false);
        self.changed.notify_all();
    }

    /// The inputs that came to a receipt, in order.
    pub fn proven(&self) -> Vec<String> {
        self.proven.lock().unwrap().clone()
    }

    pub fn imaged(&self) -> usize {
        self.imaged.load(Ordering::Relaxed)
    }
}

fn failure(failure: EngineFailure, code: &str, message: &str) -> EngineError {
    EngineError { failure, code: code.to_owned(), message: message.to_owned() }
}

impl Engine for TestEngine {
    fn image(&self, module: &[u8]) -> Result<ImageBytes, EngineError> {
        self.imaged.fetch_add(1, Ordering::Relaxed);
        if module == b"refuse" {
            return Err(failure(EngineFailure::Refused, "unprovable", "It cannot be proven."));
        }
        Ok(ImageBytes { id: [7; 32], bytes: [b"image of ", module].concat() })
    }

    fn prove(&self, work: &Work, cancel: &AtomicBool, report: &(dyn Fn(Step) + Sync)) -> Result<Vec<u8>, EngineError> {
        report(Step { phase: "commit", done: 1, total: 4, millionths: Some(250_000) });
        let mut held = self.held.lock().unwrap();
        while held.0 {
            held.1 = true;
            self.changed.notify_all();
            if cancel.load(Ordering::Relaxed) {
                held.1 = false;
                return Err(failure(EngineFailure::Cancelled, "cancelled", "It was stopped."));
            }
            held = self.changed.wait_timeout(held, Duration::from_millis(5)).unwrap().0;
        }
        drop(held);
        match work.input.as_slice() {
            b"refuse" => return Err(failure(EngineFailure::Refused, "unprovable", "It cannot be proven.")),
            b"fail" => return Err(failure(EngineFailure::Failed, "memory", "No memory is left.")),
            b"panic" => panic!("the test wants it"),
            _ => {}
        }
        self.proven.lock().unwrap().push(String::from_utf8_lossy(&work.input).into_owned());
        Ok(format!("receipt of {} {} {}", hex(&work.module), hex(&work.input), work.set).into_bytes())
    }
}

pub struct Bench {
    pub engine: Arc<TestEngine>,
    config: Config,
    service: Option<Service>,
    folder: PathBuf,
}

impl Bench {
    pub fn start(name: &str) -> Self {
        Self::start_with(name, |_| ())
    }

    pub fn start_with(name: &str, change: impl FnOnce(&mut Config)) -> Self {
        let folder = std::env::temp_dir().join(format!("loom-service-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let mut config = Config::new(folder.clone());
        (config.head_time, config.body_time) = (PATIENCE, PATIENCE);
        change(&mut config);
        let engine = TestEngine::new();
        let service = Some(Service::start(config.clone(), engine.clone()).expect("a service"));
        Self { engine, config, service, folder }
    }

    /// Stops it as a process would be asked to, and starts another on the same folder.
    pub fn restart(&mut self) {
        self.service.take().expect("a service").stop(PATIENCE);
        self.service = Some(Service::start(self.config.clone(), self.engine.clone()).expect("a service"));
    }

    /// Ends it as a power failure would, and starts another on what the disk had at that moment.
    pub fn crash(&mut self) {
        let left = self.folder.with_extension("left");
        let _ = std::fs::remove_dir_all(&left);
        copy(&self.config.data, &left);
        self.service.take().expect("a service").stop(PATIENCE);
        std::fs::remove_dir_all(&self.config.data).expect("the folder goes");
        std::fs::rename(&left, &self.config.data).expect("the folder is back");
        self.service = Some(Service::start(self.config.clone(), self.engine.clone()).expect("a service"));
    }

    /// Where it keeps jobs.
    pub fn data(&self) -> &Path {
        &self.config.data
    }

    pub fn client(&self) -> Client {
        Client::connect(self.service.as_ref().expect("a service").address())
    }

    /// A client of its own, when the service has a connection left again.
    pub fn with_room(&self, ask: impl FnOnce(&mut Client)) {
        let until = Instant::now() + PATIENCE;
        loop {
            let mut client = self.client();
            if client.get("/healthz").0 == 200 {
                return ask(&mut client);
            }
            assert!(Instant::now() < until, "no room");
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// Waits until the job is done.
    pub fn finish(&self, id: &str) {
        self.client().until(&format!("/v1/jobs/{id}"), r#""state":"done""#);
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Some(service) = self.service.take() {
            self.engine.release();
            service.stop(PATIENCE);
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
        }
    }
}

pub struct Client {
    stream: TcpStream,
    token: Option<String>,
}

impl Client {
    fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Self { stream, token: None }
    }

    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    pub fn get(&mut self, path: &str) -> (u16, String) {
        self.ask("GET", path, "")
    }

    pub fn post(&mut self, path: &str, body: &str) -> (u16, String) {
        self.ask("POST", path, body)
    }

    pub fn delete(&mut self, id: &str) -> u16 {
        self.ask("DELETE", &format!("/v1/jobs/{id}"), "").0
    }

    pub fn create(&mut self, id: &str, module: &[u8], input: &[u8], set: &str) -> (u16, String) {
        self.post("/v1/jobs", &format!(r#"{{"id":"{id}","module":"{}","input":"{}","set":"{set}"}}"#, base64(module), base64(input)))
    }

    pub fn receipt(&mut self, id: &str) -> (u16, Vec<u8>) {
        self.write("GET", &format!("/v1/jobs/{id}/receipt"), "");
        self.read()
    }

    pub fn until(&mut self, path: &str, part: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let (_, body) = self.get(path);
            if body.contains(part) {
                return;
            }
            assert!(Instant::now() < until, "{path} never said {part}, last {body}");
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    pub fn until_gone(&mut self, path: &str) {
        let until = Instant::now() + PATIENCE;
        while self.get(path).0 != 404 {
            assert!(Instant::now() < until, "{path} never went away");
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// Writes bytes as they are; a service that has hung up already is no failure.
    pub fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Says no more, and reads until the service hangs up.
    pub fn finish(mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
        let _ = self.stream.read_to_end(&mut Vec::new());
    }

    /// Everything up to the end.
    pub fn rest(mut self) -> String {
        let mut bytes = Vec::new();
        self.stream.read_to_end(&mut bytes).expect("answers");
        String::from_utf8(bytes).expect("text")
    }

    pub fn answer(&mut self) -> (u16, String) {
        let (status, body) = self.read();
        (status, String::from_utf8(body).expect("text"))
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> (u16, String) {
        self.write(method, path, body);
        self.answer()
    }

    fn write(&mut self, method: &str, path: &str, body: &str) {
        let token = self.token.as_ref().map_or(String::new(), |token| format!("Authorization: Bearer {token}\r\n"));
        self.send(format!("{method} {path} HTTP/1.1\r\nHost: test\r\n{token}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    fn read(&mut self) -> (u16, Vec<u8>) {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            match self.stream.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                _ => return (0, Vec::new()), // it hung up
            }
        }
        let head = String::from_utf8(head).expect("a head");
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).expect("a status");
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).map_or(0, |text| text.parse().expect("a length"));
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).expect("a body");
        (status, body)
    }
}

/// The code of an error's answer.
pub fn error(body: &str) -> String {
    body.split(r#""code":""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or(body).to_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<bool> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
    let mut text: String =
        bits.chunks(6).map(|six| char::from(ALPHABET[(0..6).fold(0, |n, i| n << 1 | usize::from(six.get(i) == Some(&true)))])).collect();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}
