// Cases of api.md §19 that need a real destination type or a real delivery; each test names its cases.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { until } from './harness/wait.js';

const config = { url: 'https://e.com/h' };
const dayMs = 86_400_000;

describe('api.md §19', { concurrency: true }, () => {
  test('cases 51, 61, 62, 69: custom headers and secrets on create', async (t) => {
    const server = await Server.start(t);
    await server.call('PUT', '/tenants/t1');
    const create = (more) => server.call('POST', '/tenants/t1/destinations', { body: { type: 'webhook', topics: '*', ...more } });
    for (const [headers, reason] of [
      ['{"Host":"x"}', 'config.custom_headers.host is forbidden'],
      ['{"bad name":"x"}', 'config.custom_headers.bad name failed pattern validation'],
      ['{"X-A":""}', 'config.custom_headers.x-a is required'],
    ]) {
      const refused = await create({ config: { ...config, custom_headers: headers } });
      assert.equal(refused.status, 422, headers);
      assert.deepEqual(refused.json.data, [reason]);
    }
    const made = await create({ config: { ...config, custom_headers: { 'X-A': 'b' } } });
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(JSON.parse(made.json.config.custom_headers), { 'X-A': 'b' });
    assert.match(made.json.credentials.secret, /^whsec_/);
    const rotating = await create({ config, credentials: { rotate_secret: true } });
    assert.equal(rotating.status, 422);
    assert.deepEqual(rotating.json.data, ['credentials.rotate_secret failed invalid validation']);
  });

  test('cases 64, 83–86: secrets are rotated by either role, and set by the key only', async (t) => {
    const server = await Server.start(t);
    const path = '/tenants/t1/destinations/d1';
    const first = await server.webhook('t1', config.url, { id: 'd1' });
    const { token } = await server.expect(200, 'GET', '/tenants/t1/token');
    const patch = (credentials, as = token) => server.call('PATCH', path, { token: as, body: { credentials } });
    const inADay = (text) => Math.abs(Date.parse(text) - Date.now() - dayMs) < 60_000;

    const one = (await patch({ rotate_secret: true })).json.credentials;
    assert.notEqual(one.secret, first.credentials.secret);
    assert.equal(one.previous_secret, first.credentials.secret);
    assert.ok(inADay(one.previous_secret_invalid_at));
    const refused = await patch({ secret: 'x' });
    assert.equal(refused.status, 422);
    assert.deepEqual(refused.json.data, ['credentials.secret is forbidden']);

    const chosen = new Date(Date.now() + 10 * dayMs).toISOString();
    const two = (await patch({ rotate_secret: true, previous_secret_invalid_at: chosen }, server.key)).json.credentials;
    assert.equal(Date.parse(two.previous_secret_invalid_at), Date.parse(chosen));
    const three = (await patch({ rotate_secret: true })).json.credentials;
    assert.equal(three.previous_secret, two.secret);
    assert.ok(inADay(three.previous_secret_invalid_at), 'the earlier window is not carried over');

    await patch({ previous_secret: 'old', previous_secret_invalid_at: new Date(Date.now() + 1000).toISOString() }, server.key);
    const after = await until('the previous secret to expire', async () => {
      const { credentials } = await server.expect(200, 'GET', path);
      return !('previous_secret' in credentials) && credentials;
    });
    assert.deepEqual(Object.keys(after), ['secret']);
    assert.equal(after.secret, three.secret);
  });

  test('cases 100, 101, 103: what matches nothing is accepted, and never sent later', async (t) => {
    const server = await Server.start(t);
    const receiver = await Receiver.start(t);
    await server.webhook('t1', receiver.url(), { id: 'd1', topics: ['user.created'] });
    const publish = (body) => server.expect(202, 'POST', '/publish', { tenant_id: 't1', topic: 'user.created', data: {}, ...body });
    assert.deepEqual(await publish({ id: 'x', tenant_id: 'nobody' }), { id: 'x', duplicate: false, destination_ids: [] });
    assert.deepEqual((await publish({ destination_id: 'unknown' })).destination_ids, []);
    assert.deepEqual((await publish({ destination_id: 'd1', topic: 'user.deleted' })).destination_ids, []);
    await server.expect(200, 'PUT', '/tenants/t1/destinations/d1/disable');
    assert.deepEqual((await publish({ destination_id: 'd1' })).destination_ids, []);
    assert.deepEqual((await publish({})).destination_ids, []);
    await server.expect(200, 'PUT', '/tenants/t1/destinations/d1/enable');
    const { id } = await publish({});
    await receiver.nth(id, 1);
    assert.equal(receiver.received.length, 1);
  });

  test('cases 105, 108, 115: a manual retry sends the same bytes, also of an event that is not to be retried', async (t) => {
    const server = await Server.start(t, { RETRY_SCHEDULE: '3600' });
    const receiver = await Receiver.start(t, (_, count) => ({ status: count === 1 ? 500 : 200 }));
    await server.webhook('t1', receiver.url(), { id: 'd1' });
    const data = '{"zebra":1,"alpha":2}';
    await server.expect(202, 'POST', '/publish', `{"id":"e1","tenant_id":"t1","eligible_for_retry":false,"data":${data}}`);
    await server.untilAttempts('e1', 1);
    assert.deepEqual(await server.expect(202, 'POST', '/retry', { event_id: 'e1', destination_id: 'd1' }), { success: true });
    const attempts = await server.untilAttempts('e1', 2);
    assert.deepEqual(attempts.map((one) => [one.attempt_number, one.manual]), [[1, false], [2, true]]);
    assert.deepEqual(receiver.of('e1').map((one) => one.text()), [data, data]);
    assert.ok((await server.call('GET', '/events/e1')).text.includes(`"data":${data}`));
  });

  test('cases 141, 160: types describe their fields, and publish answers the seed era with more', async (t) => {
    const server = await Server.start(t);
    const types = await server.expect(200, 'GET', '/destination-types');
    assert.equal(types[0].type, 'webhook');
    for (const field of types.flatMap((one) => [...one.config_fields, ...one.credential_fields])) {
      assert.ok(field.key && field.type && typeof field.required === 'boolean', JSON.stringify(field));
    }
    await server.expect(201, 'PUT', '/org1');
    const { id } = await server.expect(201, 'POST', '/org1/destinations', { type: 'webhook', topics: ['*'], config });
    const published = await server.expect(202, 'POST', '/publish', { tenant_id: 'org1', topic: 'user.created', data: {} });
    assert.deepEqual(published.destination_ids, [id]);
  });
});
