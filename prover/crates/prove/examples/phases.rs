//! Where the time of a proof goes: `cargo run --release -p loom-prove --example phases [iterations] [std|proven|compact|fast] [threads]`.
//!
//! Proves a loop with about the mix of instructions that section 7.2 gives for WebAssembly code and prints, phase by phase, elapsed and
//! processor time, then cycles per second and the cost of hashing the committed bytes.

use isa::{Instruction, Op, Program};
use loom_prove::{Options, Phase, Progress, estimate, image, prove, widths};
use proto::{Layout, ParameterSet, ProofHeader};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use vm::Limits;

fn op(op: Op, oa: u32, ob: u32, oc: u32, il: u32) -> Instruction {
    Instruction { oa, ob, oc, il, ..Instruction::new(op) }
}

/// 16 instructions an iteration: 10 CPU, 4 MEM, 1 ARITH, 1 BIT.
fn program(iterations: u32) -> Program {
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

/// User and system time of this process, in ticks of 10 ms; zero where /proc is missing.
fn processor_time() -> Duration {
    let ticks = std::fs::read_to_string("/proc/self/stat").ok().and_then(|stat| {
        let fields: Vec<u64> = stat.rsplit_once(')')?.1.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect();
        Some(fields.get(11)? + fields.get(12)?)
    });
    Duration::from_millis(10 * ticks.unwrap_or(0))
}

/// The most memory that this process had, in bytes; zero where /proc is missing.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0) << 10
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let iterations = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1250);
    let params = arguments.next().and_then(|name| ParameterSet::by_name(&name)).unwrap_or(proto::STD);
    let threads = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(Options::default().threads);
    let marks: Mutex<Vec<(Phase, Instant, Duration)>> = Mutex::default();
    let progress = |progress: Progress| {
        let mut marks = marks.lock().expect("no report panics");
        if marks.last().is_none_or(|(phase, ..)| *phase != progress.phase) {
            marks.push((progress.phase, Instant::now(), processor_time()));
        }
    };
    let program = program(iterations);
    let image = image(&program, 1, &Options::default()).expect("a good program");
    let options = Options { threads, progress: &progress, ..Options::default() };
    let proven = prove(&program, &image, &[], &params, &Limits::default(), &options).expect("a proof");
    let end = (Instant::now(), processor_time());
    let marks = marks.lock().expect("no report panics").clone();
    let (first, start) = (marks[0].1, marks[0].2);
    let (wall, processor) = (end.0 - first, end.1 - start);
    for (i, (phase, at, ticks)) in marks.iter().enumerate() {
        let (next, next_ticks) = marks.get(i + 1).map_or(end, |mark| (mark.1, mark.2));
        let spent = next_ticks - *ticks;
        let share = 100.0 * spent.as_secs_f64() / processor.as_secs_f64().max(0.01);
        println!("{:13} {:8.3} s elapsed {:8.2} s processor {share:5.1} %", phase.name(), (next - *at).as_secs_f64(), spent.as_secs_f64());
    }
    let cycles = proven.receipt.claim.cycles;
    let rate = |time: Duration| cycles as f64 / time.as_secs_f64();
    println!("{cycles} cycles, {} bytes, {} threads, {}", proven.receipt.proof.len(), threads, options.simd.name());
    println!("elapsed {:.3} s = {:.0} cycles/s; processor {:.2} s", wall.as_secs_f64(), rate(wall), processor.as_secs_f64());
    let header = ProofHeader::read(&proven.receipt.proof).expect("a proof");
    let layout = Layout::new(params, header.heights().expect("heights")[0], &widths()).expect("good heights");
    println!("peak memory {} MiB, estimated {} MiB beside the executor", peak_memory() >> 20, estimate(&layout) >> 20);
    let busy = Duration::from_secs_f64(processor.as_secs_f64() / threads as f64);
    println!("{:.0} cycles/s if all threads were busy all the time", rate(busy));
}
