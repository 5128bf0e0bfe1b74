//! The memory model (sections 6.3 and 7.2): a proof never holds more than was estimated before it began, whatever its size.

use isa::{Instruction, Op, Program};
use loom_prove::{Options, Prepared, estimate, image, prove, widths};
use proto::{FAST, Layout, ParameterSet, ProofHeader, STD};
use std::alloc::{GlobalAlloc, Layout as Block, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use testing::tier_count;
use vm::Limits;

/// Counts the bytes that are allocated, and the most there were.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn taken(bytes: usize) {
    MOST.fetch_max(NOW.fetch_add(bytes, Ordering::Relaxed) + bytes, Ordering::Relaxed);
}

// SAFETY: every call goes to the system's allocator as it came; the counters beside it allocate nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, block: Block) -> *mut u8 {
        taken(block.size());
        // SAFETY: as for this function.
        unsafe { System.alloc(block) }
    }

    unsafe fn alloc_zeroed(&self, block: Block) -> *mut u8 {
        taken(block.size());
        // SAFETY: as for this function.
        unsafe { System.alloc_zeroed(block) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, block: Block) {
        NOW.fetch_sub(block.size(), Ordering::Relaxed);
        // SAFETY: as for this function.
        unsafe { System.dealloc(memory, block) }
    }

    unsafe fn realloc(&self, memory: *mut u8, block: Block, size: usize) -> *mut u8 {
        // Both may be there for a moment.
        taken(size);
        NOW.fetch_sub(block.size(), Ordering::Relaxed);
        // SAFETY: as for this function.
        unsafe { System.realloc(memory, block, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Loads, adds, multiplies and stores so many times, each time eight bytes further: at most 65,536 times in its eight pages.
fn looped(iterations: u32) -> Program {
    let op = |op, oa, ob, oc, il| Instruction { oa, ob, oc, il, ..Instruction::new(op) };
    let imm = |kind, oa, oc, il| Instruction { bi: true, ..op(kind, oa, 0, oc, il) };
    let instructions = vec![
        op(Op::Const, 0, 0, 0, 0),
        op(Op::L64, 0, 0, 1, 64),
        imm(Op::Add64, 1, 1, 3),
        imm(Op::Mul32, 1, 2, 0x9E37),
        op(Op::Xor, 2, 1, 1, 0),
        op(Op::S64, 0, 0, 1, 64),
        imm(Op::Add32, 0, 0, 8),
        imm(Op::Lts32, 0, 3, iterations * 8),
        op(Op::Jnz, 3, 0, 0, 1),
        op(Op::Const, 0, 0, 4, 0),
        op(Op::Outw, 4, 4, 0, 0),
        op(Op::Halt, 0, 0, 0, 0),
    ];
    Program { instructions, init_pages: 8, max_pages: 8, module_sha256: [0; 32] }
}

/// The most bytes that a proof held beyond what was there before, and what was estimated.
fn measured(iterations: u32, params: &ParameterSet, prepared: Option<&Prepared>) -> (u64, u64) {
    let program = looped(iterations);
    let image = image(&program, 1, &Options::default()).expect("a program in order");
    let options = Options { threads: 2, prepared, ..Options::default() };
    let before = NOW.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    let proven = prove(&program, &image, &[], params, &Limits::default(), &options).expect("a proof");
    let most = MOST.load(Ordering::Relaxed) - before;
    let heights = ProofHeader::read(&proven.receipt.proof).and_then(|header| header.heights()).expect("a proof in order");
    let layout = Layout::new(*params, heights[0], &widths()).expect("a proof in order");
    (most as u64, estimate(&layout))
}

#[test]
fn no_proof_holds_more_than_was_estimated() {
    // From a run beside which the lookup table is all there is, to one that is mostly its own tables.
    let cases = [(4, FAST), (500, STD), (5_000, FAST), (4, STD), (2_500, STD), (40_000, STD)];
    for (iterations, params) in cases.into_iter().take(tier_count(3, 6) as usize) {
        let (most, estimate) = measured(iterations, &params, None);
        let name = params.name;
        println!("{iterations} iterations, {name}: {most} bytes of {estimate}, {:.0} %", 100.0 * most as f64 / estimate as f64);
        assert!(most <= estimate, "{iterations} iterations, {name}: {most} bytes, estimated {estimate}");
        assert!(estimate < 2 * most, "{iterations} iterations, {name}: {most} bytes, and an estimate of {estimate} that refuses too much");
    }
    // What is kept of the lookup table was taken by the first proof, and counts in its estimate; the second takes so much less.
    let prepared = Prepared::new();
    let (first, estimate) = measured(4, &STD, Some(&prepared));
    let (second, _) = measured(4, &STD, Some(&prepared));
    assert!(first <= estimate && second + prepared.bytes() <= estimate, "{first}, {second} of {estimate}");
}
