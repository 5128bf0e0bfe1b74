use super::image::{make, parameters, prove_failure};
use super::inspect::{claim_object, claim_text};
use super::{INPUT, PAGES, input, module, pages, translate};
use crate::args::{Args, Command, JSON, Opt};
use crate::failure::{Failure, Kind, Result};
use crate::progress::Lines;
use crate::{files, interrupt, memory, print};
use proto::Attachments;
use vm::Limits;

const RECEIPT: Opt = Opt { name: "--receipt", value: Some("FILE"), about: "write the receipt there (must be given)" };
const OUTPUT: Opt = Opt { name: "--output", value: Some("FILE"), about: "write the output there" };
const PARAMS: Opt = Opt { name: "--params", value: Some("NAME"), about: "parameter set: std, proven, compact or fast [proven]" };
const CYCLES: Opt = Opt { name: "--cycles", value: Some("N"), about: "cycle limit [1073741823]" };
const THREADS: Opt = Opt { name: "--threads", value: Some("N"), about: "threads [all]; the receipt is the same for any number" };
const MEMORY: Opt = Opt { name: "--memory", value: Some("MIB"), about: "refuse a proof that needs more memory [60 % of the machine's]" };
const ATTACH: Opt = Opt { name: "--attach", value: None, about: "attach input, output and image to the receipt" };
const QUIET: Opt = Opt { name: "--quiet", value: None, about: "no progress" };

/// `loom-prover prove`.
pub const COMMAND: Command = Command {
    name: "prove",
    about: "Run a module and prove the run",
    details: "Progress goes to standard error, one JSON object a line: phase, segment, done and total (units of work of the phase),\n\
              fraction (of the whole proof, by cost), eta_ms (null until it can be said), rss (bytes). Ctrl-C stops it. The receipt\n\
              depends on module, page limit, input and parameter set alone. It is succinct and meant to be sound, but not\n\
              zero-knowledge; the proof system is unaudited.",
    places: &[("MODULE", "the WebAssembly module")],
    options: &[INPUT, RECEIPT, OUTPUT, PARAMS, CYCLES, PAGES, THREADS, MEMORY, ATTACH, QUIET, JSON],
    run,
};

fn run(args: &Args) -> Result {
    let receipt_path = args.path(RECEIPT.name).ok_or_else(|| Failure::usage("prove needs --receipt: where the receipt goes"))?;
    let params = parameters(args.value(PARAMS.name).unwrap_or("proven"))?;
    let cycles = args.number(CYCLES.name, 1, vm::MAX_CYCLES)?.unwrap_or(vm::MAX_CYCLES);
    let threads = args.number(THREADS.name, 1, 1024)?;
    let memory = args.number(MEMORY.name, 1, 1 << 30)?.map_or_else(|| memory::share().unwrap_or(u64::MAX), |mebibytes| mebibytes << 20);
    let max_pages = pages(args)?;
    let program = translate(&module(args.place(0))?, max_pages)?;
    let input = input(args)?;
    let image = make(&program)?;

    let lines = Lines::new();
    let quiet = args.flag(QUIET.name);
    let report = |progress| {
        if !quiet {
            lines.report(progress);
        }
    };
    let defaults = prove::Options::default();
    let options = prove::Options {
        threads: threads.map_or(defaults.threads, |threads| threads as usize),
        memory,
        cancel: interrupt::flag(),
        progress: &report,
        ..defaults
    };
    let limits = Limits { cycles, pages: max_pages, ..Limits::default() };
    let prove::Proven { receipt, execution } = prove::prove(&program, &image, &input, &params, &limits, &options).map_err(prove_failure)?;

    let image_bytes = image.to_bytes();
    let attachments = if args.flag(ATTACH.name) {
        Attachments { input: Some(&input), output: Some(&execution.output), image: Some(&image_bytes), note: None }
    } else {
        Attachments::default()
    };
    let bytes = receipt.to_bytes(&attachments).map_err(|tag| Failure::new(Kind::Run, format!("attachment {tag} is too large")))?;
    if let Some(path) = args.path(OUTPUT.name) {
        files::write(&path, &execution.output)?;
    }
    files::write(&receipt_path, &bytes)?;
    let claim = &receipt.claim;
    if args.flag(JSON.name) {
        let object =
            claim_object(claim).text("parameters", params.name).bytes("output", &execution.output).number("receiptBytes", bytes.len());
        return print(&(object.finish() + "\n"));
    }
    print(&format!("{}receipt        {} bytes, parameters {}\n", claim_text(claim), bytes.len(), params.name))
}
