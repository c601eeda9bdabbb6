// Endpoints that break every rule (destinations.md §1.10, §2.9; hard-cases T-30, T-34…T-39): each attempt gets the code of
// the contract, and afterwards the same origin gets its own answers for its own requests.
import assert from 'node:assert/strict';
import net from 'node:net';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { Certificates } from './harness/certificates.js';
import { atEnd } from './harness/cleanup.js';
import { HostileReceiver, tricks } from './harness/hostile_receiver.js';
import { Server } from './harness/outpost.js';
import { freePort } from './harness/ports.js';

const bodyBytesMax = 65536;
const tooLarge = `Response body exceeded ${bodyBytesMax} bytes and was not stored`;

const started = [];
const lifetime = { after: (undo) => started.push(undo) };
const certificates = new Certificates(lifetime);
const server = await Server.start(lifetime, {
  DELIVERY_TIMEOUT_SECONDS: '2',
  RETRY_SCHEDULE: '3600',
  DESTINATIONS_WEBHOOK_MAX_RESPONSE_BODY_BYTES: String(bodyBytesMax),
  SSL_CERT_FILE: certificates.authority,
});

let tenants = 0;
/** Sends one event to that URL. @return {{id, attempt}} */
async function deliver(url) {
  tenants += 1;
  const tenant = `t${tenants}`;
  await server.webhook(tenant, url);
  const id = await server.publish(tenant);
  const [attempt] = await server.untilAttempts(id, 1);
  return { id, attempt };
}

/** What came of it, as short as the table below: "200 body", "200 body (cut)", or a code. */
function shown({ status, code, response_data: response }) {
  assert.equal(status, /^2\d\d$/.test(code) ? 'success' : 'failed');
  if (!response) return code;
  assert.equal(typeof response.status, 'number');
  const body = response.body === tooLarge ? '(too large)' : response.body;
  return [code, body, response.truncated && '(cut)'].filter(Boolean).join(' ');
}

/** trick: [what is shown of the attempt, whether its connection may be used again]. */
const expected = {
  'reset': ['connection_reset', false],
  'finish': ['network_error', false],
  'nothing': ['timeout', false],
  'slow-head': ['timeout', false],
  'slow-fields': ['timeout', false],
  'finish-in-head': ['network_error', false],
  'reset-in-head': ['connection_reset', false],
  'long-field': ['network_error', false],
  'many-fields': ['network_error', false],
  'endless-head': ['network_error', false],
  'no-status': ['network_error', false],
  'version-9': ['network_error', false],
  'not-http': ['network_error', false],
  'status-099': ['network_error', false],
  'bare-lf': ['network_error', false],
  'nul-in-field': ['network_error', false],
  'folded-field': ['200 fine', true],
  'blank-before-colon': ['network_error', false],
  'http-1.0': ['200 fine', false],
  'http-1.0-kept': ['200 fine', true],
  'http-1.0-chunked': ['200 fine', false],
  'continue': ['200 fine', true],
  'interim-flood': ['network_error', false],
  'switch': ['101', false],
  'short-body': ['200 fine (cut)', false],
  'long-body': ['200 fine', false],
  'negative-length': ['network_error', false],
  'length-2^63': ['200 (too large)', false],
  'length-10^30': ['network_error', false],
  'two-lengths': ['network_error', false],
  'length-and-chunks': ['network_error', false],
  'chunks-and-length': ['network_error', false],
  'unknown-coding': ['network_error', false],
  'until-closed': ['200 fine', false],
  'no-content': ['204', false],
  'slow-body': [/^200 x+ \(cut\)$/, false],
  'slow-error-body': [/^500 x+ \(cut\)$/, false],
  'reset-in-body': ['200 fine (cut)', false],
  'endless-body': ['200 (too large)', false],
  'endless-chunks': ['200 (too large)', false],
  'endless-chunk-head': ['200 (cut)', false],
  'endless-trailer': ['200 fine (cut)', false],
  'chunk-2^64': ['200 (cut)', false],
  'bad-chunk': ['200 (cut)', false],
  'gzip-bomb': ['200 (too large)', false],
  'not-gzip': ['200 (cut)', false],
  'two-answers': ['200 fine', false],
  'answer-later': ['200 fine', false],
  'garbage-later': ['200 fine', false],
  'half-close': ['200 fine', false],
  'says-close': ['200 fine', false],
  'redirect-301': ['redirect_error', true],
  'redirect-302': ['redirect_error', true],
  'redirect-303': ['redirect_error', true],
  'redirect-307': [/^200 /, true],
  'redirect-308': [/^200 /, true],
  'redirect-loop': ['redirect_error', true],
  'redirect-file': ['redirect_error', true],
  'redirect-gopher': ['redirect_error', true],
  'redirect-metadata': ['blocked_address', true],
  'redirect-mapped-metadata': ['blocked_address', true],
  'redirect-decimal': ['redirect_error', true],
  'redirect-nowhere': ['redirect_error', true],
};
const onReuse = ['close-on-reuse', 'reset-on-reuse', 'half-answer-on-reuse'];

function assertShown(attempt, what) {
  const text = shown(attempt);
  if (what instanceof RegExp) assert.match(text, what);
  else assert.equal(text, what);
}

