// An emulator of AWS that checks signatures, set up and read by AWS's own client.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from './ports.js';
import { until } from './wait.js';

const folder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const run = promisify(execFile);
const skipped = 77; // as python_packages.py says it

export class Aws {
  /** Installs it if need be. @return {Promise<Aws | string>} or why there is none */
  static async start() {
    let programs;
    try {
      programs = (await run('python3', [path.join(folder, 'python_packages.py'), 'aws'])).stdout.trim();
    } catch (problem) {
      if (problem.code === 'ENOENT') return 'python3 is not installed';
      if (problem.code === skipped) return problem.stderr.trim();
      throw problem;
    }
    const it = new Aws(programs, await freePort());
    await it.#spawn();
    ({ key: it.key, secret: it.secret } = await it.client('make_user'));
    return it;
  }

  constructor(programs, port) {
    this.programs = programs;
    this.port = port;
    this.endpoint = `http://127.0.0.1:${port}`;
    this.key = 'none';
    this.secret = 'none';
  }

  get credentials() {
    return { key: this.key, secret: this.secret };
  }

  /** A command of aws_client.py. */
  async client(command, ...args) {
    const { stdout } = await run(path.join(this.programs, 'python'),
      [path.join(folder, 'aws_client.py'), this.endpoint, this.key, this.secret, command, ...args]);
    return JSON.parse(stdout);
  }

  async stop() {
    if (this.child.exitCode !== null) return;
    this.child.kill();
    await once(this.child, 'exit');
  }

  async #spawn() {
    this.child = spawn(path.join(this.programs, 'moto_server'), ['-H', '127.0.0.1', '-p', String(this.port)],
      { stdio: 'ignore', env: { ...process.env, INITIAL_NO_AUTH_ACTION_COUNT: '3' } });
    process.on('exit', () => this.child.kill('SIGKILL'));
    await until('the emulator', async () => (await fetch(`${this.endpoint}/moto-api/data.json`)).ok);
  }
}

/** A way to a port that can be blocked: connections are refused then, and those that were open are closed. */
export class Door {
  static async open(target) {
    const it = new Door(target, await freePort());
    await it.unblock();
    return it;
  }

  constructor(target, port) {
    this.target = target;
    this.port = port;
    this.sockets = new Set();
    this.url = `http://127.0.0.1:${port}`;
  }

  async block() {
    this.sockets.forEach((socket) => socket.destroy());
    this.server.close();
    await once(this.server, 'close');
  }

  async unblock() {
    this.server = net.createServer((near) => {
      const far = net.connect(this.target, '127.0.0.1');
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => [near, far].forEach((one) => one.destroy()));
      }
      near.pipe(far);
      far.pipe(near);
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }
}
