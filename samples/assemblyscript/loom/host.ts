// What the host gives: four functions, no clock, no randomness, no I/O.

// @ts-ignore: decorator
@external("loom", "input_size")
declare function inputSize(): u32;

// @ts-ignore: decorator
@external("loom", "input_read")
declare function inputRead(to: usize, offset: u32, length: u32): void;

// @ts-ignore: decorator
@external("loom", "output")
declare function setOutput(from: usize, length: u32): void;

// @ts-ignore: decorator
@external("loom", "abort")
declare function abortWith(code: u32): void;

/** Exit codes of this kit; the host reports 0x10000 plus the code. */
export const BAD_FRAMES: u32 = 3;
export const BAD_STATE: u32 = 4;

/** Ends the call as a failure: nothing changes, and the host reports the code. */
export function fail(code: u32): void {
  abortWith(code);
  unreachable();
}

export function readInput(): StaticArray<u8> {
  const input = new StaticArray<u8>(inputSize());
  inputRead(changetype<usize>(input), 0, input.length);
  return input;
}

export function writeOutput(output: StaticArray<u8>, length: u32): void {
  setOutput(changetype<usize>(output), length);
}
