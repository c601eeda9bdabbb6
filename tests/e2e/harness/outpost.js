// Starts, watches and ends the real binary; talks to it as a client would.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HTTPClient, Outpost as Sdk } from '@hookdeck/outpost-sdk';
import { atEnd } from './cleanup.js';
import { contractOf } from './contract.js';
import { freePort } from './ports.js';
import { slower, until } from './wait.js';

const binary = process.env.OUTPOST_BINARY;
if (!binary) throw new Error('OUTPOST_BINARY is not set; start the tests with tests/e2e/run');

// No server outlives the tests, also when the runner stops a file that takes too long.
const running = new Set();
process.once('SIGTERM', () => process.exit(1));
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

const commandLimitMs = 15_000 * slower;
const startLimitMs = 10_000 * slower;
const endLimitMs = 40_000 * slower; // more than SHUTDOWN_TIMEOUT_SECONDS of 30

export function temporaryDirectory(test) {
  const directory = mkdtempSync(path.join(tmpdir(), 'outpost-e2e-'));
  atEnd(test, () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

/** Runs a command of the binary to its end. @return {{code, stdout, stderr}} */
export async function runCommand(args, environment = {}, cwd = tmpdir()) {
  const child = spawn(binary, args, { cwd, env: { PATH: process.env.PATH, ...environment } });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (bytes) => { output[name] += bytes; });
  const timer = setTimeout(() => child.kill('SIGKILL'), commandLimitMs);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  return { code: code ?? signal, ...output };
}

/** One data directory and the process that serves it; the process may be killed and started again. */
export class Server {
  /** Starts and waits until /readyz is green. `environment` beats the defaults; undefined leaves a variable out. */
  static async start(test, environment = {}) {
    const directory = temporaryDirectory(test);
    const it = new Server(directory, await freePort(), environment);
    atEnd(test, () => it.kill());
    await it.run();
    return it;
  }

  constructor(directory, port, environment = {}) {
    this.directory = directory;
    this.port = port;
    this.environment = {
      PATH: process.env.PATH,
      DATA_DIR: path.join(directory, 'data'),
      API_PORT: String(port),
      API_HOST: '127.0.0.1',
      API_KEY: 'e2e-key',
      RETRY_JITTER: 'false',
      ...environment,
    };
    this.key = this.environment.API_KEY;
    this.origin = `http://127.0.0.1:${port}`;
    this.log = '';
  }

  get dataDirectory() {
    return this.environment.DATA_DIR;
  }

  get pid() {
    return this.child.pid;
  }

  /** The official client, with the key or another token. What it is answered is held to the OpenAPI document. */
  sdk(token = this.key) {
    const fetcher = async (input, init) => {
      const request = new Request(input, init);
      const response = await fetch(request);
      await this.#check(request.method, request.url, response, await response.clone().text());
      return response;
    };
    return new Sdk({ serverURL: `${this.origin}/api/v1`, apiKey: token, httpClient: new HTTPClient({ fetcher }) });
  }

  /** Starts the process. @return {Promise<number>} Unix ms at which it said that it is ready */
  async run() {
    this.spawn();
    const readyAt = await until('the server to be ready', async () => {
      if (this.ended) throw new Error(`it ended with ${this.ended.code ?? this.ended.signal}:\n${this.log}`);
      const answer = await fetch(`${this.origin}/readyz`);
      await answer.arrayBuffer();
      return answer.status === 200 && Date.now();
    }, startLimitMs);
    await contractOf(this.origin); // now, for a test may kill the server before its first call ends
    return readyAt;
  }

  spawn() {
    this.ended = undefined;
    this.child = spawn(binary, ['serve'], { cwd: this.directory, env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (bytes) => { this.log += bytes; });
    const child = this.child;
    running.add(child);
    this.finished = once(child, 'close').then(([code, signal]) => {
      running.delete(child);
      if (this.child === child) this.ended = { code, signal };
      return { code, signal };
    });
  }

  /** kill -9, at once. */
  async kill() {
    if (!this.child || this.ended) return;
    this.child.kill('SIGKILL');
    await this.finished;
  }

  /** Asks it to end. @return {Promise<{code, signal}>} */
  async stop(signal = 'SIGINT') {
    this.child.kill(signal);
    return this.end();
  }

  async end() {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), endLimitMs);
    const ended = await this.finished;
    clearTimeout(timer);
    return ended;
  }

  /**
   * One request under /api/v1, or at the root for paths that begin with '//'. `body` is sent as it is when it is a string.
   * Throws when the answer is not what the OpenAPI document says.
   */
  async call(method, route, { body, token = this.key, headers = {} } = {}) {
    const url = route.startsWith('//') ? this.origin + route.slice(1) : `${this.origin}/api/v1${route}`;
    if (token) headers = { authorization: `Bearer ${token}`, ...headers };
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(url, { method, headers, body: text, redirect: 'manual' });
    const answer = await response.text();
    await this.#check(method, url, response, answer);
    return { status: response.status, headers: response.headers, text: answer, get json() { return JSON.parse(answer); } };
  }

  async #check(method, url, response, text) {
    (await contractOf(this.origin)).check(method, url, { status: response.status, headers: response.headers, text });
  }

  /** The same, when only one status is right. @return the parsed body */
  async expect(status, method, route, body) {
    const answer = await this.call(method, route, { body });
    if (answer.status !== status) throw new Error(`${method} ${route}: ${answer.status} instead of ${status}: ${answer.text}`);
    return answer.text === '' ? undefined : answer.json;
  }

  /** A tenant with one webhook destination. @return the destination */
  async webhook(tenant, url, more = {}) {
    await this.call('PUT', `/tenants/${tenant}`);
    return this.expect(201, 'POST', `/tenants/${tenant}/destinations`,
      { type: 'webhook', topics: ['*'], config: { url }, ...more });
  }

  /** @return the id of the accepted event */
  async publish(tenant, more = {}) {
    const body = { tenant_id: tenant, topic: 'user.created', data: { hello: 'world' }, ...more };
    return (await this.expect(202, 'POST', '/publish', body)).id;
  }

  /** All attempts of one event, oldest first. */
  async attempts(eventId, query = '') {
    return (await this.expect(200, 'GET', `/attempts?event_id=${encodeURIComponent(eventId)}&dir=asc${query}`)).models;
  }

  /** Waits until an event has that many settled attempts. */
  untilAttempts(eventId, count, limitMs) {
    return until(`${count} attempts of ${eventId}`, async () => {
      const found = await this.attempts(eventId, '&include=response_data');
      return found.length >= count && found;
    }, limitMs);
  }
}
