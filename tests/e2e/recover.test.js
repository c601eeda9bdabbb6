// Recovery and bulk retry as tasks in the background (portal.md §15a N4, P9; decision B10).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { until } from './harness/wait.js';

const since = '2020-01-01';

/** A destination that fails, and so many events that failed at it for good; then it is well. */
async function setUp(t, events) {
  const server = await Server.start(t);
  const receiver = await Receiver.start(t, { status: 500 });
  const destination = await server.webhook('t1', receiver.url());
  const ids = [];
  for (let i = 0; i < events; ++i) ids.push(await server.publish('t1', { eligible_for_retry: false }));
  for (const id of ids) await server.untilAttempts(id, 1);
  receiver.answer = { status: 200 };
  const recover = (body) =>
    server.expect(202, 'POST', `/tenants/t1/destinations/${destination.id}/recover`, { since, ...body });
  const task = (id) => server.expect(200, 'GET', `/tasks/${id}`);
  const untilTask = (what, id, holds) =>
    until(`the task ${what}`, async () => {
      const found = await task(id);
      return holds(found) && found;
    });
  const again = () => ids.filter((id) => receiver.of(id).length === 2).length;
  const tooOften = () => ids.filter((id) => receiver.of(id).length > 2);
  return { server, receiver, destination, ids, recover, task, untilTask, again, tooOften };
}

describe('recovery', { concurrency: true }, () => {
  test('delivers everything that failed exactly once more, and shows how far it is', async (t) => {
    const { server, destination, ids, recover, untilTask, again, tooOften } = await setUp(t, 30);
    const route = `/tenants/t1/destinations/${destination.id}/recover`;
    const estimate = await server.expect(200, 'POST', route, { since, dry_run: true });
    assert.deepEqual(estimate, { estimate: 30, estimate_exact: true, already_delivered: 0 });
    const started = await recover({ pace_per_second: 10 });
    assert.equal(started.state, 'queued');
    const half = await untilTask('is on its way', started.id, (one) => one.done > 0);
    assert.equal(half.state, 'running');
    assert.equal(half.total, 30);
    assert.ok(half.done < 30, `${half.done} done`);
    const ended = await untilTask('ends', started.id, (one) => one.state === 'completed');
    assert.deepEqual([ended.total, ended.done, ended.failed, ended.skipped], [30, 30, 0, 0]);
    await until('everything to arrive', () => again() === 30);
    assert.deepEqual(tooOften(), []);
    const attempts = await server.untilAttempts(ids[0], 2);
    assert.deepEqual(attempts.map((one) => [one.attempt_number, one.manual]), [[1, false], [2, true]]);
    assert.equal((await server.expect(200, 'POST', route, { since, dry_run: true })).estimate, 0);
  });

  test('stops where it is cancelled', async (t) => {
    const { server, ids, recover, task, untilTask, again, tooOften } = await setUp(t, 20);
    const { id } = await recover({ pace_per_second: 5 });
    await untilTask('is on its way', id, (one) => one.done > 0);
    const cancelled = await server.expect(200, 'POST', `/tasks/${id}/cancel`);
    assert.equal(cancelled.state, 'cancelled');
    // A later task takes up the rest, and only that; so the first one has stopped.
    const rest = await recover({ pace_per_second: 1000 });
    const ended = await untilTask('ends', rest.id, (one) => one.state === 'completed');
    assert.ok(ended.done > 0 && ended.done < ids.length, `${ended.done} were left`);
    await until('everything to arrive', () => again() === ids.length);
    assert.deepEqual(tooOften(), []);
    assert.equal((await task(id)).state, 'cancelled');
  });

  test('goes on after a kill', async (t) => {
    const { server, ids, recover, untilTask, again, tooOften } = await setUp(t, 30);
    const { id } = await recover({ pace_per_second: 10 });
    await untilTask('is on its way', id, (one) => one.done > 0);
    await server.kill();
    assert.ok(again() < ids.length, 'killed in the middle');
    await server.run();
    await untilTask('ends', id, (one) => one.state === 'completed');
    await until('everything to arrive', () => again() + tooOften().length === ids.length);
    // What was in flight when it was killed may have arrived without a record of it: at least once.
    for (const event of ids) assert.equal((await server.untilAttempts(event, 2)).length, 2);
    assert.ok(tooOften().length <= 4, `${tooOften().length} arrived twice`);
  });

  test('ends with a reason when the destination is disabled', async (t) => {
    const { server, destination, recover, untilTask } = await setUp(t, 10);
    const { id } = await recover({ pace_per_second: 2 });
    await untilTask('is on its way', id, (one) => one.state === 'running' && one.total === 10);
    await server.expect(200, 'PUT', `/tenants/t1/destinations/${destination.id}/disable`);
    const ended = await untilTask('ends', id, (one) => one.state === 'failed');
    assert.equal(ended.error, 'the destination is disabled');
  });

  test('brings what a new destination missed', async (t) => {
    const { server, receiver, ids, untilTask } = await setUp(t, 3);
    const late = await server.webhook('t1', receiver.url('/late'));
    const { id } = await server.expect(202, 'POST', `/tenants/t1/destinations/${late.id}/recover`,
      { since, mode: 'missing' });
    assert.equal((await untilTask('ends', id, (one) => one.state === 'completed')).done, 3);
    const arrived = () => receiver.received.filter((one) => one.path === '/late').map((one) => one.eventId);
    await until('everything to arrive', () => arrived().length === 3);
    assert.deepEqual(arrived().sort(), [...ids].sort());
  });
});

