// A forward proxy of our own: CONNECT and absolute-form requests, Basic credentials, and ways to be in trouble.
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { once } from 'node:events';
import { atEnd } from './cleanup.js';
import { freePort } from './ports.js';

/**
 * `routes` maps "host:port" of a target to the local port that plays it. `trouble`, when set, answers instead: a status with
 * header lines ("407 Who", "503 No\r\nx-envoy-response-flags: UT"), 'hang' or 'close'.
 */
export class ForwardProxy {
  /** @param settings  of https.createServer; without them it is spoken to in the clear */
  static async start(test, settings) {
    const it = new ForwardProxy();
    it.settings = settings;
    it.port = await freePort();
    await it.listen();
    atEnd(test, () => it.stop());
    return it;
  }

  asked = []; // "CONNECT a.example:443", "POST http://a.example/x"
  routes = {};
  trouble = undefined;
  credentials = 'user:pass word';
  sockets = new Set();

  /** As DESTINATIONS_WEBHOOK_PROXY_URL has it. */
  get url() {
    const [user, password] = this.credentials.split(':').map(encodeURIComponent);
    return `${this.settings ? 'https' : 'http'}://${user}:${password}@127.0.0.1:${this.port}`;
  }

  async listen() {
    const forward = (request, response) => this.#forward(request, response);
    this.server = this.settings ? https.createServer(this.settings, forward) : http.createServer(forward);
    this.server.on('connect', (request, socket) => this.#tunnel(request, socket));
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.sockets.delete(socket));
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async stop() {
    if (!this.server) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
    this.server = undefined;
  }

  #isAllowed(request) {
    return request.headers['proxy-authorization'] === `Basic ${Buffer.from(this.credentials).toString('base64')}`;
  }

  /** @return whether the socket was dealt with */
  #troubles(request, socket) {
    const trouble = this.trouble ?? (this.#isAllowed(request) ? undefined : '407 Proxy Authentication Required');
    if (trouble === undefined) return false;
    if (trouble === 'close') socket.destroy();
    else if (trouble !== 'hang') socket.end(`HTTP/1.1 ${trouble}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    return true;
  }

  #tunnel(request, socket) {
    this.asked.push(`CONNECT ${request.url}`);
    if (this.#troubles(request, socket)) return;
    const port = this.routes[request.url];
    const target = net.connect(port ?? 1, '127.0.0.1');
    this.sockets.add(target);
    target.on('close', () => this.sockets.delete(target));
    target.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'));
    target.on('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket);
      socket.pipe(target);
    });
  }

  #forward(request, response) {
    this.asked.push(`${request.method} ${request.url}`);
    if (this.#troubles(request, request.socket)) return;
    const url = new URL(request.url);
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const target = http.request({ host: '127.0.0.1', port: this.routes[url.host] ?? 1, method: request.method,
      path: url.pathname + url.search, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    target.on('error', () => response.writeHead(502).end());
    request.pipe(target);
  }
}
