// Ctrl-C drains (decision D13, T-17).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { sleep, slower, until } from './harness/wait.js';

async function setUp(t, environment, answer) {
  const server = await Server.start(t, environment);
  const receiver = await Receiver.start(t, answer);
  await server.webhook('t1', receiver.url());
  return { server, receiver };
}

describe('a server that is asked to stop', { concurrency: true }, () => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    test(`by ${signal} lets the send in flight end, settles it, and exits 0`, async (t) => {
      const { server, receiver } = await setUp(t, {}, { status: 200, afterMs: 700 });
      const id = await server.publish('t1');
      await receiver.nth(id, 1);
      const ended = await server.stop(signal);
      assert.deepEqual(ended, { code: 0, signal: null }, server.log);
      await server.run();
      const attempts = await server.attempts(id);
      assert.deepEqual(attempts.map((one) => [one.attempt_number, one.status]), [[1, 'success']]);
      await receiver.nth(await server.publish('t1'), 1);
      assert.equal(receiver.of(id).length, 1, 'a settled send is not repeated');
    });
  }

  test('and is idle ends at once, with nothing in the log that is worse than information', async (t) => {
    const { server, receiver } = await setUp(t);
    await receiver.nth(await server.publish('t1'), 1);
    const before = performance.now();
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
    const took = performance.now() - before;
    assert.ok(took < 5000 * slower, `${took} ms, although idle connections of clients were open`);
    assert.doesNotMatch(server.log, /"level":"(warn|error)"/);
  });

  test('cuts off a send that does not end within SHUTDOWN_TIMEOUT_SECONDS, and makes it again at the next start', async (t) => {
    const { server, receiver } = await setUp(t, { SHUTDOWN_TIMEOUT_SECONDS: '1', DELIVERY_TIMEOUT_SECONDS: '300' }, 'hang');
    const id = await server.publish('t1');
    await receiver.nth(id, 1);
    assert.deepEqual(await server.stop(), { code: 0, signal: null }, server.log);
    receiver.answer = { status: 200 };
    await server.run();
    const attempts = await server.untilAttempts(id, 1);
    assert.deepEqual(attempts.map((one) => [one.attempt_number, one.status]), [[1, 'success']]);
  });

  test('begins no new sends, to whatever destination, while it waits for those in flight', async (t) => {
    const server = await Server.start(t, { DELIVERY_TIMEOUT_SECONDS: '2' });
    const receiver = await Receiver.start(t, 'hang');
    const tenants = Array.from({ length: 12 }, (_, index) => `t${index}`); // enough to live on every shard
    for (const tenant of tenants) await server.webhook(tenant, receiver.url());
    await Promise.all(tenants.flatMap((tenant) => Array.from({ length: 10 }, () => server.publish(tenant))));
    await until('some sends', () => receiver.received.length >= tenants.length);
    server.child.kill('SIGINT');
    await until('the signal to be seen', () => server.log.includes('shutdown signal received'));
    let begun;
    do { // what had begun arrives, however busy the machine is
      begun = receiver.received.length;
      await sleep(300);
    } while (receiver.received.length > begun);
    assert.ok(begun < 10 * tenants.length, 'there is more to send');
    assert.deepEqual(await server.end(), { code: 0, signal: null });
    assert.equal(receiver.received.length - begun, 0, 'sends that were begun after the signal');
  });

  test('a second time ends at once', async (t) => {
    const { server, receiver } = await setUp(t, { SHUTDOWN_TIMEOUT_SECONDS: '300', DELIVERY_TIMEOUT_SECONDS: '300' }, 'hang');
    await receiver.nth(await server.publish('t1'), 1);
    server.child.kill('SIGINT');
    await until('the first signal to be seen', () => server.log.includes('shutdown signal received'));
    await sleep(50);
    server.child.kill('SIGINT');
    assert.deepEqual(await server.end(), { code: 130, signal: null });
  });

  test('takes no events that it would lose: each one published meanwhile is refused or delivered', async (t) => {
    const { server, receiver } = await setUp(t, {}, { status: 200, afterMs: 300 });
    const accepted = [];
    let ended = false;
    const publishers = Array.from({ length: 4 }, async () => {
      while (!ended) {
        const id = await server.publish('t1').catch(() => undefined);
        if (id) accepted.push(id);
        else await sleep(5);
      }
    });
    await until('some events', () => accepted.length > 50);
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
    ended = true;
    await Promise.all(publishers);
    receiver.answer = { status: 200 };
    await server.run();
    await until('all of them', () => accepted.every((id) => receiver.of(id).length > 0));
    const repeated = accepted.filter((id) => receiver.of(id).length > 1);
    assert.deepEqual(repeated, [], 'the sends in flight were settled');
  });
});
