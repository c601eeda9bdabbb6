// The hookdeck type against a fake of the vendor's two hosts: what its documentation says, and no more (destinations.md §4;
// decisions B3, B14).
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';

const token = (plain) => Buffer.from(plain).toString('base64');
const good = token('src_1:secret');

/** Verifies tokens under /api and takes events under /events, each as it is told. */
async function world(t, environment = {}) {
  const vendor = await Receiver.start(t, (request) => (request.path.startsWith('/events')
    ? it.takes(request)
    : request.headers['x-hookdeck-source-token'] === good && request.path === '/api/2025-01-01/sources/src_1/managed/verify'
      ? { status: 200, body: '{"id":"src_1","name":"orders","created_at":"2024-06-01T08:23:36.000Z"}' }
      : { status: 401, body: '{"message":"unknown token"}' }));
  const server = await Server.start(t, {
    RETRY_SCHEDULE: '1,3600',
    DELIVERY_TIMEOUT_SECONDS: '2',
    DESTINATIONS_WEBHOOK_MAX_RESPONSE_BODY_BYTES: '1000',
    DESTINATIONS_HOOKDECK_API_URL: vendor.url('/api'),
    DESTINATIONS_HOOKDECK_EVENTS_URL: vendor.url('/events'),
    ...environment,
  });
  await server.call('PUT', '/tenants/t1');
  const it = { vendor, server, takes: () => ({ status: 200, headers: { 'x-request-id': 'req_1' }, body: 'accepted' }) };
  return it;
}

const create = ({ server }, credentials, more = {}) => server.call('POST', '/tenants/t1/destinations',
  { body: { type: 'hookdeck', topics: ['*'], credentials, ...more } });

const line = (answer) => [answer.status, ...(answer.json.data ?? [])];

