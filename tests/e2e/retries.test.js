// Automatic and manual retries (pipeline.md §8, §9; decisions B4, B5, B6, B8, B9, B10).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { lateMs, until } from './harness/wait.js';

async function setUp(t, environment, answer) {
  const server = await Server.start(t, environment);
  const receiver = await Receiver.start(t, answer);
  const destination = await server.webhook('t1', receiver.url());
  const retry = (id) => server.call('POST', '/retry', { body: { event_id: id, destination_id: destination.id } });
  return { server, receiver, destination, retry };
}

/** Each request after the first came when the attempt before it had ended and the delay had passed; never earlier. */
async function assertDelays(server, receiver, id, delays) {
  const attempts = await server.untilAttempts(id, delays.length + 1, 20_000 + 1000 * delays.reduce((a, b) => a + b, 0));
  delays.forEach((delay, index) => {
    const due = Date.parse(attempts[index].time) + delay * 1000;
    const late = receiver.of(id)[index + 1].at - due;
    assert.ok(late >= 0, `attempt ${index + 2} came ${-late} ms too early`);
    assert.ok(late <= lateMs, `attempt ${index + 2} came ${late} ms late`);
  });
  return attempts;
}

describe('a failed delivery', { concurrency: true }, () => {
  test('is retried after the delays of RETRY_SCHEDULE, and then no more', async (t) => {
    const { server, receiver } = await setUp(t, { RETRY_SCHEDULE: '1,2,1' }, { status: 500 });
    const id = await server.publish('t1');
    const attempts = await assertDelays(server, receiver, id, [1, 2, 1]);
    assert.deepEqual(attempts.map((one) => one.attempt_number), [1, 2, 3, 4]);
    assert.ok(attempts.every((one) => one.status === 'failed' && one.code === '500' && !one.manual));
    // The schedule is used up: a later event has made its fourth attempt, this one no fifth.
    await server.untilAttempts(await server.publish('t1'), 4);
    assert.equal(receiver.of(id).length, 4);
  });

  test('is retried after intervals that double, MAX_RETRY_LIMIT times', async (t) => {
    const { server, receiver } = await setUp(t, { RETRY_INTERVAL_SECONDS: '1', MAX_RETRY_LIMIT: '2' }, { status: 503 });
    const id = await server.publish('t1');
    await assertDelays(server, receiver, id, [1, 2]);
  });

  test('is delivered when the receiver comes back', async (t) => {
    const { server, receiver } = await setUp(t, { RETRY_SCHEDULE: '1,1,1,1,1,1' });
    await receiver.stop();
    const id = await server.publish('t1');
    const [first] = await server.untilAttempts(id, 1);
    assert.equal(first.code, 'connection_refused');
    await receiver.listen();
    await receiver.nth(id, 1);
    const attempts = await until('success', async () => {
      const found = await server.attempts(id);
      return found.at(-1).status === 'success' && found;
    });
    assert.deepEqual(attempts.map((one) => one.attempt_number), attempts.map((_, index) => index + 1));
  });

  test('waits for Retry-After when that is later than the schedule (B4)', async (t) => {
    const { server, receiver } = await setUp(t, { RETRY_SCHEDULE: '1' },
      (_, number) => number === 1 ? { status: 429, headers: { 'retry-after': '3' } } : { status: 200 });
    const id = await server.publish('t1');
    await assertDelays(server, receiver, id, [3]);
  });

  test('ends at 410, and when the event is not eligible for retry (B5)', async (t) => {
    const { server, receiver } = await setUp(t, { RETRY_SCHEDULE: '1' },
      (request) => ({ status: request.text().includes('gone') ? 410 : 500 }));
    const gone = await server.publish('t1', { data: { gone: true } });
    const once = await server.publish('t1', { eligible_for_retry: false });
    await server.untilAttempts(gone, 1);
    await server.untilAttempts(once, 1);
    await server.untilAttempts(await server.publish('t1'), 2); // its retry came after those of the others would have come
    assert.equal(receiver.of(gone).length, 1);
    assert.equal(receiver.of(once).length, 1);
  });

  test('goes to the new address once the destination is changed (B9)', async (t) => {
    const { server, receiver, destination } = await setUp(t, { RETRY_SCHEDULE: '2' },
      (request) => ({ status: request.path === '/new' ? 200 : 500 }));
    const id = await server.publish('t1');
    await server.untilAttempts(id, 1);
    await server.expect(200, 'PATCH', `/tenants/t1/destinations/${destination.id}`, { config: { url: receiver.url('/new') } });
    assert.equal((await receiver.nth(id, 2)).path, '/new');
  });

  test('is dropped with its destination, also when one of the same id is made anew (B10)', async (t) => {
    const { server, receiver } = await setUp(t, { RETRY_SCHEDULE: '1,1' }, { status: 500 });
    await server.webhook('t2', receiver.url('/old'), { id: 'same' });
    const dropped = await server.publish('t2');
    await server.untilAttempts(dropped, 1);
    await server.expect(200, 'DELETE', '/tenants/t2/destinations/same');
    await server.webhook('t2', receiver.url('/new'), { id: 'same' });
    await server.untilAttempts(await server.publish('t1'), 3); // two seconds of other retries
    assert.equal(receiver.of(dropped).length, 1);
  });

  test('is skipped while its destination is disabled (B10)', async (t) => {
    const { server, receiver, destination } = await setUp(t, { RETRY_SCHEDULE: '1' }, { status: 500 });
    const other = await server.webhook('t2', receiver.url());
    assert.notEqual(other.id, destination.id);
    const id = await server.publish('t1');
    await server.untilAttempts(id, 1);
    await server.expect(200, 'PUT', `/tenants/t1/destinations/${destination.id}/disable`);
    await server.untilAttempts(await server.publish('t2'), 2);
    await server.expect(200, 'PUT', `/tenants/t1/destinations/${destination.id}/enable`);
    await server.untilAttempts(await server.publish('t1'), 2);
    assert.equal(receiver.of(id).length, 1);
  });
});