describe('bulk retry', { concurrency: true }, () => {
  test('delivers a list again, in the tenant of the token', async (t) => {
    const { server, receiver, destination, ids, untilTask } = await setUp(t, 3);
    const { token } = await server.expect(200, 'GET', '/tenants/t1/token');
    const deliveries = ids.slice(0, 2).map((id) => ({ event_id: id, destination_id: destination.id }));
    const answer = await server.call('POST', '/retry/bulk', { token, body: { deliveries } });
    assert.equal(answer.status, 202);
    assert.equal((await untilTask('ends', answer.json.id, (one) => one.state === 'completed')).done, 2);
    for (const id of ids.slice(0, 2)) await receiver.nth(id, 2);
    assert.equal(receiver.of(ids[2]).length, 1);
    const list = await server.call('GET', '/tasks', { token });
    assert.deepEqual(list.json.models.map((one) => one.id), [answer.json.id]);
  });

  test('delivers again what a filter says', async (t) => {
    const { server, destination, untilTask, again } = await setUp(t, 3);
    const filter = { since, codes: ['500'], destination_id: destination.id };
    const nothing = { tenant_id: 't1', filter: { ...filter, codes: ['404'] }, dry_run: true };
    assert.equal((await server.expect(200, 'POST', '/retry/bulk', nothing)).estimate, 0);
    const { id } = await server.expect(202, 'POST', '/retry/bulk', { tenant_id: 't1', filter });
    assert.equal((await untilTask('ends', id, (one) => one.state === 'completed')).done, 3);
    await until('everything to arrive', () => again() === 3);
  });

  test('refuses what it does not understand', async (t) => {
    const server = await Server.start(t);
    await server.call('PUT', '/tenants/t1');
    const refused = async (body) => {
      const answer = await server.call('POST', '/retry/bulk', { body });
      assert.equal(answer.status, 422);
      return answer.json.data;
    };
    assert.deepEqual(await refused({}), ['tenant_id is required']);
    assert.deepEqual(await refused({ tenant_id: 't1' }), ['deliveries is required']);
    assert.deepEqual(await refused({ tenant_id: 't1', filter: {} }), ['filter.since is required']);
  });
});
