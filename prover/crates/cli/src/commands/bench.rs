use super::image::{make, parameters, prove_failure};
use super::{INPUT, PAGES, input, module, pages, rejected, translate};
use crate::args::{Args, Command, JSON, Opt};
use crate::failure::{Failure, Kind, Result};
use crate::{interrupt, print};
use isa::{Instruction, Op, Program};
use json::Object;
use proto::{Attachments, Layout, ParameterSet, ProofHeader};
use prove::{Phase, Progress};
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use verify::Policy;

const MODULE: Opt = Opt { name: "--module", value: Some("FILE"), about: "prove a run of this module [a loop of LoomVM instructions]" };
const LOOP: Opt = Opt { name: "--loop", value: Some("N"), about: "iterations of the loop, 15 cycles each [1250]" };
const PARAMS: Opt = Opt { name: "--params", value: Some("LIST"), about: "parameter sets, with commas [std,proven]" };
const THREADS: Opt = Opt { name: "--threads", value: Some("N"), about: "threads [all]" };

const CANCEL: Opt =
    Opt { name: "--cancel", value: Some("N"), about: "also begin N more proofs and cancel each, at moments spread over a proof" };

/// How often a receipt is verified; the quickest counts.
const VERIFICATIONS: usize = 20;

/// `loom-prover bench`.
pub const COMMAND: Command = Command {
    name: "bench",
    about: "Prove and verify a run and say how long everything took, beside plain hashing",
    details: "For each parameter set: cycles per second, elapsed and by processor time, the phases of the proof, memory beside what was\n\
              estimated, the size, and the time to verify beside that of hashing as many blocks as the verifier hashes. Machines that do other\n\
              work besides give other times; ratios and processor time say more. The built-in loop has about the mix of tables that compiled\n\
              WebAssembly code has.",
    places: &[],
    options: &[MODULE, INPUT, LOOP, PARAMS, PAGES, THREADS, CANCEL, JSON],
    run,
};

fn run(args: &Args) -> Result {
    let iterations = args.number(LOOP.name, 1, 1 << 24)?.unwrap_or(1250);
    let program = match args.value(MODULE.name) {
        Some(path) => translate(&module(path)?, pages(args)?)?,
        None => looped(iterations as u32),
    };
    let input = input(args)?;
    let sets: Vec<ParameterSet> = args.value(PARAMS.name).unwrap_or("std,proven").split(',').map(parameters).collect::<Result<_>>()?;
    let threads = args.number(THREADS.name, 1, 1024)?.map_or(prove::Options::default().threads, |threads| threads as usize);
    let prepared = prove::Prepared::new();
    let mut rows = Vec::new();
    for params in sets {
        let mut row = measure(&program, &input, params, threads, &prepared)?;
        if let Some(tries) = args.number(CANCEL.name, 1, 10_000)? {
            row.cancelled = Some(cancel(&program, &input, &row, tries as u32, &prepared)?);
        }
        if !args.flag(JSON.name) {
            print(&row.text())?;
        }
        rows.push(row);
    }
    if args.flag(JSON.name) {
        return print(&(Object::new().list("runs", rows.iter().map(Row::object)).finish() + "\n"));
    }
    Ok(())
}

/// What one proof and its verification took.
struct Row {
    params: ParameterSet,
    threads: usize,
    cycles: u64,
    /// Elapsed and processor time of what is made once for all proofs of a process; next to none where a set before had the same blowup.
    preparation: (Duration, Duration),
    cancelled: Option<Cancelled>,
    phases: Vec<(Phase, Duration, Duration)>,
    peak: u64,
    estimate: u64,
    bytes: usize,
    verify: Duration,
    blocks: usize,
    hashing: Duration,
}

