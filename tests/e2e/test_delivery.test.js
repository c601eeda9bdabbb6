// Trying a destination out (portal.md §15a N2).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';

async function setUp(t, environment, answer, more) {
  const server = await Server.start(t, environment);
  const receiver = await Receiver.start(t, answer);
  const destination = await server.webhook('t1', receiver.url(), more ? more(receiver) : {});
  const send = (body, options = {}) =>
    server.call('POST', `/tenants/t1/destinations/${destination.id}/test`, { body, ...options });
  return { server, receiver, destination, send };
}

describe('a test of a destination', { concurrency: true }, () => {
  test('is a signed delivery whose answer shows request and response, and that is kept nowhere', async (t) => {
    const { server, receiver, destination, send } = await setUp(t, {}, { status: 200, body: 'thanks' });
    const answer = await send({ topic: 'user.created', data: { n: 1 }, metadata: { source: 'portal' } });
    assert.equal(answer.status, 200);
    const report = answer.json;
    assert.equal(report.success, true);
    assert.equal(report.code, '200');
    assert.ok(report.duration_ms >= 0);
    assert.deepEqual(report.response, { status: 200, body: 'thanks' });
    const [got] = receiver.received;
    assert.equal(receiver.received.length, 1);
    assert.ok(got.isSignedWith(destination.credentials.secret));
    assert.equal(got.headers['x-outpost-test'], 'true');
    assert.equal(got.headers['x-outpost-source'], 'portal');
    assert.equal(got.headers['x-outpost-topic'], 'user.created');
    assert.equal(got.eventId, report.event_id);
    assert.equal(got.text(), '{"n":1}');
    assert.equal(report.request.method, 'POST');
    assert.equal(report.request.url, receiver.url());
    assert.equal(report.request.body, '{"n":1}');
    for (const [name, value] of Object.entries(report.request.headers)) assert.equal(got.headers[name.toLowerCase()], value);
    assert.equal((await server.call('GET', `/events/${report.event_id}`)).status, 404);
    assert.deepEqual((await server.expect(200, 'GET', '/attempts')).models, []);
    const health = await server.expect(200, 'GET', `/tenants/t1/destinations/${destination.id}/health`);
    assert.equal(health.state, 'new');
  });

  test('needs no body, and works for a disabled destination and for a tenant', async (t) => {
    const { server, receiver, destination, send } = await setUp(t, { TOPICS: 'user.created,user.deleted' });
    await server.expect(200, 'PUT', `/tenants/t1/destinations/${destination.id}/disable`);
    const { token } = await server.expect(200, 'GET', '/tenants/t1/token');
    assert.equal((await send(undefined, { token })).json.success, true);
    assert.equal(receiver.received[0].headers['x-outpost-topic'], 'user.created');
    assert.equal(JSON.parse(receiver.received[0].text()).test, true);
    const wrong = await send({ topic: 'user.unknown' });
    assert.equal(wrong.status, 422);
    assert.deepEqual(wrong.json.data, ['topic is invalid']);
  });

  test('tells how it failed, and is not retried', async (t) => {
    const { server, receiver, send } = await setUp(t, { RETRY_SCHEDULE: '1', DELIVERY_TIMEOUT_SECONDS: '1' }, { status: 503 });
    assert.deepEqual([(await send({})).json.success, (await send({})).json.code], [false, '503']);
    receiver.answer = 'hang';
    assert.equal((await send({})).json.code, 'timeout');
    assert.equal(receiver.received.length, 3);
    receiver.answer = { status: 503 };
    const id = await server.publish('t1');
    await server.untilAttempts(id, 2); // by now a retry of a test would have come
    assert.equal(receiver.received.length, 5);
    await receiver.stop();
    assert.equal((await send({})).json.code, 'connection_refused');
  });

  test('shows no secret', async (t) => {
    const { server, receiver, send } = await setUp(t, {}, { status: 200 }, (it) => ({
      config: { url: it.url(), custom_headers: { authorization: 'Bearer 0123456789', 'x-plain': 'seen' } },
    }));
    const { headers } = (await send({})).json.request;
    assert.equal(receiver.received[0].headers.authorization, 'Bearer 0123456789');
    assert.equal(headers.Authorization, 'Bear*************');
    assert.equal(headers['X-Plain'], 'seen');
  });

  test('goes through the egress policy (destinations.md §15.4)', async (t) => {
    const { server, receiver, send } = await setUp(t);
    await server.stop();
    server.environment.DESTINATIONS_EGRESS_MODE = 'public-only'; // after it was stored: it is judged when it connects
    await server.run();
    const { json } = await send({});
    assert.deepEqual([json.success, json.code, json.response], [false, 'blocked_address', null]);
    assert.equal(receiver.received.length, 0);
  });

  test('is made ten times a minute at most', async (t) => {
    const { receiver, send } = await setUp(t);
    const answers = [];
    for (let i = 0; i < 11; ++i) answers.push(await send({}));
    assert.deepEqual(answers.map((one) => one.status), [...Array(10).fill(200), 429]);
    const wait = Number(answers[10].headers.get('retry-after'));
    assert.ok(wait >= 1 && wait <= 60, `${wait}`);
    assert.equal(answers[10].json.status, 429);
    assert.equal(receiver.received.length, 10);
  });
});
