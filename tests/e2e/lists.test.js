// Lists, pages, filters and metrics through the SDK, which is strict about shapes (api.md §4, §11, §13, §15).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { until } from './harness/wait.js';

describe('the lists', { concurrency: true }, () => {
  test('page through events in both directions, each event once', async (t) => {
    const server = await Server.start(t);
    const sdk = server.sdk();
    const ids = [];
    for (let index = 0; index < 10; ++index) ids.push(await server.publish('t1', { id: `e${index}` }));
    await server.publish('t2');
    const pages = [];
    let page = await sdk.events.list({ tenantId: 't1', limit: 3, dir: 'asc' });
    for (;;) {
      pages.push(page.models.map((one) => one.id));
      if (!page.pagination.next) break;
      page = await sdk.events.list({ tenantId: 't1', limit: 3, dir: 'asc', next: page.pagination.next });
    }
    assert.deepEqual(pages.map((one) => one.length), [3, 3, 3, 1]);
    assert.deepEqual(pages.flat(), ids);
    const back = await sdk.events.list({ tenantId: 't1', limit: 3, dir: 'asc', prev: page.pagination.prev });
    assert.deepEqual(back.models.map((one) => one.id), pages[2]);
    const newest = await sdk.events.list({ tenantId: 't1', limit: 2 });
    assert.deepEqual(newest.models.map((one) => one.id), ['e9', 'e8']);
  });

  test('filter events by topic, id, destination and time', async (t) => {
    const server = await Server.start(t);
    const receiver = await Receiver.start(t);
    const sdk = server.sdk();
    await server.webhook('t1', receiver.url(), { id: 'd1', topics: ['user.created'] });
    await server.publish('t1', { id: 'a', topic: 'user.created', time: '2024-01-01T00:00:00Z' });
    await server.publish('t1', { id: 'b', topic: 'user.updated' });
    await server.publish('t1', { id: 'c', topic: 'user.deleted' });
    const ids = async (query) => (await sdk.events.list({ tenantId: 't1', dir: 'asc', ...query })).models.map((one) => one.id);
    assert.deepEqual(await ids({}), ['a', 'b', 'c'], 'an event of long ago comes first');
    assert.deepEqual(await ids({ topic: ['user.created', 'user.deleted'] }), ['a', 'c']);
    assert.deepEqual(await ids({ topic: 'user.created,user.deleted' }), []);
    assert.deepEqual(await ids({ id: ['b', 'c'] }), ['b', 'c']);
    assert.deepEqual(await ids({ destinationId: 'd1' }), ['a']);
    assert.deepEqual(await ids({ time: { gte: new Date('2024-06-01') } }), ['b', 'c']);
    assert.deepEqual(await ids({ time: { lt: new Date('2024-06-01') } }), ['a']);
  });

  test('filter attempts by status, destination and event, and page through them', async (t) => {
    const server = await Server.start(t, { RETRY_SCHEDULE: '3600' });
    const receiver = await Receiver.start(t, (request) => ({ status: request.path === '/bad' ? 500 : 200 }));
    const sdk = server.sdk();
    await server.webhook('t1', receiver.url('/good'), { id: 'good' });
    await server.webhook('t1', receiver.url('/bad'), { id: 'bad' });
    const ids = [];
    for (let index = 0; index < 5; ++index) ids.push(await server.publish('t1'));
    for (const id of ids) await server.untilAttempts(id, 2);
    const list = async (query) => (await sdk.attempts.list({ tenantId: 't1', ...query })).models;
    assert.equal((await list({})).length, 10);
    assert.deepEqual(new Set((await list({ status: 'failed' })).map((one) => one.destinationId)), new Set(['bad']));
    assert.equal((await list({ destinationId: 'good' })).length, 5);
    assert.equal((await list({ eventId: ids[0] })).length, 2);
    assert.equal((await list({ destinationType: 'aws_sqs' })).length, 0);
    const seen = [];
    let next;
    do {
      const page = await sdk.attempts.list({ tenantId: 't1', limit: 4, next });
      seen.push(...page.models.map((one) => one.id));
      next = page.pagination.next ?? undefined;
    } while (next);
    assert.equal(seen.length, 10);
    assert.equal(new Set(seen).size, 10);
  });

  test('of tenants are newest first, with a count', async (t) => {
    const server = await Server.start(t);
    const sdk = server.sdk();
    for (const id of ['t1', 't2', 't3']) await sdk.tenants.upsert(id);
    const first = await sdk.tenants.list({ limit: 2 });
    assert.deepEqual(first.models.map((one) => one.id), ['t3', 't2']);
    assert.equal(first.count, 3);
    const second = await sdk.tenants.list({ limit: 2, next: first.pagination.next });
    assert.deepEqual(second.models.map((one) => one.id), ['t1']);
    assert.equal(second.pagination.next, null);
  });

  test('of metrics count what happened', async (t) => {
    const server = await Server.start(t, { RETRY_SCHEDULE: '3600' });
    const receiver = await Receiver.start(t, (request) => ({ status: request.text().includes('bad') ? 500 : 200 }));
    await server.webhook('t1', receiver.url());
    for (const data of [{ a: 1 }, { a: 2 }, { a: 3 }, { bad: true }]) await server.publish('t1', { data });
    const sdk = server.sdk();
    if ((await server.call('GET', '/metrics/events')).status === 404) return t.skip('this build has no metrics yet');
    const time = { start: new Date(Date.now() - 3_600_000), end: new Date(Date.now() + 3_600_000) };
    const attempts = await until('four attempts in the metrics', async () => {
      const found = await sdk.metrics.getAttemptMetrics({ time, measures: ['count', 'failed_count', 'error_rate'] });
      return found.data?.[0]?.metrics.count === 4 && found;
    });
    assert.deepEqual(attempts.data[0].metrics, { count: 4, failed_count: 1, error_rate: 0.25 });
    const events = await sdk.metrics.getEventMetrics({ time, measures: 'count', dimensions: 'topic' });
    assert.deepEqual(events.data.map((one) => [one.dimensions.topic, one.metrics.count]), [['user.created', 4]]);
  });

  test('of destination types and topics have what the SDK expects', async (t) => {
    const server = await Server.start(t, { TOPICS: 'user.created,user.deleted' });
    const sdk = server.sdk();
    assert.deepEqual(await sdk.topics.list(), ['user.created', 'user.deleted']);
    const types = await sdk.schemas.listDestinationTypes();
    assert.equal(types[0].type, 'webhook');
    const webhook = await sdk.schemas.getDestinationType('webhook');
    // Behind the reference's two stand ours (destination_limits.test.js).
    assert.deepEqual(webhook.configFields.slice(0, 2).map((one) => [one.key, one.required]), [['url', true], ['custom_headers', false]]);
  });
});
