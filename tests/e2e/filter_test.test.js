// Filters tried out before they are stored (portal.md §15a N8).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';

describe('a filter', { concurrency: true }, () => {
  test('is explained against an event', async (t) => {
    const server = await Server.start(t);
    const answer = await server.expect(200, 'POST', '/filters/test', {
      filter: { topic: 'order.paid', $or: [{ data: { amount: { $gt: 100 } } }, { metadata: { vip: 'yes' } }] },
      event: { topic: 'order.paid', data: { amount: 7 }, metadata: { vip: 'yes' } },
    });
    assert.deepEqual(answer, {
      matches: true,
      clauses: [
        { path: 'topic', operator: '$eq', matched: true },
        { path: '', operator: '$or', matched: true },
        { path: '$or[0].data.amount', operator: '$gt', matched: false },
        { path: '$or[1].metadata.vip', operator: '$eq', matched: true },
      ],
    });
    const wrong = await server.call('POST', '/filters/test', { body: { filter: { data: { a: { $near: 1 } } }, event: {} } });
    assert.equal(wrong.status, 422);
    assert.deepEqual(wrong.json.data, ['filter is invalid: filter at data.a: unknown operator $near']);
  });

  test('is tried on the newest events, and says what delivery will do', async (t) => {
    const server = await Server.start(t);
    const receiver = await Receiver.start(t);
    const filter = { data: { amount: { $gte: 10 } } };
    const destination = await server.webhook('t1', receiver.url(), { filter });
    const published = [];
    for (const amount of [5, 10, 15]) published.push(await server.publish('t1', { data: { amount } }));
    await server.publish('t2', { data: { amount: 99 } });
    const { token } = await server.expect(200, 'GET', '/tenants/t1/token');
    const ask = (body, options) => server.call('POST', '/filters/test', { body: { filter, ...body }, ...options });
    const { results } = (await ask({ destination_id: destination.id }, { token })).json;
    assert.deepEqual(new Set(results.map((one) => one.event_id)), new Set(published));
    for (const { event_id: id, matches } of results) {
      const event = await server.expect(200, 'GET', `/events/${id}`);
      assert.equal(event.matched_destination_ids.length === 1, matches);
    }
    const last = (await ask({ tenant_id: 't1', destination_id: destination.id, last: 1 })).json.results;
    assert.deepEqual(last.map((one) => [one.event_id, one.matches]), [[published[2], true]]);
    assert.equal((await ask({ tenant_id: 't2', destination_id: destination.id }, { token })).status, 403);
    assert.equal((await ask({ tenant_id: 't1', destination_id: 'none' })).status, 404);
    assert.deepEqual((await ask({ destination_id: destination.id })).json.data, ['tenant_id is required']);
  });
});
