// kill -9 and start again: what was accepted is delivered, at the time that was promised (T-01, T-04, T-05; decision D13).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { lateMs, sleep, until } from './harness/wait.js';

async function setUp(t, environment, answer) {
  const server = await Server.start(t, environment);
  const receiver = await Receiver.start(t, answer);
  const destination = await server.webhook('t1', receiver.url());
  return { server, receiver, destination };
}

test('a process that was stopped and continued sends what fell due, once (T-18)', async (t) => {
  const { server, receiver } = await setUp(t, { RETRY_SCHEDULE: '1' }, { status: 500 });
  const id = await server.publish('t1');
  await server.untilAttempts(id, 1);
  server.child.kill('SIGSTOP');
  receiver.answer = { status: 200 };
  await sleep(1500);
  assert.ok(receiver.of(id).length <= 2);
  server.child.kill('SIGCONT');
  await server.untilAttempts(id, 2);
  await server.untilAttempts(await server.publish('t1'), 1);
  assert.equal(receiver.of(id).length, 2);
});

describe('after kill -9', { concurrency: true }, () => {
  test('everything that was answered 202 is delivered', async (t) => {
    const { server, receiver } = await setUp(t, { DELIVERY_MAX_CONCURRENCY_PER_DESTINATION: '4' }, { status: 200, afterMs: 250 });
    const accepted = [];
    let killed = false;
    const publishers = Array.from({ length: 8 }, async () => {
      while (!killed) {
        const id = await server.publish('t1').catch(() => undefined);
        if (id) accepted.push(id);
      }
    });
    await until('some events', () => accepted.length > 200);
    killed = true;
    await server.kill();
    await Promise.all(publishers);
    const before = accepted.filter((id) => receiver.of(id).length > 0).length;
    receiver.answer = { status: 200 };
    await server.run();
    await until('all of them', () => accepted.every((id) => receiver.of(id).length > 0));
    t.diagnostic(`${accepted.length} accepted, ${before} of them sent before the kill`);
    for (const id of accepted.slice(-20)) await server.untilAttempts(id, 1);
  });

  test('an event that was accepted but never sent is sent', async (t) => {
    const { server, receiver } = await setUp(t, { RETRY_SCHEDULE: '1,1,1,1,1' });
    await receiver.stop();
    const id = await server.publish('t1');
    await server.kill();
    await receiver.listen();
    await server.run();
    await receiver.nth(id, 1);
  });

  test('a waiting retry keeps its due time', async (t) => {
    const { server, receiver } = await setUp(t, { RETRY_SCHEDULE: '4' }, { status: 500 });
    const ids = [];
    for (let count = 0; count < 3; ++count) {
      ids.push(await server.publish('t1'));
      await sleep(150); // so that each has a due time of its own
    }
    const due = new Map();
    for (const id of ids) {
      const [first] = await server.untilAttempts(id, 1);
      due.set(id, Date.parse(first.time) + 4000);
    }
    await server.kill();
    receiver.answer = { status: 200 };
    const ready = await server.run();
    for (const id of ids) {
      const second = await receiver.nth(id, 2);
      const late = second.at - due.get(id);
      t.diagnostic(`sent ${late} ms after it was due`);
      assert.ok(late >= 0, `${-late} ms too early`);
      assert.ok(second.at - Math.max(due.get(id), ready) <= lateMs, `${late} ms late`);
      const attempts = await server.untilAttempts(id, 2);
      assert.deepEqual(attempts.map((one) => one.attempt_number), [1, 2]);
    }
  });

  test('a retry that fell due meanwhile starts within a second of ready', async (t) => {
    const { server, receiver } = await setUp(t, { RETRY_SCHEDULE: '3' }, { status: 500 });
    const ids = await Promise.all(Array.from({ length: 20 }, () => server.publish('t1')));
    const attempts = await until('the first attempts', async () => {
      const { models } = await server.expect(200, 'GET', '/attempts?tenant_id=t1');
      return models.length >= ids.length && models;
    });
    await server.kill();
    const waiting = ids.filter((id) => receiver.of(id).length === 1);
    assert.ok(waiting.length > 0, 'this machine is too slow to kill it within three seconds');
    receiver.answer = { status: 200 };
    await sleep(Date.parse(attempts[0].time) + 3500 - Date.now());
    const ready = await server.run();
    const retries = await Promise.all(waiting.map((id) => receiver.nth(id, 2)));
    const last = Math.max(...retries.map((one) => one.at));
    t.diagnostic(`the last of ${waiting.length} overdue retries arrived ${last - ready} ms after ready`);
    assert.ok(last - ready <= lateMs, `${last - ready} ms`);
  });

  test('a send that had no answer is sent once more, and counted once (T-05)', async (t) => {
    const { server, receiver } = await setUp(t, { DELIVERY_TIMEOUT_SECONDS: '60' }, 'hang');
    const id = await server.publish('t1');
    await receiver.nth(id, 1);
    await server.kill();
    receiver.answer = { status: 200 };
    await server.run();
    const attempts = await server.untilAttempts(id, 1);
    assert.equal(attempts.length, 1);
    assert.equal(attempts[0].attempt_number, 1, 'a send that was never settled has no number (design §2)');
    assert.equal(attempts[0].status, 'success');
    assert.equal(receiver.of(id).length, 2);
    assert.equal(receiver.of(id)[1].text(), receiver.of(id)[0].text());
  });

  test('an accepted manual retry is still made', async (t) => {
    const { server, receiver, destination } = await setUp(t, { RETRY_SCHEDULE: '3600', DELIVERY_TIMEOUT_SECONDS: '60' },
      (_, number) => ({ status: number === 1 ? 500 : 200 }));
    const waiting = await server.publish('t1');
    await server.untilAttempts(waiting, 1);
    receiver.answer = { status: 200 };
    const closed = await server.publish('t1');
    await server.untilAttempts(closed, 1);
    receiver.answer = 'hang'; // so that the manual send can't be settled before the kill
    for (const id of [waiting, closed]) {
      await server.expect(202, 'POST', '/retry', { event_id: id, destination_id: destination.id });
    }
    await server.kill();
    receiver.answer = { status: 200 };
    await server.run();
    for (const id of [waiting, closed]) {
      const attempts = await server.untilAttempts(id, 2);
      assert.deepEqual(attempts.map((one) => [one.attempt_number, one.manual]), [[1, false], [2, true]]);
      assert.equal(attempts[1].status, 'success');
    }
  });

  test('tenants, destinations, events and attempts are as they were', async (t) => {
    const { server, receiver, destination } = await setUp(t);
    await server.expect(200, 'PUT', '/tenants/t1', { metadata: { plan: 'pro' } });
    const id = await server.publish('t1', { data: { n: 1.50, b: 'x' } });
    await server.untilAttempts(id, 1);
    const look = async () => Promise.all(['/tenants/t1', '/tenants/t1/destinations', `/events/${id}`,
      `/attempts?event_id=${id}&include=response_data&include=event.data&include=destination`,
      `/tenants/t1/destinations/${destination.id}`].map(async (route) => (await server.call('GET', route)).text));
    const before = await look();
    await server.kill();
    await server.run();
    assert.deepEqual(await look(), before);
    assert.equal(receiver.of(id).length, 1, 'what was settled is not sent again');
  });

  test('a deleted destination stays deleted, and its retries with it', async (t) => {
    const { server, receiver, destination } = await setUp(t, { RETRY_SCHEDULE: '1' }, { status: 500 });
    const id = await server.publish('t1');
    await server.untilAttempts(id, 1);
    await server.expect(200, 'DELETE', `/tenants/t1/destinations/${destination.id}`);
    await server.kill();
    await sleep(1000);
    await server.run();
    assert.equal((await server.call('GET', `/tenants/t1/destinations/${destination.id}`)).status, 404);
    await server.webhook('t2', receiver.url());
    await server.untilAttempts(await server.publish('t2'), 2);
    assert.equal(receiver.of(id).length, 1);
  });
});