/** Requests to the same origin get their own answers. @return whether one went over the connection of `before` */
async function goesOn(receiver, before) {
  let reused = false;
  for (const path of ['echo/1', 'echo/2']) {
    const { id, attempt } = await deliver(receiver.url(path));
    assert.equal(shown(attempt), `200 ${id}`);
    assert.equal(receiver.of(id).length, 1);
    reused ||= receiver.of(id)[0].connection === before;
  }
  return reused;
}

// Eight at a time: each trick has a port of its own, and some wait for the deadline.
describe('a hostile receiver', { concurrency: 8 }, () => {
  after(async () => {
    for (const undo of started.reverse()) await undo();
  });

  test('has an expectation for each of its tricks', () => {
    assert.deepEqual(Object.keys(tricks).sort(), [...Object.keys(expected), ...onReuse].sort());
  });

  for (const [trick, [what, mayReuse]] of Object.entries(expected)) {
    test(`${trick}: ${what}, and the next requests get their own answers`, async (t) => {
      const receiver = await HostileReceiver.start(t);
      const { id, attempt } = await deliver(receiver.url(trick));
      assertShown(attempt, what instanceof RegExp || !what.includes('redirect_error') ? what : /^redirect_error/);
      if (trick.startsWith('redirect-3') && attempt.status === 'success') assert.equal(attempt.response_data.body, id);
      if (trick === 'redirect-loop') assert.equal(receiver.of(id).length, 6);
      else if (!trick.startsWith('redirect-30')) assert.equal(receiver.of(id).length, 1, 'it was sent once');
      if (trick.endsWith('-later')) await new Promise((resolve) => { setTimeout(resolve, 300); });
      const reused = await goesOn(receiver, receiver.of(id)[0].connection);
      if (!mayReuse) assert.equal(reused, false, 'no request goes over a connection that broke a rule');
    });
  }

  for (const trick of ['close-on-reuse', 'reset-on-reuse']) {
    test(`${trick}: the request is sent again over a fresh connection, in the same attempt`, async (t) => {
      const receiver = await HostileReceiver.start(t);
      assert.equal(shown((await deliver(receiver.url(trick))).attempt), '200 fine');
      const { id, attempt } = await deliver(receiver.url(trick));
      assert.equal(shown(attempt), '200 fine');
      assert.equal(receiver.of(id).at(-1).number, 1);
      assert.ok(receiver.of(id).length <= 2);
    });
  }

  test('half-answer-on-reuse: once a byte of an answer came, nothing is sent again', async (t) => {
    const receiver = await HostileReceiver.start(t);
    await deliver(receiver.url('half-answer-on-reuse'));
    const { id, attempt } = await deliver(receiver.url('half-answer-on-reuse'));
    assert.ok(['network_error', '200'].includes(attempt.code));
    assert.equal(receiver.of(id).length, 1);
  });

  test('a port where nobody listens: connection_refused', async () => {
    const { attempt } = await deliver(`http://127.0.0.1:${await freePort()}/`);
    assert.equal(shown(attempt), 'connection_refused');
  });

  test('a name that does not exist: dns_error, or what the resolver of this machine says', async () => {
    const { attempt } = await deliver('http://does-not-exist.invalid/');
    assert.ok(['dns_error', 'network_error', 'timeout'].includes(shown(attempt)), shown(attempt));
  });

  test('a connection that is reset as soon as it is there: connection_reset', async (t) => {
    const listener = net.createServer((socket) => socket.resetAndDestroy()).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    atEnd(t, () => listener.close());
    const { attempt } = await deliver(`http://127.0.0.1:${listener.address().port}/`);
    assert.equal(shown(attempt), 'connection_reset');
  });

  test('TLS with a good certificate works, and tricks inside it are the same', async (t) => {
    const receiver = await HostileReceiver.start(t, certificates.issue());
    for (const trick of ['two-answers', 'short-body', 'finish', 'slow-body']) {
      assertShown((await deliver(receiver.url(trick))).attempt, expected[trick][0]);
    }
    await goesOn(receiver, -1);
  });

  for (const [fault, settings] of Object.entries({
    'expired': () => certificates.expired(),
    'for another host': () => certificates.issue('DNS:other.example'),
    'self-signed': () => certificates.selfSigned(),
    'not valid yet': () => certificates.issue(undefined, '480101000000Z'),
    'TLS 1.0 only': () => ({ ...certificates.issue(), minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    'TLS 1.1 only': () => ({ ...certificates.issue(), minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    'h2 only': () => ({ ...certificates.issue(), ALPNProtocols: ['h2'] }),
  })) {
    test(`TLS, ${fault}: tls_error, and nothing of the event is sent`, async (t) => {
      const receiver = await HostileReceiver.start(t, settings());
      const { attempt } = await deliver(receiver.url('echo/'));
      assert.equal(shown(attempt), 'tls_error');
      assert.deepEqual(receiver.requests, []);
    });
  }

  test('TLS, a handshake that never ends: timeout', async (t) => {
    const listener = net.createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    atEnd(t, () => listener.close());
    const { attempt } = await deliver(`https://127.0.0.1:${listener.address().port}/`);
    assert.equal(shown(attempt), 'timeout');
  });

  test('TLS, where plain HTTP is spoken: network_error', async (t) => {
    const listener = net.createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    atEnd(t, () => listener.close());
    const { attempt } = await deliver(`https://127.0.0.1:${listener.address().port}/`);
    assert.equal(shown(attempt), 'network_error');
  });
});
