// Many clients at once: idle, busy and slow ones (decision A4, hard-cases T-70, T-76), and more of them than are let in.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { once } from 'node:events';
import { atEnd } from './harness/cleanup.js';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { slower, until } from './harness/wait.js';

const idleClients = 1000;
const busyClients = 200;
const slowClients = 20;
const requestsOfEach = 10;
const rssMaxMiB = 200 * slower; // a sanitizer multiplies it

/** The most memory that the process has had. */
function peakMiB(pid) {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

/** A socket that speaks when it is told to; `received` is what came back. */
async function connect(t, port) {
  const socket = net.connect({ port, host: '127.0.0.1' });
  socket.received = '';
  socket.on('data', (bytes) => { socket.received += bytes.toString('latin1'); });
  socket.on('error', () => {}); // the end is seen by 'close'
  socket.on('close', () => { socket.gone = true; });
  atEnd(t, () => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

const connectAll = (t, count, port) => Promise.all(Array.from({ length: count }, () => connect(t, port)));

/** One keep-alive connection that publishes, waiting for each answer. @return the statuses */
async function publishOnOneConnection(server, tenant, count) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const statuses = [];
  for (let i = 0; i < count; i += 1) {
    const body = JSON.stringify({ tenant_id: tenant, topic: 'user.created', data: { i } });
    const request = http.request({
      agent, port: server.port, host: '127.0.0.1', method: 'POST', path: '/api/v1/publish',
      headers: { authorization: `Bearer ${server.key}`, 'content-length': Buffer.byteLength(body) },
    });
    request.end(body);
    const [response] = await once(request, 'response');
    response.resume();
    await once(response, 'end');
    statuses.push(response.statusCode);
  }
  agent.destroy();
  return statuses;
}

test('idle and slow clients disturb nobody and cost little', async (t) => {
  const receiver = await Receiver.start(t);
  const server = await Server.start(t);
  await server.webhook('acme', receiver.url());
  const idle = await connectAll(t, idleClients, server.port);
  const slow = await connectAll(t, slowClients, server.port);
  slow.forEach((socket, i) => socket.write(i % 2
    ? 'POST /api/v1/publish HTTP/1.1\r\nHost: h\r\nContent-Length: 4000000\r\n\r\n{'
    : 'GET /api/v1/topics HTTP/1.1\r\nHost: h\r\nX-Slow: '));
  const trickle = setInterval(() => slow.forEach((socket) => socket.write('x')), 100);
  atEnd(t, () => clearInterval(trickle));

  const all = await Promise.all(Array.from({ length: busyClients }, () => publishOnOneConnection(server, 'acme', requestsOfEach)));
  assert.deepEqual([...new Set(all.flat())], [202]);
  assert.equal(all.flat().length, busyClients * requestsOfEach);
  const rss = peakMiB(server.pid);
  t.diagnostic(`peak RSS with ${idleClients + slowClients + busyClients} clients: ${rss.toFixed(0)} MiB`);
  assert.ok(rss < rssMaxMiB, `${rss} MiB`);

  idle.forEach((socket) => socket.write('GET /livez HTTP/1.1\r\nHost: h\r\n\r\n'));
  await until('an answer to each idle client', () => idle.every((socket) => socket.received.startsWith('HTTP/1.1 200')));
  await until('every event at the receiver', () => receiver.received.length === busyClients * requestsOfEach, 60_000 * slower);
});

test('one client too many is told so, and those that are in go on', async (t) => {
  const server = await Server.start(t, { API_MAX_CONNECTIONS: '20' });
  const inside = [];
  await until('a full house', async () => {
    const next = await connect(t, server.port);
    next.write('GET /livez HTTP/1.1\r\nHost: h\r\n\r\n');
    await until('an answer', () => next.received.includes('\r\n\r\n'));
    if (next.received.startsWith('HTTP/1.1 200')) {
      inside.push(next);
      return false;
    }
    assert.match(next.received, /^HTTP\/1\.1 503 /);
    assert.match(next.received, /X-Request-Id: \S+\r\n/);
    assert.match(next.received, /\r\n\r\n\{"status":503,"message":"too many connections"\}/);
    return true;
  });
  assert.ok(inside.length <= 20 && inside.length >= 15, `${inside.length} are in`); // the harness's own connection may be one
  for (const socket of inside) {
    socket.received = '';
    socket.write('GET /livez HTTP/1.1\r\nHost: h\r\n\r\n');
  }
  await until('an answer to each that is in', () => inside.every((socket) => socket.received.startsWith('HTTP/1.1 200')));
  inside[0].destroy();
  await until('the free place to be given again', async () => {
    const next = await connect(t, server.port);
    next.write('GET /livez HTTP/1.1\r\nHost: h\r\n\r\n');
    await until('an answer', () => next.received.includes('\r\n\r\n'));
    return next.received.startsWith('HTTP/1.1 200');
  });
});
