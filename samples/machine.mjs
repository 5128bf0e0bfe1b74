// Runs a machine module in Node, as Loom's host would: ABI v1, a fresh instance for every call. For module authors and for the build
// script; Loom itself does not need Node.
//
//   node machine.mjs vectors MODULE.wasm VECTORS.json            says how the module's answers differ from the vectors
//   node machine.mjs vectors MODULE.wasm VECTORS.json --write    writes the module's answers into the vectors; read the difference
//   node machine.mjs time MODULE.wasm VECTORS.json [ROUNDS]      microseconds inside loom_main
import { readFileSync, writeFileSync } from 'node:fs';

/** What ends a call from inside: `loom.abort(n)` is 0x10000 + n, `env.abort` is 1, a bad range is 6. */
class Exit extends Error {
  constructor(code) {
    super(`exit ${code}`);
    this.code = code;
  }
}

export class Machine {
  constructor(bytes) {
    this.module = new WebAssembly.Module(bytes);
    this.inside = 0; // nanoseconds inside loom_main
  }

  /** One call on bytes: {exit, output}. Any trap of the engine's own is reported as exit 'trap'. */
  call(input) {
    let memory;
    let output = new Uint8Array(0);
    let range = [0, 0];
    const size = () => memory.buffer.byteLength;
    const instance = new WebAssembly.Instance(this.module, {
      loom: {
        input_size: () => input.length,
        input_read: (to, offset, length) => {
          [to, offset, length] = [to >>> 0, offset >>> 0, length >>> 0];
          if (offset + length > input.length || to + length > size()) throw new Exit(6);
          new Uint8Array(memory.buffer, to, length).set(input.subarray(offset, offset + length));
        },
        output: (from, length) => {
          [from, length] = [from >>> 0, length >>> 0];
          if (from + length > size()) throw new Exit(6);
          range = [from, length];
        },
        abort: (code) => { throw new Exit(0x10000 + (code & 0xffff)); },
      },
      env: { abort: () => { throw new Exit(1); } },
    });
    memory = instance.exports.memory;
    try {
      const before = process.hrtime.bigint();
      instance.exports.loom_main();
      this.inside += Number(process.hrtime.bigint() - before);
      output = new Uint8Array(memory.buffer, ...range).slice();
    } catch (e) {
      if (e instanceof Exit) return { exit: e.code, output };
      if (e instanceof WebAssembly.RuntimeError) return { exit: 'trap', output };
      throw e;
    }
    return { exit: 0, output };
  }

  /** One decision: {status, state, events} as bytes and text, or {exit}. */
  decide(state, command, context) {
    const { exit, output } = this.call(frames(state, command, context));
    if (exit !== 0) return { exit };
    const view = new DataView(output.buffer);
    const status = view.getUint32(0, true);
    const length = view.getUint32(4, true);
    const events = view.getUint32(8 + length, true);
    if (12 + length + events !== output.length) throw new Error('The output is no frame.');
    return { status, state: output.subarray(8, 8 + length), events: Buffer.from(output.subarray(12 + length)).toString() };
  }
}

export function frames(...parts) {
  return new Uint8Array(Buffer.concat(parts.flatMap((part) => {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(part.length);
    return [head, part];
  })));
}

/** RFC 8785 for values without fractions. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    return `{${Object.keys(value).sort().map((k) => `${JSON.stringify(k)}:${canonical(value[k])}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** The calls of a vectors file: each step with the state before it and the context that a host would give. */
function* calls(vectors, answer) {
  let state = Buffer.alloc(0);
  let revision = 0;
  for (const [i, step] of vectors.steps.entries()) {
    const context = {
      actor: vectors.actor, at: step.at ?? vectors.at, commandId: `command-${i + 1}`, commandType: step.command,
      principal: step.principal ?? 'alice', revision, roles: [...(step.roles ?? [])].sort(),
    };
    const got = answer(step, state, Buffer.from(canonical(step.body)), Buffer.from(canonical(context)));
    if (got.status === 0) {
      state = Buffer.from(got.state);
      revision += JSON.parse(got.events).length;
    }
    yield { step, got };
  }
}

function answerOf(got) {
  if (got.exit !== undefined) return { exit: got.exit };
  const text = Buffer.from(got.state).toString();
  const value = JSON.parse(text);
  const events = JSON.parse(got.events);
  if (canonical(value) !== text || canonical(events) !== got.events) throw new Error(`Not RFC 8785: ${text} ${got.events}`);
  return got.status === 0 ? { state: value, events } : { rejected: value };
}

function check(path, vectorsPath, write) {
  const machine = new Machine(readFileSync(path));
  const vectors = JSON.parse(readFileSync(vectorsPath, 'utf8'));
  let differences = 0;
  for (const { step, got } of calls(vectors, (_, ...parts) => machine.decide(...parts))) {
    const answer = answerOf(got);
    if (canonical(step.answer ?? null) !== canonical(answer)) {
      differences++;
      if (!write) console.error(`${path}: ${step.command} ${canonical(step.body)}\n  expected ${canonical(step.answer ?? null)}\n  answered ${canonical(answer)}`);
      step.answer = answer;
    }
  }
  if (write) {
    writeFileSync(vectorsPath, format(vectors));
    console.log(`${vectorsPath}: ${differences} answers written`);
    return true;
  }
  return differences === 0;
}

// One line for a step's command, one for its answer: what people compare.
function format(vectors) {
  const { steps, ...head } = vectors;
  const lines = Object.entries(head).map(([k, v]) => `  ${JSON.stringify(k)}: ${JSON.stringify(v)},`);
  const text = steps.map(({ answer, ...step }) => {
    const asked = JSON.stringify(step);
    return `    ${asked.slice(0, -1)},\n     "answer":${canonical(answer)}}`;
  });
  return `{\n${lines.join('\n')}\n  "steps": [\n${text.join(',\n')}\n  ]\n}\n`;
}

function time(path, vectorsPath, rounds) {
  const machine = new Machine(readFileSync(path));
  const vectors = JSON.parse(readFileSync(vectorsPath, 'utf8'));
  const inputs = [];
  for (const _ of calls(vectors, (_, ...parts) => { inputs.push(frames(...parts)); return machine.decide(...parts); }));
  for (let i = 0; i < 200; i++) for (const input of inputs) machine.call(input);
  machine.inside = 0;
  for (let i = 0; i < rounds; i++) for (const input of inputs) machine.call(input);
  console.log(`${path}: ${(machine.inside / 1000 / rounds / inputs.length).toFixed(2)} µs per call inside loom_main, ${inputs.length} steps`);
  return true;
}

const [what, module, vectors, extra] = process.argv.slice(2);
const done = what === 'vectors' ? check(module, vectors, extra === '--write')
  : what === 'time' ? time(module, vectors, Number(extra ?? 2000))
  : (console.error('usage: node machine.mjs vectors|time MODULE.wasm VECTORS.json'), false);
process.exitCode = done ? 0 : 1;
