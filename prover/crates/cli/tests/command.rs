//! The command as a user has it: a process with arguments, files, streams and exit codes.
use corpus::encode::{self, HEADER, I32};
use corpus::json::{self, Value};
use corpus::suite::{self, Call};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("loom-prover-test-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let folder = Self(std::env::temp_dir().join(name));
        std::fs::create_dir(&folder.0).expect("a new folder");
        folder
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("a file that can be written");
        path
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a path of plain letters").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays is the system's to clean up.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn prover(words: &[&str]) -> Output {
    prover_with(words, &[])
}

fn prover_with(words: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loom-prover"));
    command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // A command that refuses its arguments does not read: that the pipe breaks then is fine.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    child.wait_with_output().expect("the program ends")
}

fn done(words: &[&str]) -> String {
    let output = prover(words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// Exit code and the error as JSON.
fn refused(words: &[&str]) -> (Option<i32>, Value) {
    let words = [words, &["--json"]].concat();
    let output = prover(&words);
    let answer = json::parse(&String::from_utf8(output.stdout).expect("text"));
    (output.status.code(), answer.get("error").unwrap_or_else(|| panic!("{words:?}: no error in {answer:?}")).clone())
}

fn and<'a>(words: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [words, more].concat()
}

/// A machine without memory whose entry counts down from a number.
fn countdown(from: u64) -> Vec<u8> {
    let mut module = HEADER.to_vec();
    encode::section(&mut module, 1, &encode::vector(&[(vec![I32], vec![I32])], encode::function_type));
    encode::section(&mut module, 3, &[1, 0]);
    encode::section(&mut module, 7, &[1, 1, b'f', 0, 0]);
    // loop: local 0 -= 1, again while it is not 0; then local 0
    let body = [0, 0x03, 0x40, 0x20, 0, 0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B, 0x20, 0, 0x0B];
    encode::section(&mut module, 10, &encode::vector(&[body], |out, body| encode::sized(out, body)));
    let call = Call { field: "f".to_owned(), arguments: vec![(I32, from)], expected: Some(vec![(I32, 0)]) };
    suite::with_calls(&module, &[call]).expect("the export is there")
}

#[test]
fn a_run_is_proven_verified_and_inspected() {
    let folder = Folder::new();
    let module = folder.file("m.wasm", &countdown(50));
    let (receipt, output, image) = (folder.path("receipt"), folder.path("output"), folder.path("image"));
    let ran = json::parse(&done(&["run", &module, "--json", "--check"]));
    let pinned = json::parse(&done(&["image", &module, "--output", &image, "--json"]));

    let proof = prover(&["prove", &module, "--receipt", &receipt, "--output", &output, "--params", "std", "--json"]);
    let progress = String::from_utf8(proof.stderr).expect("text");
    assert!(proof.status.success(), "{progress}");
    let phases: Vec<Value> = progress.lines().map(json::parse).collect();
    assert!(phases.iter().any(|line| line.text("phase") == "execute") && phases.iter().any(|line| line.text("phase") == "open"));
    assert!(
        phases.iter().all(|line| ["segment", "done", "total", "fraction", "eta_ms", "rss"].iter().all(|name| line.get(name).is_some()))
    );
    let claim = json::parse(&String::from_utf8(proof.stdout).expect("text"));
    assert_eq!((claim.text("cycles"), claim.text("exitCode")), (ran.text("cycles"), "0"));
    assert_eq!(claim.text("imageId"), pinned.text("imageId"));

    let empty = folder.file("empty", &[]);
    let base: Vec<&str> = vec!["verify", &receipt, "--input", &empty, "--output", &output];
    let id = pinned.text("imageId");
    for with in [&["--module", &module, "--params", "std"][..], &["--image-id", id, "--image", &image, "--params", "proven,std"]] {
        let verified = json::parse(&done(&[&base, with, &["--json"]].concat()));
        assert_eq!((verified.text("verified"), verified.text("imageId")), ("true", id));
    }
    let text = done(&["security", &receipt]);
    assert!(text.contains("unaudited") && text.contains("bits proven"), "{text}");
    let inspected = json::parse(&done(&["inspect", &receipt, "--json"]));
    assert_eq!((inspected.text("verified"), inspected.text("parameters")), ("false", "std"));

    // The default accepts `proven` alone; another program, another output and a changed byte are refused.
    let other = folder.file("other.wasm", &countdown(51));
    let wrong = folder.file("wrong", &[1]);
    assert_eq!(refused(&and(&base, &["--module", &module])).0, Some(1));
    assert_eq!(refused(&and(&base, &["--module", &other, "--params", "std"])).0, Some(1));
    let swapped = ["verify", &receipt, "--input", &wrong, "--output", &output, "--module", &module, "--params", "std"];
    assert_eq!(refused(&swapped).0, Some(1));
    let mut bytes = std::fs::read(Path::new(&receipt)).expect("the receipt");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(Path::new(&receipt), bytes).expect("a file that can be written");
    let (code, error) = refused(&and(&base, &["--module", &module, "--params", "std"]));
    assert_eq!((code, error.text("kind")), (Some(1), "rejected"));
}

#[test]
fn every_failure_has_its_exit_code_and_says_what_to_do() {
    let folder = Folder::new();
    let module = folder.file("m.wasm", &countdown(1_000_000));
    let junk = folder.file("junk", b"junk");
    let check = |words: &[&str], code: i32, kind: &str| {
        let (got, error) = refused(words);
        assert_eq!((got, error.text("kind")), (Some(code), kind), "{words:?}");
        assert!(!error.text("message").is_empty());
        error
    };
    check(&["nothing"], 2, "usage");
    check(&["run"], 2, "usage");
    check(&["run", &module, "--cycles", "0"], 2, "usage");
    check(&["run", &module, "--batch", "--output", "x"], 2, "usage");
    check(&["prove", &module], 2, "usage");
    check(&["prove", &module, "--receipt", "r", "--params", "best"], 2, "usage");
    check(&["verify", &junk], 2, "usage");
    check(&["verify", &junk, "--image-id", "12"], 2, "usage");
    check(&["run", &folder.path("absent")], 3, "files");
    assert_eq!(check(&["run", &junk], 4, "module").text("name"), "Malformed");
    assert_eq!(check(&["image", &junk], 4, "module").text("offset"), "0");
    assert_eq!(check(&["run", &module, "--cycles", "1000"], 5, "run").text("name"), "CycleLimit");
    check(&["prove", &module, "--receipt", &folder.path("r"), "--memory", "1", "--quiet"], 5, "run");
    check(&["inspect", &junk], 1, "rejected");
    check(&["security", &junk], 1, "rejected");
    let bare = prover(&[]);
    assert_eq!(bare.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&bare.stderr).contains("--help"));
}

