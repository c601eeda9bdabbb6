// What the owner of a webhook may ask for beside its URL: a timeout, a rate, a number at once (hard-cases T-44).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { slower, until } from './harness/wait.js';

const limitMs = 60_000 * slower;

async function world(t, answer) {
  const server = await Server.start(t, { RETRY_SCHEDULE: '3600', DELIVERY_TIMEOUT_SECONDS: '30' });
  const receiver = await Receiver.start(t, answer);
  return { server, receiver };
}

const batch = (server, count, first = 0) => server.expect(202, 'POST', '/publish/batch', {
  events: Array.from({ length: count }, (_, n) => ({ tenant_id: 't1', id: `evt_${first + n}`, topic: 'orders', data: { n } })),
});

describe('limits of a destination', { concurrency: true }, () => {
  test('are offered, and refused out of their bounds', async (t) => {
    const { server, receiver } = await world(t);
    const type = await server.expect(200, 'GET', '/destination-types/webhook');
    // As texts: the SDKs know no fields of another kind for numbers.
    assert.deepEqual(type.config_fields.slice(2).map((field) => [field.key, field.type, field.required]), [
      ['timeout_seconds', 'text', false], ['rate_limit_per_second', 'text', false], ['max_concurrency', 'text', false]]);
    await server.call('PUT', '/tenants/t1');
    const create = (config) => server.call('POST', '/tenants/t1/destinations',
      { body: { type: 'webhook', topics: ['*'], config: { url: receiver.url(), ...config } } });
    const refused = await create({ timeout_seconds: '301', rate_limit_per_second: 'fast', max_concurrency: '0' });
    assert.equal(refused.status, 422);
    assert.deepEqual(refused.json.data, [
      'config.timeout_seconds must be a whole number from 1 to 300',
      'config.rate_limit_per_second must be a whole number from 1 to 10000',
      'config.max_concurrency must be a whole number from 1 to 256']);
    const created = await create({ timeout_seconds: 30, rate_limit_per_second: 5, max_concurrency: '' });
    assert.equal(created.status, 201);
    assert.equal(created.json.config.timeout_seconds, '30');
  });

  test('timeout_seconds ends an attempt', async (t) => {
    const { server, receiver } = await world(t, 'hang');
    await server.webhook('t1', receiver.url(), { config: { url: receiver.url(), timeout_seconds: '1' } });
    const [attempt] = await server.untilAttempts(await server.publish('t1'), 1);
    assert.equal(attempt.code, 'timeout');
  });

  test('rate_limit_per_second delays and drops nothing, also over a restart', async (t) => {
    const { server, receiver } = await world(t);
    await server.webhook('t1', receiver.url(), { config: { url: receiver.url(), rate_limit_per_second: '20' } });
    await batch(server, 100);
    await until('the first ones', () => receiver.received.length >= 30, limitMs);
    await server.stop();
    await server.run();
    await until('all of them', () => new Set(receiver.received.map((one) => one.eventId)).size === 100, limitMs);
    // How many arrive in each second is for the unit test of the bucket: here, a busy machine would bunch them.
    const [first, last] = [receiver.received[0].at, receiver.received.at(-1).at];
    assert.ok(last - first >= 4500, 'a hundred at twenty a second take five seconds');
  });

  test('one that is limited does not slow another down', async (t) => {
    const { server, receiver } = await world(t);
    const other = await Receiver.start(t);
    await server.webhook('t1', receiver.url(), { config: { url: receiver.url(), rate_limit_per_second: '1' } });
    await server.webhook('t1', other.url());
    await batch(server, 200);
    await until('all at the other', () => other.received.length === 200, limitMs);
    assert.ok(receiver.received.length < 100);
  });

  test('max_concurrency holds from the first delivery on', async (t) => {
    let running = 0;
    let most = 0;
    const { server, receiver } = await world(t, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => { setTimeout(resolve, 20); });
      running -= 1;
      return { status: 200 };
    });
    await server.webhook('t1', receiver.url(), { config: { url: receiver.url(), max_concurrency: '2' } });
    await batch(server, 60);
    await until('all of them', () => receiver.received.length === 60, limitMs);
    assert.equal(most, 2);
  });
});
