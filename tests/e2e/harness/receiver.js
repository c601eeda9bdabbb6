// The customer's endpoint: keeps what it got, byte for byte, and answers as it is told.
import http from 'node:http';
import { once } from 'node:events';
import { createHmac } from 'node:crypto';
import { atEnd } from './cleanup.js';
import { freePort } from './ports.js';
import { sleep, until } from './wait.js';

/** One received request. `at` is when its head arrived, in Unix ms. */
class Received {
  constructor(request, body, at) {
    this.method = request.method;
    this.path = request.url;
    this.headers = request.headers;
    this.rawHeaders = request.rawHeaders;
    this.body = body;
    this.at = at;
    this.eventId = request.headers['x-outpost-event-id'];
  }

  text() {
    return this.body.toString('utf8');
  }

  /** Whether the signature header holds, at that place, the HMAC of this very body under the secret (destinations.md §2.8). */
  isSignedWith(secret, place = 0) {
    const expected = createHmac('sha256', secret).update(this.body).digest('hex');
    const value = this.headers['x-outpost-signature'] ?? '';
    return value.startsWith('v0=') && value.slice(3).split(',')[place] === expected;
  }
}

/**
 * Answers: {status, body, headers, afterMs}, or 'reset' (RST instead of an answer), 'hang' (no answer),
 * 'close' (FIN without an answer), 'garbage' (bytes that are not HTTP).
 */
export class Receiver {
  static async start(test, answer = { status: 200 }) {
    const it = new Receiver(await freePort());
    it.answer = answer;
    await it.listen();
    atEnd(test, () => it.stop());
    return it;
  }

  constructor(port) {
    this.port = port;
    this.received = [];
    this.answer = { status: 200 };
  }

  url(path = '/hook') {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async listen() {
    this.server = http.createServer((request, response) => this.#take(request, response));
    this.server.keepAliveTimeout = 0;
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** From now on connections are refused. */
  async stop() {
    if (!this.server) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
    this.server = undefined;
  }

  /** What arrived for one event. */
  of(eventId) {
    return this.received.filter((one) => one.eventId === eventId);
  }

  /** The n-th request for an event. */
  async nth(eventId, number, limitMs) {
    await until(`request ${number} for ${eventId} at ${this.url()}`, () => this.of(eventId).length >= number, limitMs);
    return this.of(eventId)[number - 1];
  }

  async #take(request, response) {
    const at = Date.now();
    const parts = [];
    try {
      for await (const part of request) parts.push(part);
    } catch {
      return; // the sender was killed while it sent
    }
    const one = new Received(request, Buffer.concat(parts), at);
    this.received.push(one);
    const answer = typeof this.answer === 'function' ? await this.answer(one, this.of(one.eventId).length) : this.answer;
    if (answer === 'hang') return;
    if (answer === 'reset') request.socket.resetAndDestroy();
    else if (answer === 'close') request.socket.end();
    else if (answer === 'garbage') request.socket.end('this is not HTTP\r\n\r\n');
    else {
      if (answer.afterMs) await sleep(answer.afterMs);
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body ?? '');
    }
  }
}