#[test]
fn a_batch_answers_every_line() {
    let folder = Folder::new();
    let module = folder.file("m.wasm", &countdown(10));
    let input = folder.file("in", &[1, 2, 3]);
    let list = format!("{module}\t{input}\n{module}\nabsent.wasm\n{input}\t\n");
    let output = prover_with(&["run", "-", "--batch"], list.as_bytes());
    assert!(output.status.success());
    let answers: Vec<Value> = String::from_utf8(output.stdout).expect("text").lines().map(json::parse).collect();
    assert_eq!(answers.len(), 4);
    assert_eq!((answers[0].text("exitCode"), answers[0].text("memorySha256").len()), ("0", 64));
    assert_eq!(answers[0], answers[1]);
    let kind = |answer: &Value| answer.get("error").expect("an error").text("kind").to_owned();
    assert_eq!((kind(&answers[2]), kind(&answers[3])), ("files".to_owned(), "module".to_owned()));
}

#[test]
fn the_help_names_every_command_and_option_that_exists_and_no_other() {
    let all = done(&["--help"]);
    for command in ["image", "run", "prove", "verify", "inspect", "security", "bench", "serve"] {
        assert!(all.contains(&format!("\n  {command} ")), "{all}");
        assert!(done(&[command, "--help"]).contains(&format!("usage: loom-prover {command} ")));
    }
    assert!(done(&["--version"]).starts_with("loom-prover "));
}

