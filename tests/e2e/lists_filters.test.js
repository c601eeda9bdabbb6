// Filters and counts beyond those of the reference (portal.md §15a N5).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { freePort } from './harness/ports.js';
import { Receiver } from './harness/receiver.js';
import { until } from './harness/wait.js';

const idsOf = (page, name = 'id') => page.models.map((one) => one[name]);

/** All pages. */
async function walk(server, route, limit) {
  const found = [];
  let next = '';
  do {
    const page = await server.expect(200, 'GET', `${route}&limit=${limit}${next && `&next=${next}`}`);
    assert.ok(page.models.length <= limit);
    found.push(...page.models);
    next = page.pagination.next;
  } while (next);
  return found;
}

describe('the list of attempts', { concurrency: true }, () => {
  async function setUp(t) {
    const server = await Server.start(t, { RETRY_SCHEDULE: '3600' });
    const receiver = await Receiver.start(t, (request) => ({ status: Number(request.path.slice(1)) }));
    for (const code of [200, 404, 503]) await server.webhook('t1', receiver.url(`/${code}`), { id: `d${code}` });
    await server.webhook('t1', `http://127.0.0.1:${await freePort()}/`, { id: 'dead' });
    const id = await server.publish('t1');
    await server.untilAttempts(id, 4);
    const destinations = async (query, route = '/attempts?') => new Set(idsOf(await server.expect(200, 'GET', route + query), 'destination_id'));
    return { server, id, destinations };
  }

  test('is filtered by code and by its kind', async (t) => {
    const { destinations } = await setUp(t);
    assert.deepEqual(await destinations('code=404&code=200'), new Set(['d404', 'd200']));
    assert.deepEqual(await destinations('code=connection_refused'), new Set(['dead']));
    assert.deepEqual(await destinations('code=500'), new Set());
    assert.deepEqual(await destinations('code_class=2xx'), new Set(['d200']));
    assert.deepEqual(await destinations('code_class=4xx&code_class=5xx'), new Set(['d404', 'd503']));
    assert.deepEqual(await destinations('code_class=connect'), new Set(['dead']));
    assert.deepEqual(await destinations('code_class=success&status=failed'), new Set());
    assert.deepEqual(await destinations('code_class=http_5xx', '/tenants/t1/destinations/d503/attempts?'), new Set(['d503']));
    assert.deepEqual(await destinations('code_class=http_5xx', '/tenants/t1/destinations/d404/attempts?'), new Set());
  });

  test('is filtered by number and by who asked', async (t) => {
    const { server, id, destinations } = await setUp(t);
    await server.expect(202, 'POST', '/retry', { event_id: id, destination_id: 'd503' });
    await server.untilAttempts(id, 5);
    assert.deepEqual(await destinations('manual=true'), new Set(['d503']));
    assert.equal((await server.expect(200, 'GET', '/attempts?manual=false')).models.length, 4);
    assert.deepEqual(await destinations('attempt_number[gte]=2'), new Set(['d503']));
    assert.deepEqual(await destinations('attempt_number[gt]=2'), new Set());
    assert.equal((await server.expect(200, 'GET', '/attempts?attempt_number[lt]=2')).models.length, 4);
    const both = await server.expect(200, 'GET', '/attempts?attempt_number%5Blte%5D=2&code_class=5xx&include=count');
    assert.deepEqual(idsOf(both, 'attempt_number'), [2, 1]);
    assert.deepEqual([both.pagination.count, both.pagination.count_exact], [2, true]);
  });

  test('names the parameter that is wrong', async (t) => {
    const server = await Server.start(t);
    const wrong = async (query, name, route = '/attempts') => {
      const answer = await server.call('GET', `${route}?${query}`);
      assert.equal(answer.status, 422, query);
      assert.deepEqual(Object.keys(answer.json.data), [`query.${name}`]);
    };
    await wrong('code_class=6xx', 'code_class');
    await wrong('manual=yes', 'manual');
    await wrong('attempt_number[gte]=one', 'attempt_number[gte]');
    await wrong('outcome=lost', 'outcome', '/events');
    await wrong(`q=${'x'.repeat(201)}`, 'q', '/events');
    // Those of the other list are unknown here, and ignored.
    await server.expect(200, 'GET', '/attempts?outcome=lost&q=x');
    await server.expect(200, 'GET', '/events?code_class=6xx&manual=yes');
  });
});

