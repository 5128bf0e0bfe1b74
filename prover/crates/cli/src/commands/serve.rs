use super::{PAGES, pages};
use crate::args::{Args, Command, JSON, Opt};
use crate::failure::{Failure, Kind, Result};
use crate::{interrupt, memory, print};
use json::Object;
use service::{Config, Service, ServiceError, StarkEngine, Token};
use std::io::Read;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const LISTEN: Opt =
    Opt { name: "--listen", value: Some("ADDRESS:PORT"), about: "where to listen; port 0 takes a free one [127.0.0.1:7707]" };
const DATA: Opt = Opt { name: "--data", value: Some("FOLDER"), about: "where jobs and receipts are kept [loom-prover-data]" };
const TOKEN: Opt = Opt {
    name: "--token-file",
    value: Some("FILE"),
    about: "a file whose first line callers have to know; needed on addresses that other machines reach",
};
const TOKEN_STDIN: Opt = Opt { name: "--token-stdin", value: None, about: "the same with the first line of standard input" };
const MEMORY: Opt =
    Opt { name: "--memory", value: Some("MIB"), about: "memory that a proof may take [4096, at most 60 % of the machine's]" };
const THREADS: Opt = Opt { name: "--threads", value: Some("N"), about: "threads that a proof computes with [all]" };
const JOBS: Opt = Opt { name: "--jobs", value: Some("N"), about: "jobs that are kept, done ones included [10000]" };
const PARENT: Opt =
    Opt { name: "--with-parent", value: None, about: "stop when standard input ends, so that no service outlives what started it" };

/// How long requests in flight may take when the service stops.
const PATIENCE: Duration = Duration::from_secs(10);

/// `loom-prover serve`.
pub const COMMAND: Command = Command {
    name: "serve",
    about: "Prove over HTTP",
    details: "Jobs have ids that callers choose. They are kept in the data folder until they are deleted, at most for a week after they are done;\n\
              one is proven at a time. POST /v1/images, POST /v1/jobs, GET /v1/jobs/ID, GET /v1/jobs/ID/receipt, DELETE /v1/jobs/ID, /healthz,\n\
              /metrics. The first line printed says where it listens. Ctrl-C stops it; a proof that runs then is begun anew after the next start.",
    places: &[],
    options: &[LISTEN, DATA, TOKEN, TOKEN_STDIN, MEMORY, THREADS, JOBS, PAGES, PARENT, JSON],
    run,
};

/// The token, from wherever the caller keeps it.
fn token(args: &Args) -> Result<Option<Token>> {
    let wrong = |error| Failure::new(Kind::Files, error);
    match (args.path(TOKEN.name), args.flag(TOKEN_STDIN.name)) {
        (Some(_), true) => Err(Failure::usage(format!("{} and {} are two places for one token", TOKEN.name, TOKEN_STDIN.name))),
        (Some(path), false) => Token::read(&path).map(Some).map_err(wrong),
        (None, true) => Token::read_line(std::io::stdin().lock()).map(Some).map_err(wrong),
        (None, false) => Ok(None),
    }
}

fn run(args: &Args) -> Result {
    let mut config = Config::new(args.path(DATA.name).unwrap_or_else(|| PathBuf::from("loom-prover-data")));
    let listen = args.value(LISTEN.name).unwrap_or("127.0.0.1:7707");
    config.listen =
        listen.parse::<SocketAddr>().map_err(|_| Failure::usage(format!("{} takes ADDRESS:PORT, not {listen:?}", LISTEN.name)))?;
    config.token = token(args)?;
    let usual = || memory::share().map_or(4 << 30, |share| share.min(4 << 30));
    config.memory = args.number(MEMORY.name, 64, 1 << 24)?.map_or_else(usual, |mebibytes| mebibytes << 20);
    config.jobs = args.number(JOBS.name, 1, 1_000_000)?.map_or(config.jobs, |jobs| jobs as usize);
    let all = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = args.number(THREADS.name, 1, 1024)?.map_or(all, |threads| threads as usize);
    let engine = Arc::new(StarkEngine::new(threads, config.memory, pages(args)?));
    let interrupted = interrupt::flag();
    let service = Service::start(config, engine).map_err(|error| match error {
        ServiceError::TokenNeeded(_) => Failure::usage(error),
        _ => Failure::new(Kind::Files, error),
    })?;
    let address = service.address();
    print(&if args.flag(JSON.name) {
        Object::new().text("listening", &format!("http://{address}")).finish() + "\n"
    } else {
        format!("listening on http://{address}\n")
    })?;
    let orphaned = Arc::new(AtomicBool::new(false));
    if args.flag(PARENT.name) {
        let orphaned = Arc::clone(&orphaned);
        std::thread::spawn(move || {
            // Whatever comes is thrown away; the end, and an error too, say that the parent is gone.
            while matches!(std::io::stdin().lock().read(&mut [0; 64]), Ok(1..)) {}
            orphaned.store(true, Ordering::Relaxed);
        });
    }
    while !interrupted.load(Ordering::Relaxed) && !orphaned.load(Ordering::Relaxed) {
        std::thread::park_timeout(Duration::from_millis(100));
    }
    service.stop(PATIENCE);
    Ok(())
}
