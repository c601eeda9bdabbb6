// Times far from now: filters take any year, what is kept does not (api.md §3.4, §4.2, §13.1; storage.md §16.8).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { until } from './harness/wait.js';

const beginning = '0001-01-01T00:00:00Z';
const end = '9999-12-31T23:59:59Z';

describe('times far from now', { concurrency: true }, () => {
  test('are taken by filters of lists and metrics', async (t) => {
    const server = await Server.start(t);
    const ids = [];
    for (const time of ['1970-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2261-12-31T23:59:59.999Z']) {
      ids.push(await server.publish('t1', { time }));
    }
    const list = async (query) => (await server.expect(200, 'GET', `/events?dir=asc&${query}`)).models.map((one) => one.id);
    assert.deepEqual(await list(`time[gte]=${beginning}&time[lte]=${end}`), ids);
    assert.deepEqual(await list(`time[gt]=${beginning}&time[lt]=${end}`), ids);
    assert.deepEqual(await list('time[gt]=1969-12-31&time[lt]=2262-01-01'), ids);
    for (const none of [`time[lt]=${beginning}`, `time[lte]=${beginning}`, `time[gt]=${end}`, `time[gte]=${end}`]) {
      assert.deepEqual(await list(none), [], none);
    }
    assert.deepEqual((await server.expect(200, 'GET', `/attempts?time[gte]=${beginning}&time[lte]=${end}`)).models, []);
    assert.equal((await server.call('PUT', '/tenants/t1')).status, 201);
    const seedEra = await server.expect(200, 'GET', `/t1/events?start=${beginning}&end=${end}`);
    assert.equal(seedEra.count, 0, 'no event has a destination, and each row is for one');
    const metrics = () => server.expect(200, 'GET', `/metrics/events?time[start]=${beginning}&time[end]=${end}&measures=count`);
    await until('three events in the metrics', async () => (await metrics()).data[0]?.metrics.count === 3);
  });

  test('are refused for what is kept, with the reason', async (t) => {
    const server = await Server.start(t);
    for (const time of [beginning, '1969-12-31T23:59:59.999Z', '2262-01-01T00:00:00Z', end]) {
      const answer = await server.call('POST', '/publish', { body: { tenant_id: 't1', topic: 'x', data: {}, time } });
      // The reference takes the zero time of Go for none.
      if (time === beginning) assert.equal(answer.status, 202, answer.text);
      else assert.deepEqual([answer.status, answer.json.message], [422, `parsing time "${time}": the year must lie between 1970 and 2261`]);
    }
  });
});
