// Every way in which an endpoint fails has its code, and is seen at once (api.md §11.4, destinations.md §2.9, T-30, T-36, T-37).
import assert from 'node:assert/strict';
import dns from 'node:dns/promises';
import { after, before, describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { freePort } from './harness/ports.js';
import { Receiver } from './harness/receiver.js';
import { until } from './harness/wait.js';

// A failed attempt is the end of each event. Slow machines must not turn another failure into a timeout.
const environment = { RETRY_SCHEDULE: '3600', DELIVERY_TIMEOUT_SECONDS: '15' };

async function firstAttempt(server, url) {
  const tenant = `t${Math.random().toString(36).slice(2)}`;
  await server.webhook(tenant, url);
  const [attempt] = await server.untilAttempts(await server.publish(tenant), 1);
  return attempt;
}

describe('an endpoint that', { concurrency: true }, () => {
  let server; // one for all
  const endings = [];
  before(async () => { server = await Server.start({ after: (undo) => endings.push(undo) }, environment); });
  after(async () => { for (const undo of endings) await undo(); });

  const answers = [
    ['answers 500', { status: 500, body: 'oh no' }, '500', { status: 500, body: 'oh no' }],
    ['answers 404', { status: 404 }, '404', { status: 404, body: '' }],
    ['answers 302, which is no success (B2)', { status: 302, headers: { location: '/elsewhere' } }, 'redirect_error'],
    ['resets the connection', 'reset', 'connection_reset', undefined],
    ['closes without an answer', 'close', 'network_error', undefined],
    ['answers something that is not HTTP', 'garbage', 'network_error', undefined],
  ];
  for (const [what, answer, code, response] of answers) {
    test(`${what} has a failed attempt with code ${code}`, async (t) => {
      const receiver = await Receiver.start(t, answer);
      const attempt = await firstAttempt(server, receiver.url());
      assert.equal(attempt.status, 'failed');
      assert.equal(attempt.code, code);
      assert.equal(attempt.attempt_number, 1);
      if (code !== 'redirect_error') assert.deepEqual(attempt.response_data, response);
    });
  }

  test('never answers has a failed attempt with code timeout after DELIVERY_TIMEOUT_SECONDS', async (t) => {
    const impatient = await Server.start(t, { ...environment, DELIVERY_TIMEOUT_SECONDS: '1' });
    const receiver = await Receiver.start(t, 'hang');
    const attempt = await firstAttempt(impatient, receiver.url());
    assert.equal(attempt.code, 'timeout');
    assert.equal(attempt.response_data, undefined);
  });

  test('is not there has a failed attempt with code connection_refused', async (t) => {
    const attempt = await firstAttempt(server, `http://127.0.0.1:${await freePort()}/`);
    assert.equal(attempt.code, 'connection_refused');
    assert.equal(attempt.response_data, undefined);
  });

  test('has a name that does not exist has a failed attempt with code dns_error', async (t) => {
    const name = 'no-such-name.invalid';
    const known = await dns.resolve4(name).catch((error) => error.code);
    if (known !== 'ENOTFOUND') return t.skip(`this machine's resolver answers ${known} instead of "no such name"`);
    assert.equal((await firstAttempt(server, `http://${name}/`)).code, 'dns_error');
  });

  test('speaks HTTP where TLS is expected has a failed attempt', async (t) => {
    const receiver = await Receiver.start(t);
    const attempt = await firstAttempt(server, receiver.url().replace('http:', 'https:'));
    assert.ok(['network_error', 'tls_error'].includes(attempt.code), attempt.code);
    assert.equal(receiver.received.length, 0);
  });

  test('answers 307 is followed, method and body kept (B2)', async (t) => {
    const receiver = await Receiver.start(t, (request) =>
      request.path === '/old' ? { status: 307, headers: { location: '/new' } } : { status: 200 });
    const attempt = await firstAttempt(server, receiver.url('/old'));
    assert.equal(attempt.status, 'success');
    assert.deepEqual(receiver.received.map((one) => `${one.method} ${one.path} ${one.text()}`),
      ['POST /old {"hello":"world"}', 'POST /new {"hello":"world"}']);
  });

  test('answers more than the limit has its body left out, and the attempt stands (B14)', async (t) => {
    const strict = await Server.start(t, { ...environment, DESTINATIONS_WEBHOOK_MAX_RESPONSE_BODY_BYTES: '100' });
    const receiver = await Receiver.start(t, { status: 200, body: 'x'.repeat(101) });
    const attempt = await firstAttempt(strict, receiver.url());
    assert.equal(attempt.status, 'success');
    assert.deepEqual(attempt.response_data, { status: 200, body: 'Response body exceeded 100 bytes and was not stored' });
  });

  test('is an address of the cloud\'s metadata service is refused when it is written (B20)', async (t) => {
    await server.call('PUT', '/tenants/t1');
    const answer = await server.call('POST', '/tenants/t1/destinations',
      { body: { type: 'webhook', topics: ['*'], config: { url: 'http://169.254.169.254/latest' } } });
    assert.equal(answer.status, 422, answer.text);
    assert.deepEqual(answer.json.data, ['config.url is forbidden']);
  });

  test('hangs does not keep others waiting', async (t) => {
    const patient = await Server.start(t, { ...environment, DELIVERY_TIMEOUT_SECONDS: '300' });
    const dead = await Receiver.start(t, 'hang');
    const alive = await Receiver.start(t);
    await patient.webhook('t1', dead.url(), { id: 'dead' });
    await patient.webhook('t1', alive.url(), { id: 'alive' });
    const ids = await Promise.all(Array.from({ length: 300 }, () => patient.publish('t1')));
    await until('all events at the endpoint that answers', () => new Set(alive.received.map((one) => one.eventId)).size === ids.length);
    assert.ok(dead.received.length > 0 && dead.received.length < ids.length, `${dead.received.length} sends hang`);
  });
});