fn measure(program: &Program, input: &[u8], params: ParameterSet, threads: usize, prepared: &prove::Prepared) -> Result<Row> {
    let image = make(program)?;
    let begun = (Instant::now(), processor_time());
    let quiet = prove::Options { threads, cancel: interrupt::flag(), ..prove::Options::default() };
    prepared.fill(&params, &quiet).map_err(prove_failure)?;
    let preparation = (begun.0.elapsed(), processor_time().saturating_sub(begun.1));
    let marks: Mutex<Vec<(Phase, Instant, Duration)>> = Mutex::default();
    let report = |progress: Progress| {
        let mut marks = marks.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if marks.last().is_none_or(|(phase, ..)| *phase != progress.phase) {
            marks.push((progress.phase, Instant::now(), processor_time()));
        }
    };
    let options = prove::Options { progress: &report, prepared: Some(prepared), ..quiet };
    let limits = vm::Limits { pages: image.max_pages, ..vm::Limits::default() };
    let proven = prove::prove(program, &image, input, &params, &limits, &options).map_err(prove_failure)?;
    let end = (Instant::now(), processor_time());
    let marks = marks.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let phases = (0..marks.len()).map(|i| {
        let (next, next_processor) = marks.get(i + 1).map_or(end, |mark| (mark.1, mark.2));
        (marks[i].0, next - marks[i].1, next_processor.saturating_sub(marks[i].2))
    });

    let internal = |what| Failure::new(Kind::Run, format!("the prover's own receipt has bad {what}: a fault of Loom"));
    let header = ProofHeader::read(&proven.receipt.proof).ok_or_else(|| internal("header"))?;
    let heights = header.heights().ok_or_else(|| internal("heights"))?;
    let layout = Layout::new(params, heights[0], &prove::widths()).map_err(|_| internal("heights"))?;
    let receipt = proven.receipt.to_bytes(&Attachments::default()).map_err(|_| internal("attachments"))?;
    let policy = Policy::pinned([image.id()]).allowing([params.id]);
    let image = image.to_bytes();
    let verify = best(|| {
        verify::verify(&policy, Some(&image), &proven.receipt.claim, Some(input), Some(&proven.execution.output), &receipt).map(drop)
    })
    .map_err(rejected)?;
    let blocks = blocks(&layout);
    let message = vec![0u8; 64 * blocks];
    let hashing = best(|| -> std::result::Result<(), std::convert::Infallible> {
        std::hint::black_box(hash::digest(std::hint::black_box(&message)));
        Ok(())
    })
    .unwrap_or_default();
    Ok(Row {
        params,
        threads,
        cycles: proven.receipt.claim.cycles,
        preparation,
        cancelled: None,
        phases: phases.collect(),
        peak: peak_memory(),
        estimate: prove::estimate(&layout),
        bytes: receipt.len(),
        verify,
        blocks,
        hashing,
    })
}

/// How long proofs went on after they were cancelled.
struct Cancelled {
    tries: u32,
    longest: Duration,
    /// What was being done then.
    phase: Phase,
    median: Duration,
}

/// Cancels proofs at moments spread over the time that the measured one took.
fn cancel(program: &Program, input: &[u8], row: &Row, tries: u32, prepared: &prove::Prepared) -> Result<Cancelled> {
    let image = make(program)?;
    let limits = vm::Limits { pages: image.max_pages, ..vm::Limits::default() };
    let mut delays = Vec::new();
    for number in 0..tries {
        let wait = row.elapsed().mul_f64((f64::from(number) + 0.5) / f64::from(tries));
        let flag = AtomicBool::new(false);
        let phase = Mutex::new(Phase::Execute);
        let report = |progress: Progress| *phase.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = progress.phase;
        let options = prove::Options {
            threads: row.threads,
            cancel: &flag,
            progress: &report,
            prepared: Some(prepared),
            ..prove::Options::default()
        };
        std::thread::scope(|scope| {
            let canceller = scope.spawn(|| {
                std::thread::sleep(wait);
                flag.store(true, Ordering::Relaxed);
                Instant::now()
            });
            let result = prove::prove(program, &image, input, &row.params, &limits, &options);
            let ended = Instant::now();
            if let (Ok(asked), true) = (canceller.join(), matches!(result, Err(prove::Error::Cancelled))) {
                delays.push((ended.saturating_duration_since(asked), *phase.lock().unwrap_or_else(std::sync::PoisonError::into_inner)));
            }
        });
        if interrupt::flag().load(Ordering::Relaxed) {
            return Err(prove_failure(prove::Error::Cancelled));
        }
    }
    delays.sort_unstable();
    let median = delays.get(delays.len() / 2).map_or(Duration::ZERO, |(delay, _)| *delay);
    let (longest, phase) = delays.last().copied().unwrap_or((Duration::ZERO, Phase::Execute));
    Ok(Cancelled { tries: delays.len() as u32, longest, phase, median })
}

