// Standard mode, judged by the official verification libraries (destinations.md §3; decisions B1, B19).
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { until } from './harness/wait.js';

const data = '{ "z":1.0, "big":12345678901234567890, "note":"a<b & ü \\u00e9", "a":[ ] }';

async function world(t, environment = {}) {
  const server = await Server.start(t, { DESTINATIONS_WEBHOOK_MODE: 'standard', RETRY_SCHEDULE: '1,3600', ...environment });
  const receiver = await Receiver.start(t);
  return { server, receiver };
}

/** Publishes once and takes what arrived. */
async function deliver({ server, receiver }, id, metadata = {}) {
  const seen = receiver.received.length;
  const body = `{"tenant_id":"t1","id":"${id}","topic":"orders","metadata":${JSON.stringify(metadata)},"data":${data}}`;
  await server.expect(202, 'POST', '/publish', body);
  await until(`event ${id}`, () => receiver.received.length > seen);
  return receiver.received[seen];
}

const signatureHeaders = ({ headers }) => Object.fromEntries(['webhook-id', 'webhook-timestamp', 'webhook-signature']
  .map((name) => [name, headers[name]]));

function verifies(secret, request) {
  try {
    new Webhook(secret).verify(request.text(), request.headers);
    return true;
  } catch {
    return false;
  }
}

/** The python with the official library, or why there is none. */
async function python() {
  try {
    const { stdout } = await promisify(execFile)('python3', ['python_packages.py', 'standard_webhooks']);
    return { program: path.join(stdout.trim(), 'python') };
  } catch (problem) {
    if (problem.code === 'ENOENT') return { reason: 'python3 is not installed' };
    if (problem.code === 77) return { reason: problem.stderr.trim() };
    throw problem;
  }
}

describe('standard mode', { concurrency: true }, () => {
  test('what is sent verifies with the npm library, and nothing else does', async (t) => {
    const it = await world(t);
    const { credentials: { secret } } = await it.server.webhook('t1', it.receiver.url());
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    const request = await deliver(it, 'evt_1');
    assert.equal(request.text(), data);
    assert.equal(request.headers['webhook-id'], 'evt_1');
    assert.match(request.headers['webhook-timestamp'], /^\d{10}$/);
    assert.ok(verifies(secret, request));
    assert.ok(!verifies(`whsec_${Buffer.alloc(32).toString('base64')}`, request));
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      const forged = { text: () => data, headers: { ...request.headers, [name]: `${request.headers[name]}0` } };
      assert.ok(!verifies(secret, forged), name);
    }
    assert.ok(!verifies(secret, { text: () => `${data} `, headers: request.headers }));
  });

  test('while a secret is rotated, both verify; afterwards only the new one', async (t) => {
    const it = await world(t);
    const { id, credentials: { secret: old } } = await it.server.webhook('t1', it.receiver.url());
    const patch = (credentials) => it.server.expect(200, 'PATCH', `/tenants/t1/destinations/${id}`, { credentials });
    const { credentials: { secret } } = await patch({ rotate_secret: true });
    assert.notEqual(secret, old);
    const both = await deliver(it, 'evt_both');
    assert.equal(both.headers['webhook-signature'].split(' ').length, 2);
    assert.ok(verifies(secret, both) && verifies(old, both));
    await patch({ previous_secret_invalid_at: '2020-01-01T00:00:00Z' });
    const one = await deliver(it, 'evt_one');
    assert.ok(verifies(secret, one) && !verifies(old, one));
  });

  test('a retry has the same id and a signature of its own time', async (t) => {
    const it = await world(t);
    it.receiver.answer = (_, n) => ({ status: it.receiver.received.length === 1 ? 500 : 200, n });
    const { credentials: { secret } } = await it.server.webhook('t1', it.receiver.url());
    await deliver(it, 'evt_again');
    await until('the retry', () => it.receiver.received.length === 2);
    const [first, second] = it.receiver.received;
    assert.equal(second.headers['webhook-id'], 'evt_again');
    assert.notEqual(second.headers['webhook-timestamp'], first.headers['webhook-timestamp']);
    assert.ok(verifies(secret, first) && verifies(secret, second));
  });

  test('no metadata takes the place of a signature header', async (t) => {
    const it = await world(t);
    const { credentials: { secret } } = await it.server.webhook('t1', it.receiver.url());
    const metadata = { id: 'x', signature: 'v1,x', timestamp: '1', 'webhook-id': 'x', 'webhook-signature': 'v1,x', 'content-type': 'text/plain' };
    const request = await deliver(it, 'evt_forged', metadata);
    assert.equal(request.headers['content-type'], 'application/json');
    assert.ok(verifies(secret, request));
  });

  test('what is sent verifies with the Python library, during a rotation too', async (t) => {
    const { program, reason } = await python();
    if (reason) return t.skip(reason);
    const it = await world(t);
    const { id, credentials: { secret: old } } = await it.server.webhook('t1', it.receiver.url());
    const { credentials: { secret } } = await it.server.expect(200, 'PATCH', `/tenants/t1/destinations/${id}`,
      { credentials: { rotate_secret: true } });
    const request = await deliver(it, 'evt_python');
    const other = `whsec_${Buffer.alloc(32).toString('base64')}`;
    const child = spawn(program, ['standard_webhooks.py'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(JSON.stringify({ secrets: [old, secret, other], headers: signatureHeaders(request), body: request.text() }));
    let answer = '';
    child.stdout.on('data', (bytes) => { answer += bytes; });
    assert.deepEqual(await once(child, 'close'), [0, null]);
    assert.deepEqual(JSON.parse(answer), [true, true, false]);
  });

  /** An addition of ours: v1a, verified by node's own Ed25519. */
  function verifiesByPublicKey(key, { headers, body }, signature) {
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(key.slice('whpk_'.length), 'base64')]);
    const signed = Buffer.concat([Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.`), body]);
    return verify(null, signed, createPublicKey({ key: der, format: 'der', type: 'spki' }), Buffer.from(signature, 'base64'));
  }

  test('with a private key, the signature is v1a, and its owner sees the public key alone', async (t) => {
    const it = await world(t);
    const key = `whsk_${randomBytes(32).toString('base64')}`;
    const destination = await it.server.webhook('t1', it.receiver.url(), { credentials: { secret: key } });
    const { secret, public_key: publicKey } = destination.credentials;
    assert.match(secret, /^whsk\*+$/);
    assert.match(publicKey, /^whpk_/);
    const request = await deliver(it, 'evt_v1a');
    const [version, signature] = request.headers['webhook-signature'].split(',');
    assert.equal(version, 'v1a');
    assert.ok(verifiesByPublicKey(publicKey, request, signature));
    const rotated = await it.server.expect(200, 'PATCH', `/tenants/t1/destinations/${destination.id}`,
      { credentials: { rotate_secret: true } });
    assert.equal(rotated.credentials.previous_public_key, publicKey);
    const both = (await deliver(it, 'evt_rotated')).headers['webhook-signature'].split(' ').map((one) => one.split(','));
    assert.deepEqual(both.map(([each]) => each), ['v1a', 'v1a']);
    const again = it.receiver.received.at(-1);
    assert.ok(verifiesByPublicKey(rotated.credentials.public_key, again, both[0][1]));
    assert.ok(verifiesByPublicKey(publicKey, again, both[1][1]));
    for (const refused of ['whsk_AAAA', `whsk_${randomBytes(64).toString('base64')}`, secret]) {
      const answer = await it.server.call('PATCH', `/tenants/t1/destinations/${destination.id}`, { body: { credentials: { secret: refused } } });
      assert.equal(answer.status, 422);
    }
  });
});
