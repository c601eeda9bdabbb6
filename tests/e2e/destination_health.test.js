// How destinations are doing (portal.md §15a N1).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { until } from './harness/wait.js';

async function setUp(t, environment, answer) {
  const server = await Server.start(t, environment);
  const receiver = await Receiver.start(t, answer);
  const destination = await server.webhook('t1', receiver.url());
  const health = () => server.expect(200, 'GET', `/tenants/t1/destinations/${destination.id}/health`);
  return { server, receiver, destination, health };
}

describe('the health of a destination', { concurrency: true }, () => {
  test('follows its attempts and what waits, over a restart', async (t) => {
    const { server, receiver, destination, health } = await setUp(t, { RETRY_SCHEDULE: '3600' }, { status: 503 });
    assert.deepEqual(await health(), {
      destination_id: destination.id,
      state: 'new',
      consecutive_failures: 0,
      consecutive_failures_limit: 100,
      last_success_at: null,
      last_failure_at: null,
      last_failure_code: null,
      pending_retries: 0,
      oldest_pending_at: null,
      next_retry_at: null,
      waiting_since: null,
    });
    const id = await server.publish('t1');
    const [attempt] = await server.untilAttempts(id, 1);
    const waiting = await until('the retry to be counted', async () => {
      const found = await health();
      return found.pending_retries === 1 && found;
    });
    assert.equal(waiting.state, 'degraded');
    assert.equal(waiting.consecutive_failures, 1);
    assert.equal(waiting.last_failure_code, '503');
    assert.equal(waiting.last_failure_at, attempt.time);
    assert.equal(Date.parse(waiting.next_retry_at) - Date.parse(attempt.time), 3_600_000);
    assert.ok(Date.parse(waiting.oldest_pending_at) <= Date.parse(attempt.time));
    await server.kill();
    await server.run();
    assert.deepEqual(await health(), waiting);
    receiver.answer = { status: 200 };
    await server.expect(202, 'POST', '/retry', { event_id: id, destination_id: destination.id });
    await server.untilAttempts(id, 2);
    const well = await until('nothing to wait any more', async () => {
      const found = await health();
      return found.pending_retries === 0 && found;
    });
    assert.equal(well.state, 'healthy');
    assert.equal(well.next_retry_at, null);
    assert.equal(well.last_failure_at, attempt.time);
  });

  test('is failing after five failures in a row, and disabled when it is disabled', async (t) => {
    const { server, destination, health } = await setUp(t, { MAX_RETRY_LIMIT: '0' }, { status: 500 });
    for (let i = 0; i < 5; ++i) await server.untilAttempts(await server.publish('t1'), 1);
    const failing = await until('the failures to be counted', async () => {
      const found = await health();
      return found.consecutive_failures === 5 && found;
    });
    assert.deepEqual([failing.state, failing.consecutive_failures, failing.pending_retries], ['failing', 5, 0]);
    await server.expect(200, 'PUT', `/tenants/t1/destinations/${destination.id}/disable`);
    assert.equal((await health()).state, 'disabled');
  });

  test('is listed for a tenant, and shown to it alone', async (t) => {
    const { server, receiver, destination } = await setUp(t);
    const second = await server.webhook('t1', receiver.url('/2'));
    await server.webhook('t2', receiver.url('/3'));
    const { token } = await server.expect(200, 'GET', '/tenants/t1/token');
    const listed = await server.call('GET', '/tenants/t1/destinations/health', { token });
    assert.deepEqual(listed.json.map((one) => one.destination_id), [destination.id, second.id]);
    const narrowed = await server.expect(200, 'GET', `/tenants/t1/destinations/health?destination_id=${second.id}`);
    assert.deepEqual(narrowed.map((one) => one.destination_id), [second.id]);
    assert.equal((await server.call('GET', '/tenants/t2/destinations/health', { token })).status, 403);
    const missing = await server.call('GET', '/tenants/t1/destinations/none/health');
    assert.deepEqual([missing.status, missing.json.message], [404, 'destination not found']);
  });
});
