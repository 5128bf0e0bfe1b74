'use strict';
// One client against the served journal, all files or those named:
// LOOM_INTEROP_CLIENT=eventstoredb|kurrentdb node --test-reporter=./reporter.mjs main.js [--list] [FILE…]
const fs = require('node:fs');
const path = require('node:path');
const { after } = require('node:test');
const { suite, end } = require('./harness.js');

const folder = path.join(__dirname, 'suite');
const ending = '.test.js';
const named = process.argv.slice(2).filter(a => a !== '--list');
suite.isListed = process.argv.includes('--list');
for (const file of named.length > 0 ? named : fs.readdirSync(folder).filter(f => f.endsWith(ending)).map(f => f.slice(0, -ending.length)).sort()) {
  suite.file = file;
  require(path.join(folder, file + ending));
}

if (suite.isListed) console.log(suite.names.join('\n'));
// The native part of a client keeps its connections, and the process, alive.
else after(async () => { await end(); setImmediate(() => process.exit()); });
