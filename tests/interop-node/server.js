'use strict';
// The served journal as a process of its own, which can be stopped, killed and started again where it was.
const { spawn } = require('node:child_process');
const { createInterface } = require('node:readline');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const program = process.env.LOOM_INTEROP_SERVER
  ?? path.join(__dirname, '..', 'Loom.Interop.Server', 'bin', 'Release', 'net10.0', 'Loom.Interop.Server.dll');

class Server {
  static async start() {
    const server = new Server();
    server.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'loom-interop-'));
    await server.#launch(0, 0);
    return server;
  }

  async #launch(tls, clear) {
    const child = spawn('dotnet', [program, this.folder, String(tls), String(clear)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child = child;
    this.exited = new Promise(resolve => child.once('exit', resolve));
    const line = await new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('error', reject);
      child.once('exit', code => reject(new Error(`The server ended with ${code} before it listened.`)));
    });
    Object.assign(this, JSON.parse(line));
  }

  /** Ends it in good order: open calls are cut, the journal is closed. */
  async stop() {
    this.child.stdin.end();
    await this.exited;
  }

  /** Ends it in the middle of whatever it does. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Starts it again on the same ports over the same journal. */
  again() {
    return this.#launch(this.tls, this.clear);
  }

  async dispose() {
    await this.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

module.exports = { Server };
