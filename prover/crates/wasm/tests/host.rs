//! The host interface of section 2.2, and the routines behind it, against the same in Rust.

mod support;

use support::{ABORT, ENV_ABORT, INPUT_READ, INPUT_SIZE, OUTPUT, SHA256, call, machine, run};
use testing::{Seeds, tier_count};

/// Input is copied to `to`, then `len` bytes from there are the output.
fn copied(input: &[u8], to: u32, offset: u32, len: u32) -> vm::Execution {
    let mut code = Vec::new();
    call(&mut code, INPUT_READ, &[to, offset, len]);
    call(&mut code, OUTPUT, &[to, len]);
    run(&machine(code), input)
}

#[test]
fn input_is_read_and_output_is_written_at_every_offset_and_length() {
    let input: Vec<u8> = (0..40).collect();
    for offset in 0..=17 {
        for len in 0..=23 {
            let execution = copied(&input, 3 * offset + len, offset, len);
            assert_eq!((execution.exit_code, &execution.output[..]), (0, &input[offset as usize..][..len as usize]));
        }
    }
}

#[test]
fn input_and_output_keep_to_the_ends_of_tape_and_memory() {
    let input = [7; 21];
    for (to, offset, len) in [(0, 21, 0), (65_536, 0, 0), (65_515, 0, 21), (65_528, 8, 8)] {
        let execution = copied(&input, to, offset, len);
        assert_eq!((execution.exit_code, execution.output), (0, vec![7; len as usize]), "{to} {offset} {len}");
    }
    for (to, offset, len) in
        [(0, 22, 0), (0, 0, 22), (0, 1, 21), (65_537, 0, 0), (65_516, 0, 21), (u32::MAX, 0, 2), (0, u32::MAX, 2), (0, 5, u32::MAX)]
    {
        let execution = copied(&input, to, offset, len);
        assert_eq!((execution.exit_code, execution.output), (6, vec![]), "{to} {offset} {len}");
    }
}

#[test]
fn the_input_size_is_known_and_the_last_output_wins() {
    let mut code = Vec::new();
    call(&mut code, OUTPUT, &[1, 30]);
    // i32.store at 0 of input_size
    code.extend([0x41, 0, 0x10, INPUT_SIZE as u8, 0x36, 2, 0]);
    call(&mut code, OUTPUT, &[0, 4]);
    let execution = run(&machine(code), &[1; 300]);
    assert_eq!(execution.output, 300u32.to_le_bytes());
}

#[test]
fn a_machine_that_outputs_nothing_gives_nothing() {
    let execution = run(&machine(vec![]), &[1, 2, 3]);
    assert_eq!((execution.exit_code, execution.output.len()), (0, 0));
}

#[test]
fn aborts_are_exit_codes_without_output() {
    for (code, exit) in [(0, 0x10000), (5, 0x10005), (0xffff, 0x1ffff), (0x0001_0003, 0x10003), (u32::MAX, 0x1ffff)] {
        let mut body = Vec::new();
        call(&mut body, OUTPUT, &[0, 8]);
        call(&mut body, ABORT, &[code]);
        let execution = run(&machine(body), &[]);
        assert_eq!((execution.exit_code, execution.output.len()), (exit, 0));
    }
    let mut body = Vec::new();
    call(&mut body, ENV_ABORT, &[1, 2, 3, 4]);
    assert_eq!(run(&machine(body), &[]).exit_code, 1);
}

fn hashed(input: &[u8], at: u32, to: u32) -> vm::Execution {
    let mut code = Vec::new();
    call(&mut code, INPUT_READ, &[at, 0, input.len() as u32]);
    call(&mut code, SHA256, &[at, input.len() as u32, to]);
    call(&mut code, OUTPUT, &[to, 32]);
    run(&machine(code), input)
}

#[test]
fn sha256_is_sha256_for_every_length_around_a_block() {
    let seeds = Seeds::new("sha256_is_sha256_for_every_length_around_a_block");
    let mut random = seeds.random(0);
    for len in (0..=200).chain([1000]) {
        let input = random.bytes(len);
        // The result may overlap what is hashed.
        let (at, to) = (random.below(100) as u32, random.below(400) as u32);
        let execution = hashed(&input, at, to);
        assert_eq!((execution.exit_code, &execution.output[..]), (0, &hash::digest(&input)[..]), "{len} bytes at {at} to {to}");
    }
}

#[test]
fn sha256_leaves_memory_alone_when_a_range_leaves_it() {
    for (at, len, to) in [(65_530, 7, 0), (0, u32::MAX, 0), (0, 3, 65_505), (65_537, 0, 0), (0, 0, u32::MAX)] {
        let mut code = Vec::new();
        call(&mut code, SHA256, &[at, len, to]);
        let execution = run(&machine(code), &[]);
        assert_eq!((execution.exit_code, execution.memory.iter().all(|&b| b == 0)), (6, true), "{at} {len} {to}");
    }
    let mut code = Vec::new();
    call(&mut code, SHA256, &[65_536, 0, 65_504]);
    assert_eq!(run(&machine(code), &[]).memory[65_504..], hash::digest(&[]));
}

/// Fills memory with the input, does `code`, and gives what memory is then.
fn memory_after(input: &[u8], code: &[u8]) -> vm::Execution {
    let mut body = Vec::new();
    call(&mut body, INPUT_READ, &[0, 0, input.len() as u32]);
    body.extend_from_slice(code);
    run(&machine(body), input)
}

#[test]
fn memory_is_copied_and_filled_as_slices_are() {
    let seeds = Seeds::new("memory_is_copied_and_filled_as_slices_are");
    let mut random = seeds.random(0);
    for _ in 0..tier_count(300, 20_000) {
        let mut expected = random.bytes(160);
        let input = expected.clone();
        let len = random.index(60);
        let (to, from) = (random.index(100), random.index(100));
        let value = random.next() as u32;
        let mut code = Vec::new();
        let arguments = |code: &mut Vec<u8>, values: [u32; 3]| values.iter().for_each(|&v| support::constant(code, 0x7f, v.into()));
        if random.one_in(3) {
            arguments(&mut code, [to as u32, value, len as u32]);
            code.extend([0xfc, 11, 0]);
            expected[to..to + len].fill(value as u8);
        } else {
            arguments(&mut code, [to as u32, from as u32, len as u32]);
            code.extend([0xfc, 10, 0, 0]);
            expected.copy_within(from..from + len, to);
        }
        assert_eq!(memory_after(&input, &code).memory[..160], expected, "to {to} from {from} len {len} value {value}");
    }
}