describe('a manual retry', { concurrency: true }, () => {
  test('sends at once with the next number, and takes the place of the waiting retry', async (t) => {
    const { server, receiver, retry } = await setUp(t, { RETRY_SCHEDULE: '3600' }, { status: 500 });
    const id = await server.publish('t1');
    await server.untilAttempts(id, 1);
    receiver.answer = { status: 200 };
    const answer = await retry(id);
    assert.equal(answer.status, 202);
    assert.deepEqual(answer.json, { success: true });
    const attempts = await server.untilAttempts(id, 2);
    assert.deepEqual(attempts.map((one) => [one.attempt_number, one.manual, one.status]),
      [[1, false, 'failed'], [2, true, 'success']]);
  });

  test('of a delivered event sends it again, through the SDK', async (t) => {
    const { server, receiver, destination } = await setUp(t);
    const id = await server.publish('t1');
    await server.untilAttempts(id, 1);
    assert.deepEqual(await server.sdk().retry({ eventId: id, destinationId: destination.id }), { success: true });
    const [, second] = await server.untilAttempts(id, 2);
    assert.equal(second.attempt_number, 2);
    assert.equal(second.manual, true);
    assert.equal((await receiver.nth(id, 2)).text(), (await receiver.nth(id, 1)).text());
  });

  test('that fails is followed by the automatic retry of its number', async (t) => {
    const { server, receiver, retry } = await setUp(t, { RETRY_SCHEDULE: '3600,1' }, { status: 500 });
    const id = await server.publish('t1');
    await server.untilAttempts(id, 1);
    assert.equal((await retry(id)).status, 202);
    const attempts = await server.untilAttempts(id, 3);
    assert.deepEqual(attempts.map((one) => [one.attempt_number, one.manual]), [[1, false], [2, true], [3, false]]);
    const late = receiver.of(id)[2].at - Date.parse(attempts[1].time) - 1000;
    assert.ok(late >= 0 && late <= lateMs, `${late} ms after it was due`);
  });

  test('while a send is in flight is one follow-up, however often it is asked for (design §2)', async (t) => {
    const { server, receiver, retry } = await setUp(t, { RETRY_SCHEDULE: '3600' });
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    receiver.answer = async (_, number) => {
      if (number === 1) await held;
      return { status: 200 };
    };
    const id = await server.publish('t1');
    await receiver.nth(id, 1);
    const answers = [await retry(id), await retry(id)];
    release();
    assert.deepEqual(answers.map((one) => one.status), [202, 202]);
    await server.untilAttempts(id, 2);
    await server.untilAttempts(await server.publish('t1'), 1);
    const attempts = await server.attempts(id);
    assert.deepEqual(attempts.map((one) => [one.attempt_number, one.manual]), [[1, false], [2, true]]);
    assert.equal(receiver.of(id).length, 2);
  });

  test('is refused for an unknown event, and for a disabled or deleted destination (api.md §10)', async (t) => {
    const { server, destination, retry } = await setUp(t);
    const id = await server.publish('t1');
    await server.untilAttempts(id, 1);
    assert.equal((await retry('none')).status, 404);
    assert.equal((await retry('none')).json.message, 'event not found');
    assert.deepEqual((await server.call('POST', '/retry', { body: {} })).json.data,
      ['event_id is required', 'destination_id is required']);
    await server.expect(200, 'PUT', `/tenants/t1/destinations/${destination.id}/disable`);
    const disabled = await retry(id);
    assert.equal(disabled.status, 400);
    assert.equal(disabled.json.data.error, 'destination_disabled');
    await server.expect(200, 'DELETE', `/tenants/t1/destinations/${destination.id}`);
    assert.equal((await retry(id)).status, 404);
  });
});
