// A customer's endpoint at its worst: speaks bytes, not HTTP, and answers each request with the trick its path names.
// Requests to /echo/… are answered well: 200 with the event's id, so that an answer taken for another's is seen.
import net from 'node:net';
import tls from 'node:tls';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { atEnd } from './cleanup.js';
import { sleep } from './wait.js';

/** A response that is right. */
export function ok(body = 'fine', more = '') {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`;
}

const redirect = (status, location) => `HTTP/1.1 ${status} Elsewhere\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;
const mebibyte = Buffer.alloc(1 << 20, 'x');

/** Sends `part` again and again until the other side is gone. */
async function flood(socket, part, pauseMs = 0) {
  while (!socket.destroyed && socket.writable) {
    if (!socket.write(part)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {});
    if (pauseMs) await sleep(pauseMs);
  }
}

/** Sends it and then resets the connection, after it has left. */
async function thenReset(socket, bytes) {
  await new Promise((sent) => { socket.write(bytes, sent); });
  await sleep(300); // a reset overtakes what the other side has not read
  socket.resetAndDestroy();
}

/**
 * name: text to send, or what to do with the socket. `request` is {path, head, body, eventId, number}: number counts on
 * the connection.
 */
export const tricks = {
  // No answer.
  'reset': (socket) => socket.resetAndDestroy(),
  'finish': (socket) => socket.end(),
  'nothing': () => {},
  // Heads.
  'slow-head': (socket) => flood(socket, 'H', 300),
  'slow-fields': async (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    await flood(socket, 'X-A: b\r\n', 300);
  },
  'finish-in-head': (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le'),
  'reset-in-head': (socket) => thenReset(socket, 'HTTP/1.1 200 OK\r\nContent-Le'),
  'long-field': (socket) => socket.write(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(4 << 20)}\r\nContent-Length: 0\r\n\r\n`),
  'many-fields': (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'X-Many: x\r\n'.repeat(100_000)}Content-Length: 0\r\n\r\n`),
  'endless-head': (socket) => flood(socket, 'x'.repeat(1 << 16)),
  'no-status': 'HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n',
  'version-9': 'HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n',
  'not-http': '220 mail.example.com ESMTP\r\n\r\n',
  'status-099': 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n',
  'bare-lf': 'HTTP/1.1 200 OK\nContent-Length: 4\n\nfine',
  'nul-in-field': 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 4\r\n\r\nfine',
  'folded-field': 'HTTP/1.1 200 OK\r\nX-A: a\r\n  b\r\nContent-Length: 4\r\n\r\nfine',
  'blank-before-colon': 'HTTP/1.1 200 OK\r\nContent-Length : 4\r\n\r\nfine',
  'http-1.0': (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nfine'),
  'http-1.0-kept': 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\nfine',
  'http-1.0-chunked': 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n',
  // Interim responses.
  'continue': `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok()}`,
  'interim-flood': (socket) => flood(socket, 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)),
  'switch': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  // Lengths.
  'short-body': (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfine'),
  'long-body': 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine and more than that',
  'negative-length': 'HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\nfine',
  'length-2^63': 'HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\nfine',
  'length-10^30': `HTTP/1.1 200 OK\r\nContent-Length: 1${'0'.repeat(30)}\r\n\r\nfine`,
  'two-lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 40\r\n\r\nfine',
  'length-and-chunks': 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n',
  'chunks-and-length': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n4\r\nfine\r\n0\r\n\r\n',
  'unknown-coding': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n',
  'until-closed': (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nfine'),
  'no-content': 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nextra',
  // Bodies.
  'slow-body': async (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
    await flood(socket, 'x', 300);
  },
  'slow-error-body': async (socket) => {
    socket.write('HTTP/1.1 500 Oh\r\nContent-Length: 1000\r\n\r\n');
    await flood(socket, 'x', 300);
  },
  'reset-in-body': (socket) => thenReset(socket, 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfine'),
  'endless-body': async (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    await flood(socket, mebibyte);
  },
  'endless-chunks': async (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    await flood(socket, `10000\r\n${'x'.repeat(0x10000)}\r\n`);
  },
  'endless-chunk-head': async (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;');
    await flood(socket, 'x'.repeat(1 << 16));
  },
  'endless-trailer': async (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n');
    await flood(socket, 'X-A: b\r\n'.repeat(1000));
  },
  'chunk-2^64': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1FFFFFFFFFFFFFFFF\r\nfine',
  'bad-chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nfine\r\n0\r\n\r\n',
  'gzip-bomb': (socket) => {
    const bomb = gzipSync(Buffer.alloc(64 << 20));
    socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
    socket.write(bomb);
  },
  'not-gzip': 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nfine',
  // After a response.
  'two-answers': ok() + ok('not yours'),
  'answer-later': async (socket) => {
    socket.write(ok());
    await sleep(100); // the connection idles by now
    socket.write(ok('not yours'));
  },
  'garbage-later': async (socket) => {
    socket.write(ok());
    await sleep(100);
    socket.write('garbage');
  },
  'half-close': (socket) => socket.end(ok()), // the other half stays open
  'says-close': ok('fine', 'Connection: close\r\n'), // and does not
  'close-on-reuse': (socket, { number }) => (number === 1 ? socket.write(ok()) : socket.end()),
  'reset-on-reuse': (socket, { number }) => (number === 1 ? socket.write(ok()) : socket.resetAndDestroy()),
  'half-answer-on-reuse': (socket, { number }) => (number === 1 ? socket.write(ok()) : socket.end('HTTP/1.1 2')),
  // Redirects.
  ...Object.fromEntries([301, 302, 303].map((status) => [`redirect-${status}`, redirect(status, '/echo/')])),
  'redirect-307': redirect(307, '/echo/'),
  'redirect-308': redirect(308, '/echo/'),
  'redirect-loop': redirect(307, '/redirect-loop'),
  'redirect-file': redirect(307, 'file:///etc/passwd'),
  'redirect-gopher': redirect(308, 'gopher://127.0.0.1:6379/_FLUSHALL'),
  'redirect-metadata': redirect(307, 'http://169.254.169.254/latest/meta-data/'),
  'redirect-mapped-metadata': redirect(307, 'http://[::ffff:169.254.169.254]/'),
  'redirect-decimal': redirect(307, 'http://2852039166/'),
  'redirect-nowhere': 'HTTP/1.1 307 Elsewhere\r\nContent-Length: 0\r\n\r\n',
};

/** Takes requests off the bytes of one connection: only what we send ourselves, so a length is always there. */
class Requests {
  #bytes = Buffer.alloc(0);
  #count = 0;

  *add(bytes) {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      const end = this.#bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = this.#bytes.subarray(0, end).toString('latin1');
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
      if (this.#bytes.length < end + 4 + length) return;
      const body = this.#bytes.subarray(end + 4, end + 4 + length);
      this.#bytes = this.#bytes.subarray(end + 4 + length);
      const [method, path] = head.split(' ', 2);
      this.#count += 1;
      yield { method, path, head, body, eventId: /^x-outpost-event-id: (.*)$/im.exec(head)?.[1], number: this.#count };
    }
  }
}

/** Listens on a port of its own. `requests` has all of them in order, each with the number of its `connection`. */
export class HostileReceiver {
  /** @param settings  of tls.createServer; without them it speaks plain HTTP */
  static async start(test, settings) {
    const it = new HostileReceiver();
    const take = (socket) => it.#take(socket);
    it.server = settings ? tls.createServer(settings, take) : net.createServer({ allowHalfOpen: true }, take);
    it.server.on('tlsClientError', () => {});
    it.server.on('connection', (socket) => {
      it.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => it.sockets.delete(socket));
    });
    it.server.listen(0, '127.0.0.1');
    await once(it.server, 'listening');
    it.port = it.server.address().port;
    it.scheme = settings ? 'https' : 'http';
    atEnd(test, () => it.stop());
    return it;
  }

  requests = [];
  connections = 0;
  sockets = new Set();

  url(path, host = '127.0.0.1') {
    return `${this.scheme}://${host}:${this.port}/${path}`;
  }

  of(eventId) {
    return this.requests.filter((one) => one.eventId === eventId);
  }

  async stop() {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  #take(socket) {
    this.connections += 1;
    const connection = this.connections;
    const requests = new Requests();
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      for (const request of requests.add(bytes)) {
        this.requests.push({ ...request, connection });
        this.#answer(socket, request);
      }
    });
  }

  #answer(socket, request) {
    const name = request.path.slice(1);
    if (name.startsWith('echo/')) {
      socket.write(ok(request.eventId));
      return;
    }
    const trick = tricks[name];
    if (trick === undefined) throw new Error(`there is no trick ${name}`);
    if (typeof trick === 'string') socket.write(trick);
    else trick(socket, request);
  }
}
