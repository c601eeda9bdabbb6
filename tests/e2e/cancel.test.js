// Stopping the retries of one event at one destination (portal.md §15a N11; design §2).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';

async function setUp(t, environment, answer) {
  const server = await Server.start(t, environment);
  const receiver = await Receiver.start(t, answer);
  const destination = await server.webhook('t1', receiver.url());
  const cancel = (event, id = destination.id, tenant = 't1', options = {}) =>
    server.call('POST', `/tenants/${tenant}/destinations/${id}/events/${event}/cancel`, options);
  const outcome = async (id) => (await server.expect(200, 'GET', `/events/${id}?include=outcome`)).outcomes[0];
  return { server, receiver, destination, cancel, outcome };
}

describe('a cancelled delivery', { concurrency: true }, () => {
  test('is not retried any more, also after a restart', async (t) => {
    const { server, receiver, cancel, outcome } = await setUp(t, { RETRY_SCHEDULE: '2' }, { status: 500 });
    const id = await server.publish('t1');
    await server.untilAttempts(id, 1);
    const answer = await cancel(id);
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json, { success: true });
    assert.equal((await outcome(id)).state, 'cancelled');
    await server.kill();
    await server.run();
    assert.equal((await outcome(id)).state, 'cancelled');
    // A later event has made its second attempt, this one has not.
    await server.untilAttempts(await server.publish('t1'), 2);
    assert.equal(receiver.of(id).length, 1);
    assert.equal((await cancel(id)).status, 200, 'nothing is open any more');
  });

  test('gets no follow-up when its attempt is in flight', async (t) => {
    const { server, receiver, cancel } = await setUp(t, { RETRY_SCHEDULE: '1' });
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    receiver.answer = async (_, number) => {
      if (number === 1) await held;
      return { status: 500 };
    };
    const id = await server.publish('t1');
    await receiver.nth(id, 1);
    assert.equal((await cancel(id)).status, 200);
    release();
    await server.untilAttempts(id, 1);
    await server.untilAttempts(await server.publish('t1'), 2);
    assert.equal(receiver.of(id).length, 1);
  });

  test('can be retried by hand', async (t) => {
    const { server, receiver, destination, cancel } = await setUp(t, { RETRY_SCHEDULE: '3600' }, { status: 500 });
    const id = await server.publish('t1');
    await server.untilAttempts(id, 1);
    assert.equal((await cancel(id)).status, 200);
    receiver.answer = { status: 200 };
    await server.expect(202, 'POST', '/retry', { event_id: id, destination_id: destination.id });
    const attempts = await server.untilAttempts(id, 2);
    assert.deepEqual(attempts.map((one) => [one.attempt_number, one.manual]), [[1, false], [2, true]]);
  });

  test('is looked for in its own tenant', async (t) => {
    const { server, destination, cancel } = await setUp(t);
    const id = await server.publish('t1');
    await server.call('PUT', '/tenants/t2');
    const { token } = await server.expect(200, 'GET', '/tenants/t2/token');
    assert.equal((await cancel('none')).json.message, 'event not found');
    assert.equal((await cancel(id, 'none')).json.message, 'destination not found');
    assert.equal((await cancel(id, destination.id, 't2')).status, 404);
    assert.equal((await cancel(id, destination.id, 't1', { token })).status, 403);
    const own = (await server.expect(200, 'GET', '/tenants/t1/token')).token;
    assert.equal((await cancel(id, destination.id, 't1', { token: own })).status, 200);
  });
});