#[test]
fn a_benchmark_names_its_times_sizes_and_references() {
    let runs = json::parse(&done(&["bench", "--loop", "4", "--params", "fast", "--threads", "2", "--json"]));
    let [run] = runs.list("runs") else { panic!("one run") };
    assert_eq!((run.text("parameters"), run.text("threads")), ("fast", "2"));
    let number = |name: &str| run.text(name).parse::<u64>().unwrap_or_else(|e| panic!("{name}: {e}"));
    assert!(number("cycles") > 4 * 14 && number("receiptBytes") > 100_000 && number("verifyBlocks") > 1_000);
    assert_eq!(run.list("phases").len(), 8);
    assert_eq!(refused(&["bench", "--params", "std,quick"]).0, Some(2));
    assert!(done(&["bench", "--loop", "4", "--params", "fast"]).contains("times hashing the same"));
}

/// Ctrl-C ends a proof with exit code 130, soon, and leaves no receipt.
#[cfg(unix)]
#[test]
fn an_interrupt_cancels() {
    let folder = Folder::new();
    let module = folder.file("m.wasm", &countdown(400_000));
    let receipt = folder.path("receipt");
    let mut command = Command::new(env!("CARGO_BIN_EXE_loom-prover"));
    let mut child = command.args(["prove", &module, "--receipt", &receipt]).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut progress = std::io::BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    std::io::BufRead::read_line(&mut progress, &mut line).expect("a line of progress");
    assert!(line.contains("execute"), "{line}");
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill exists");
    assert!(kill.success());
    std::io::copy(&mut progress, &mut std::io::sink()).expect("the rest of the progress");
    assert_eq!(child.wait().expect("the program ends").code(), Some(130));
    assert!(!Path::new(&receipt).exists());
}

/// Whoever reads the progress may go: the proof goes on.
#[test]
fn a_proof_outlives_the_reader_of_its_progress() {
    let folder = Folder::new();
    let module = folder.file("m.wasm", &countdown(100));
    let receipt = folder.path("receipt");
    let mut command = Command::new(env!("CARGO_BIN_EXE_loom-prover"));
    command.args(["prove", &module, "--params", "fast", "--receipt", &receipt]).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    drop(child.stderr.take());
    assert_eq!(child.wait().expect("the program ends").code(), Some(0));
    assert!(Path::new(&receipt).exists());
}

/// What is there and is no file is written to, and not put another thing in the place of.
#[cfg(unix)]
#[test]
fn a_receipt_goes_into_a_pipe() {
    use std::os::unix::fs::FileTypeExt;
    let folder = Folder::new();
    let module = folder.file("m.wasm", &countdown(10));
    let pipe = folder.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo exists").success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read(pipe).expect("what is written")
    });
    done(&["prove", &module, "--params", "fast", "--quiet", "--receipt", &pipe]);
    assert!(std::fs::metadata(&pipe).expect("it is there").file_type().is_fifo());
    assert!(reader.join().expect("the reader").starts_with(b"LOOMRCPT"));
}

/// The token comes on standard input, and with it the sign of when to stop.
#[test]
fn a_service_takes_its_token_from_who_started_it() {
    let folder = Folder::new();
    let data = folder.path("data");
    assert_eq!(refused(&["serve", "--data", &data, "--token-stdin", "--token-file", "t"]).0, Some(2));
    assert_eq!(prover_with(&["serve", "--data", &data, "--token-stdin"], b"short\n").status.code(), Some(3));

    let mut command = Command::new(env!("CARGO_BIN_EXE_loom-prover"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--data", &data, "--token-stdin", "--with-parent"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut parent = child.stdin.take().expect("a pipe");
    parent.write_all(b"0123456789abcdef\n").expect("it reads");
    let mut line = String::new();
    let mut said = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    std::io::BufRead::read_line(&mut said, &mut line).expect("a line");
    let address = line.trim().strip_prefix("listening on http://").expect("an address");
    let status = |token: &str| {
        let mut stream = std::net::TcpStream::connect(address).expect("a connection");
        let request = format!("GET /metrics HTTP/1.1\r\nHost: x\r\n{token}Connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut stream, &mut answer).expect("an answer");
        answer.split(' ').nth(1).map(str::to_owned)
    };
    assert_eq!(status("").as_deref(), Some("401"));
    assert_eq!(status("Authorization: Bearer 0123456789abcdef\r\n").as_deref(), Some("200"));
    drop(parent);
    assert_eq!(child.wait().expect("it stops").code(), Some(0));
}