/// SHA-256 blocks that the openings of a proof cost the verifier: all but a few hundred of those that it hashes (section 4.3).
fn blocks(layout: &Layout) -> usize {
    let of = |bytes: usize| (bytes + 9).div_ceil(64);
    let tree = |shape: &proto::merkle::Shape| {
        let leaves = shape.classes.iter().enumerate().map(|(i, class)| of(8 + 32 * usize::from(i > 0) + 8 * class.width()));
        leaves.sum::<usize>() + shape.path_nodes() * of(72)
    };
    layout.params.queries * layout.trees.iter().map(|(_, shape)| tree(shape)).sum::<usize>()
}

/// The shortest time of several.
fn best<E>(mut work: impl FnMut() -> std::result::Result<(), E>) -> std::result::Result<Duration, E> {
    let mut best = Duration::MAX;
    for _ in 0..VERIFICATIONS {
        let start = Instant::now();
        work()?;
        best = best.min(start.elapsed());
    }
    Ok(best)
}

impl Row {
    fn elapsed(&self) -> Duration {
        self.phases.iter().map(|phase| phase.1).sum()
    }

    fn processor(&self) -> Duration {
        self.phases.iter().map(|phase| phase.2).sum()
    }

    /// Cycles in a second of this time.
    fn rate(&self, time: Duration) -> f64 {
        self.cycles as f64 / time.as_secs_f64().max(1e-9)
    }

    /// Verification beside hashing.
    fn ratio(&self) -> f64 {
        self.verify.as_secs_f64() / self.hashing.as_secs_f64().max(1e-9)
    }