describe('the list of events', { concurrency: true }, () => {
  test('is filtered by what became of them', async (t) => {
    const server = await Server.start(t, { RETRY_SCHEDULE: '3600' });
    const receiver = await Receiver.start(t, (request) => ({ status: Number(request.path.slice(1)) }));
    await server.webhook('t1', receiver.url('/200'), { id: 'good', topics: ['user.created', 'user.updated'] });
    await server.webhook('t1', receiver.url('/500'), { id: 'bad', topics: ['user.updated', 'user.deleted'] });
    for (const [id, topic] of [['a', 'user.created'], ['b', 'user.updated'], ['c', 'user.deleted'], ['d', 'none']]) {
      await server.publish('t1', { id, topic });
    }
    for (const [id, count] of [['a', 1], ['b', 2], ['c', 1]]) await server.untilAttempts(id, count);
    const list = async (query) => idsOf(await server.expect(200, 'GET', `/events?dir=asc&${query}`));
    assert.deepEqual(await list('outcome=delivered'), ['a', 'b']);
    assert.deepEqual(await list('outcome=retrying'), ['b', 'c']);
    assert.deepEqual(await list('outcome=retrying&outcome=delivered'), ['a', 'b', 'c']);
    assert.deepEqual(await list('outcome=delivered&destination_id=bad'), []);
    assert.deepEqual(await list('outcome=retrying&destination_id=bad'), ['b', 'c']);
    assert.deepEqual(await list('outcome=pending'), []);
    await server.expect(200, 'POST', '/tenants/t1/destinations/bad/events/c/cancel');
    assert.deepEqual(await list('outcome=cancelled'), ['c']);
    assert.deepEqual(await list('outcome=retrying'), ['b']);
    await server.kill();
    await server.run();
    assert.deepEqual(await list('outcome=cancelled'), ['c']);
    await server.expect(200, 'PUT', '/tenants/t1/destinations/bad/disable');
    const id = await server.publish('t1', { id: 'e', topic: 'user.deleted' });
    assert.deepEqual(await list(`outcome=skipped&id=${id}`), [], 'it did not match a disabled destination');
  });

  test('shows one whose first attempt is under way as pending', async (t) => {
    const server = await Server.start(t);
    const receiver = await Receiver.start(t);
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    receiver.answer = async () => { await held; return { status: 200 }; };
    await server.webhook('t1', receiver.url());
    const id = await server.publish('t1');
    await receiver.nth(id, 1);
    assert.deepEqual(idsOf(await server.expect(200, 'GET', '/events?outcome=pending')), [id]);
    release();
    await server.untilAttempts(id, 1);
    assert.deepEqual(idsOf(await server.expect(200, 'GET', '/events?outcome=pending')), []);
  });

  test('is filtered by payload and by text, page by page', async (t) => {
    const server = await Server.start(t);
    const events = Array.from({ length: 250 }, (_, index) => ({
      tenant_id: 't1', id: `e${index}`, topic: 'order.paid', data: { n: index % 5, customer: { id: `c${index % 50}`, vip: index % 2 === 0 } },
    }));
    await server.expect(202, 'POST', '/publish/batch', { events });
    await until('all to be there', async () => (await server.expect(200, 'GET', '/events?include=count')).pagination.count === 250);
    const numbers = async (query, limit = 7) => (await walk(server, `/events?dir=asc&${query}`, limit)).map((one) => one.data.n).sort();
    assert.equal((await numbers('data[n]=3')).length, 50);
    assert.deepEqual(new Set(await numbers('data[n]=3&data[n]=4')), new Set([3, 4]));
    assert.equal((await numbers('data[customer.id]=c7')).length, 5);
    assert.equal((await numbers('data[customer.vip]=true&data%5Bn%5D=1')).length, 25);
    assert.equal((await numbers('data[customer]=c7')).length, 0);
    const found = await server.expect(200, 'GET', `/events?q=${encodeURIComponent('"c49"')}&include=count&limit=2`);
    assert.equal(found.models.length, 2);
    assert.deepEqual([found.pagination.count, found.pagination.count_exact], [5, true]);
    assert.equal((await server.expect(200, 'GET', '/events?q=e249')).models.length, 1);
    assert.equal((await server.expect(200, 'GET', '/events?q=order.p&limit=1000')).models.length, 250);
    const last = await server.expect(200, 'GET', '/events?dir=asc&data[n]=0&limit=10');
    const second = await server.expect(200, 'GET', `/events?dir=asc&data[n]=0&limit=10&next=${last.pagination.next}`);
    const back = await server.expect(200, 'GET', `/events?dir=asc&data[n]=0&limit=10&prev=${second.pagination.prev}`);
    assert.deepEqual(idsOf(back), idsOf(last));
  });

  test('belongs to its tenant, whatever the filter', async (t) => {
    const server = await Server.start(t);
    for (const tenant of ['t1', 't2']) {
      await server.call('PUT', `/tenants/${tenant}`);
      await server.publish(tenant, { id: `of-${tenant}`, data: { secret: 'same' } });
    }
    const { token } = await server.expect(200, 'GET', '/tenants/t2/token');
    for (const query of ['q=same', 'data[secret]=same', 'include=count']) {
      const { json } = await server.call('GET', `/events?${query}&include=count`, { token });
      assert.deepEqual(idsOf(json), ['of-t2']);
      assert.equal(json.pagination.count, 1);
    }
  });
});
