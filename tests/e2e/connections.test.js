// How many connections deliveries need (hard-cases T-43, decision B9).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HostileReceiver } from './harness/hostile_receiver.js';
import { Server } from './harness/outpost.js';
import { slower, until } from './harness/wait.js';

const limitMs = 60_000 * slower;

describe('connections', { concurrency: true }, () => {
  test('events one after another use one', async (t) => {
    const server = await Server.start(t);
    const receiver = await HostileReceiver.start(t);
    await server.webhook('t1', receiver.url('echo/1'));
    for (let n = 0; n < 20; n += 1) await server.untilAttempts(await server.publish('t1'), 1);
    assert.equal(receiver.connections, 1);
  });

  test('a thousand events at once use no more than may be sent at once, and each gets its own answer', async (t) => {
    const most = 16;
    const server = await Server.start(t, { DELIVERY_MAX_CONCURRENCY_PER_DESTINATION: String(most) });
    const receiver = await HostileReceiver.start(t);
    await server.webhook('t1', receiver.url('echo/1'));
    const events = Array.from({ length: 1000 }, (_, n) => ({ tenant_id: 't1', id: `evt_${n}`, topic: 'x', data: { n } }));
    await server.expect(202, 'POST', '/publish/batch', { events });
    await until('all of them', () => receiver.requests.length === 1000, limitMs);
    assert.ok(receiver.connections <= most, `${receiver.connections} connections`);
    const { attempts } = await until('all to be recorded', async () => {
      const { models } = await server.expect(200, 'GET', '/attempts?limit=1000&include=response_data');
      return models.length === 1000 && { attempts: models };
    }, limitMs);
    for (const attempt of attempts) assert.deepEqual([attempt.code, attempt.response_data.body], ['200', attempt.event_id]);
  });
});