    fn text(&self) -> String {
        let (elapsed, processor) = (self.elapsed(), self.processor());
        let milliseconds = |time: Duration| 1000.0 * time.as_secs_f64();
        let mut text = format!("{}: {} cycles, {} threads\n", self.params.name, self.cycles, self.threads);
        let mut line = |name: &str, value: String| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {name:12} {value}");
        };
        line(
            "proof",
            format!(
                "{:.2} s, {:.0} cycles/s; {:.2} s of processor time",
                elapsed.as_secs_f64(),
                self.rate(elapsed),
                processor.as_secs_f64()
            ),
        );
        for (phase, took, busy) in &self.phases {
            let share = 100.0 * took.as_secs_f64() / elapsed.as_secs_f64().max(1e-9);
            line(phase.name(), format!("{share:4.1} %  {:6.0} ms, {:6.0} ms of processor time", milliseconds(*took), milliseconds(*busy)));
        }
        let (took, busy) = self.preparation;
        line(
            "once before",
            format!(
                "the lookup table: {:.0} ms, {:.0} ms of processor time; later proofs reuse it",
                milliseconds(took),
                milliseconds(busy)
            ),
        );
        if let Some(Cancelled { tries, longest, phase, median }) = &self.cancelled {
            let (longest, median) = (milliseconds(*longest), milliseconds(*median));
            line(
                "cancelled",
                format!("{tries} times; back after {longest:.1} ms at most ({}), {median:.1} ms in the middle", phase.name()),
            );
        }
        line("memory", format!("{} MiB at most, estimated {} MiB", self.peak >> 20, self.estimate >> 20));
        line("receipt", format!("{} bytes", self.bytes));
        line(
            "verification",
            format!("{:.2} ms, {:.2} times hashing the same {} blocks", milliseconds(self.verify), self.ratio(), self.blocks),
        );
        text
    }

    fn object(&self) -> Object {
        let phases = self.phases.iter().map(|(phase, took, busy)| {
            Object::new().text("phase", phase.name()).number("ms", took.as_millis()).number("processor_ms", busy.as_millis())
        });
        let mut object = Object::new();
        if let Some(Cancelled { tries, longest, phase, median }) = &self.cancelled {
            let (longest, median) = (longest.as_micros(), median.as_micros());
            object = object.number("cancelled", tries).number("cancel_us", longest).text("cancelPhase", phase.name());
            object = object.number("cancelMedian_us", median);
        }
        object
            .text("parameters", self.params.name)
            .number("threads", self.threads)
            .number("cycles", self.cycles)
            .number("ms", self.elapsed().as_millis())
            .number("processor_ms", self.processor().as_millis())
            .number("preparation_ms", self.preparation.0.as_millis())
            .number("preparation_processor_ms", self.preparation.1.as_millis())
            .number("cyclesPerSecond", self.rate(self.elapsed()) as u64)
            .list("phases", phases)
            .number("peakBytes", self.peak)
            .number("estimatedBytes", self.estimate)
            .number("receiptBytes", self.bytes)
            .number("verify_us", self.verify.as_micros())
            .number("verifyBlocks", self.blocks)
            .number("hashing_us", self.hashing.as_micros())
    }
}

/// 15 or 16 instructions an iteration: 10 CPU, 4 MEM, 1 ARITH, 1 BIT.
fn looped(iterations: u32) -> Program {
    let op = |op, oa, ob, oc, il| Instruction { oa, ob, oc, il, ..Instruction::new(op) };
    let imm = |kind, oa, oc, il| Instruction { bi: true, ..op(kind, oa, 0, oc, il) };
    let instructions = vec![
        op(Op::Const, 0, 0, 0, 0),
        op(Op::Const, 0, 0, 1, 7),
        imm(Op::Add32, 0, 2, 0),
        imm(Op::Ltu, 2, 3, 8192),
        op(Op::Jnz, 3, 0, 0, 6),
        op(Op::Const, 0, 0, 2, 64),
        op(Op::L64, 2, 0, 4, 0),
        op(Op::Add64, 4, 1, 4, 0),
        imm(Op::Mul32, 4, 5, 0x9E37),
        op(Op::Xor, 5, 1, 1, 0),
        op(Op::S64, 2, 0, 4, 0),
        op(Op::L32u, 2, 0, 6, 4),
        op(Op::Sub64, 6, 4, 6, 0),
        op(Op::S32, 2, 0, 6, 8),
        imm(Op::Add64, 1, 1, 3),
        imm(Op::Add32, 0, 0, 1),
        imm(Op::Lts32, 0, 7, iterations),
        op(Op::Jnz, 7, 0, 0, 2),
        op(Op::Const, 0, 0, 8, 0),
        op(Op::Outw, 8, 8, 0, 0),
        op(Op::Halt, 0, 0, 0, 0),
    ];
    Program { instructions, init_pages: 1, max_pages: 1, module_sha256: [0; 32] }
}

/// User and system time of this process, in steps of 10 ms; zero where the system does not tell.
fn processor_time() -> Duration {
    let ticks = std::fs::read_to_string("/proc/self/stat").ok().and_then(|stat| {
        let fields: Vec<u64> = stat.rsplit_once(')')?.1.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect();
        Some(fields.get(11)? + fields.get(12)?)
    });
    Duration::from_millis(10 * ticks.unwrap_or(0))
}

/// The most memory that this process had, in bytes; zero where the system does not tell.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) << 10
}