describe('hookdeck', { concurrency: true }, () => {
  test('is offered with its one field and the link to make a token', async (t) => {
    const { server } = await world(t);
    const types = await server.expect(200, 'GET', '/destination-types');
    assert.deepEqual(types.slice(0, 2).map((one) => one.type), ['webhook', 'hookdeck']);
    const type = types[1];
    assert.deepEqual(type.config_fields, []);
    assert.deepEqual(type.credential_fields.map(({ key, required, sensitive }) => [key, required, sensitive]), [['token', true, true]]);
    assert.equal(type.setup_link.href, 'https://dashboard.hookdeck.com/connect');
  });

  test('a token is verified, the source named, the token masked', async (t) => {
    const it = await world(t);
    const { status, json: destination } = await create(it, { token: good });
    assert.equal(status, 201);
    assert.deepEqual(destination.config, { source_id: 'src_1', source_name: 'orders' });
    assert.equal(destination.target, 'orders');
    assert.equal(destination.target_url, 'https://dashboard.hookdeck.com/sources/src_1');
    assert.equal(destination.credentials.token, good.slice(0, 4).padEnd(good.length, '*'));
    assert.equal(it.vendor.received.length, 1);
    assert.match(it.vendor.received[0].headers['user-agent'], /^Outpost\//);
  });

  test('the official SDK makes one', async (t) => {
    const it = await world(t);
    const made = await it.server.sdk().destinations.create('t1', { type: 'hookdeck', topics: ['*'], credentials: { token: good } });
    assert.equal(made.type, 'hookdeck');
    assert.equal(made.target, 'orders');
  });

  test('a bad token is refused with the words of the contract', async (t) => {
    const it = await world(t);
    assert.deepEqual(line(await create(it, {})), [422, 'credentials.token is required']);
    assert.deepEqual(line(await create(it, { token: 'x' })), [422, 'credentials.token failed invalid_token_format validation']);
    assert.deepEqual(line(await create(it, { token: token('src_1:other') })),
      [422, 'credentials.token failed token_verification_failed validation']);
    await it.vendor.stop();
    assert.deepEqual(line(await create(it, { token: good })), [422, 'credentials.token failed token_verification_failed validation']);
    assert.deepEqual(await it.server.expect(200, 'GET', '/tenants/t1/destinations'), []);
  });

  test('a change asks only about a new token', async (t) => {
    const it = await world(t);
    const { json: { id } } = await create(it, { token: good });
    const route = `/tenants/t1/destinations/${id}`;
    await it.server.expect(200, 'PATCH', route, { topics: ['orders'] });
    await it.server.expect(200, 'PATCH', route, { credentials: { token: good } });
    await it.server.expect(200, 'PUT', `${route}/disable`);
    assert.equal(it.vendor.received.length, 1);
    const refused = await it.server.call('PATCH', route, { body: { credentials: { token: token('src_2:x') } } });
    assert.deepEqual(line(refused), [422, 'credentials.token failed token_verification_failed validation']);
    const cleared = await it.server.call('PATCH', route, { body: { credentials: null } });
    assert.deepEqual(line(cleared), [422, 'credentials.token failed token_required validation']);
    assert.equal((await it.server.expect(200, 'GET', route)).target, 'orders');
  });

  test('without verification nobody is asked', async (t) => {
    const it = await world(t, { DESTINATIONS_HOOKDECK_VERIFY: 'false' });
    const { status, json: destination } = await create(it, { token: token('src_9:x') });
    assert.equal(status, 201);
    assert.equal(destination.target, 'Hookdeck source ID: src_9');
    assert.equal(it.vendor.received.length, 0);
  });

  test('an event arrives as it was published, signed with the whole token', async (t) => {
    const it = await world(t);
    await create(it, { token: good }, { delivery_metadata: { team: 'billing' } });
    const data = '{ "n":1.0,"note":"a<b" }';
    await it.server.expect(202, 'POST', '/publish',
      `{"tenant_id":"t1","id":"evt_1","topic":"orders","metadata":{"source":"shop"},"data":${data}}`);
    const sent = await it.vendor.nth('evt_1', 1);
    assert.equal(`${sent.method} ${sent.path}`, 'POST /events/src_1');
    assert.equal(sent.text(), data);
    assert.equal(sent.headers['x-hookdeck-signature'], `v0=${createHmac('sha256', good).update(data).digest('base64')}`);
    assert.equal(sent.headers['x-outpost-topic'], 'orders');
    assert.equal(sent.headers['x-outpost-team'], 'billing');
    assert.equal(sent.headers['x-outpost-source'], 'shop');
    const [attempt] = await it.server.untilAttempts('evt_1', 1);
    assert.deepEqual([attempt.status, attempt.code, attempt.destination_type], ['success', '200', 'hookdeck']);
    assert.equal(attempt.response_data.status_code, 200);
    assert.equal(attempt.response_data.body, 'accepted');
    assert.equal(attempt.response_data.headers['X-Request-Id'], 'req_1');
  });

  test('an error of Hookdeck is a failed attempt, and tried again', async (t) => { // decision B3
    const it = await world(t);
    await create(it, { token: good });
    it.takes = (request) => ({ status: it.vendor.of(request.eventId).length === 1 ? 422 : 200 });
    const id = await it.server.publish('t1');
    const [first, second] = await it.server.untilAttempts(id, 2);
    assert.deepEqual([first.status, first.code], ['failed', '422']);
    assert.deepEqual([second.status, second.code], ['success', '200']);
  });

  test('no answer is ERROR, an endless one is cut', async (t) => {
    const it = await world(t);
    await create(it, { token: good });
    it.takes = () => 'reset';
    const [failed] = await it.server.untilAttempts(await it.server.publish('t1'), 1);
    assert.deepEqual([failed.status, failed.code, failed.response_data], ['failed', 'ERROR', { error: 'Request failed' }]);
    it.takes = () => ({ status: 200, body: 'x'.repeat(2000) });
    const [long] = await it.server.untilAttempts(await it.server.publish('t1'), 1);
    assert.equal(long.response_data.body, 'Response body exceeded 1000 bytes and was not stored');
  });

  test('the verification has a limit in time', async (t) => {
    const it = await world(t);
    it.vendor.answer = 'hang';
    assert.deepEqual(line(await create(it, { token: good })), [422, 'credentials.token failed token_verification_failed validation']);
  });
});
