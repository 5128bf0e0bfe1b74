// Runs modules on Node's V8. Usage: node engine.js FILE, a JSON array of {wasm: base64, calls: [names] or null}.
// Prints one JSON line per module: "valid" or "invalid" where calls is null, else what came of each call.
'use strict';
const jobs = JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'));

const value = v => (typeof v === 'bigint' ? BigInt.asUintN(64, v) : v >>> 0).toString();

function call(f) {
  try {
    const result = f();
    return (result === undefined ? [] : Array.isArray(result) ? result : [result]).map(value).join(' ');
  } catch (e) {
    return 'trap: ' + e.message;
  }
}

// The same functions as in FuzzHost.cs.
const env = {
  mix: (a, b) => BigInt.asIntN(64, b * 31n + BigInt(a >>> 0)),
  sign: (a, b, c) => (a > b ? 1 : 0) ^ c,
  several: () => [-2, -2.5, -0x7fffffffffffffffn, 1.5],
  nothing: () => {},
};

for (const job of jobs) {
  const bytes = Buffer.from(job.wasm, 'base64');
  if (job.calls === null) {
    console.log(JSON.stringify([WebAssembly.validate(bytes) ? 'valid' : 'invalid']));
    continue;
  }
  try {
    const exports = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env }).exports;
    console.log(JSON.stringify(job.calls.map(name => call(exports[name]))));
  } catch (e) {
    console.log(JSON.stringify(['refused: ' + e.message]));
  }
}
