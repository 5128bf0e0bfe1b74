// The reference of the WebAssembly benchmark: runs a kernel in Node's V8, one request a line (`FILE ROUNDS`), one answer a line (`CHECKSUM NANOSECONDS`).
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const modules = new Map();

function kernel(file) {
  if (!modules.has(file)) modules.set(file, new WebAssembly.Module(readFileSync(file)));
  return modules.get(file);
}

for await (const line of createInterface({ input: process.stdin })) {
  const [file, rounds] = line.split("\t");
  const { run } = new WebAssembly.Instance(kernel(file)).exports;
  const began = process.hrtime.bigint();
  const checksum = run(Number(rounds)) >>> 0;
  console.log(`${checksum}\t${process.hrtime.bigint() - began}`);
}
