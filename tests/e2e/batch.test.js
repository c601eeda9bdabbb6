// Many events in one request (decision A12), and what became of each of them (decision A7).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { until } from './harness/wait.js';

describe('a batch', { concurrency: true }, () => {
  test('is answered event by event, each delivered byte for byte, and repeating it is safe', async (t) => {
    const server = await Server.start(t, { TOPICS: 'user.created' });
    const receiver = await Receiver.start(t);
    const destination = await server.webhook('t1', receiver.url());
    const data = '{ "zebra" : 1.0,\t"alpha":"\\ud800" }';
    const event = (id) => `{"id":"${id}","tenant_id":"t1","topic":"user.created","data":${data}}`;
    const body = `{"events":[${event('a')},{"tenant_id":"t1","topic":"nope","data":{}},${event('b')},${event('a')}]}`;
    const answer = await server.call('POST', '/publish/batch', { body });
    assert.equal(answer.status, 207, answer.text);
    const stored = (id, duplicate) => ({ status: 202, id, duplicate, destination_ids: [destination.id] });
    assert.deepEqual(answer.json.results, [
      stored('a', false),
      { status: 422, message: 'validation error', data: ['topic is invalid'] },
      stored('b', false),
      stored('a', true),
    ]);
    for (const id of ['a', 'b']) assert.equal((await receiver.nth(id, 1)).text(), data);
    assert.equal((await server.expect(200, 'GET', '/events?tenant_id=t1')).models.length, 2);

    await server.kill();
    await server.run();
    const again = await server.expect(202, 'POST', '/publish/batch', `{"events":[${event('b')},${event('a')}]}`);
    assert.deepEqual(again.results, [stored('b', true), stored('a', true)]);
    // The largest one, through the door that opens for 4 MiB.
    const many = Array.from({ length: 1000 }, (_, n) => ({ tenant_id: 't2', topic: 'user.created', data: { n, pad: 'x'.repeat(3000) } }));
    const all = await server.expect(202, 'POST', '/publish/batch', { events: many });
    assert.equal(new Set(all.results.map((one) => one.id)).size, 1000);
    const last = await server.expect(200, 'GET', `/events/${all.results[999].id}`);
    assert.equal(last.data.n, 999);
    assert.equal((await server.call('POST', '/publish/batch', { body: { events: [...many, many[0]] } })).status, 422);
    assert.equal(receiver.of('a').length, 1);
  });

  test('tells what became of each delivery of an event', async (t) => {
    const server = await Server.start(t, { RETRY_SCHEDULE: '3600' });
    const receiver = await Receiver.start(t, (request) => ({ status: request.path === '/good' ? 200 : request.path === '/gone' ? 410 : 503 }));
    for (const id of ['good', 'gone', 'bad']) await server.webhook('t1', receiver.url(`/${id}`), { id });
    await server.expect(202, 'POST', '/publish/batch', { events: [{ id: 'e1', tenant_id: 't1', topic: 'x', data: {} }] });
    const outcomes = async () => (await server.expect(200, 'GET', '/events/e1?include=outcome')).outcomes;
    const found = await until('three outcomes', async () => {
      const three = await outcomes();
      return three.length === 3 && three;
    });
    assert.deepEqual(Object.fromEntries(found.map((one) => [one.destination_id, `${one.state} ${one.reason}`])),
      { good: 'delivered 200', gone: 'failed 410', bad: 'retrying 503' });
    assert.ok(found.every((one) => Date.parse(one.time) > 0));
    const plain = await server.expect(200, 'GET', '/events/e1');
    assert.equal(plain.outcomes, undefined);
    await server.expect(200, 'PUT', '/tenants/t1/destinations/bad/disable');
    await server.kill();
    await server.run();
    assert.deepEqual(await outcomes(), found, 'the same after a restart');
  });
});
