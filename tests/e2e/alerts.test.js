// Alerts, automatic disabling and operator events (pipeline.md §11–12, decisions B5, C1–C5, hard case T-47).
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { Server, runCommand } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { until } from './harness/wait.js';

const secret = 'operator-secret';
const failureTopic = 'alert.destination.consecutive_failure';
const disabledTopic = 'alert.destination.disabled';
const exhaustedTopic = 'alert.attempt.exhausted_retries';

/** An operator's system, a customer that fails, and a server between them. */
async function setUp(t, environment = {}) {
  const operator = await Receiver.start(t);
  const customer = await Receiver.start(t, { status: 500 });
  const server = await Server.start(t, {
    MAX_RETRY_LIMIT: '0',
    ALERT_CONSECUTIVE_FAILURE_COUNT: '10',
    ALERT_AUTO_DISABLE_DESTINATION: 'true',
    OPERATOR_EVENTS_TOPICS: 'alert.destination.consecutive_failure,alert.destination.disabled',
    OPERATOR_EVENTS_HTTP_URL: operator.url('/operator'),
    OPERATOR_EVENTS_HTTP_SIGNING_SECRET: secret,
    ...environment,
  });
  const destination = await server.webhook('t1', customer.url());
  return { operator, customer, server, destination };
}

/** What the operator's system knows: by id, for the same fact may come twice (C3). */
function told(operator) {
  const byId = new Map();
  for (const { body } of operator.received) {
    const event = JSON.parse(body);
    byId.set(event.id, event);
  }
  return [...byId.values()];
}

const thresholds = (operator) => told(operator).filter((one) => one.topic === failureTopic)
  .map((one) => one.data.consecutive_failures.threshold).sort((a, b) => a - b);
const disablings = (operator) => told(operator).filter((one) => one.topic === disabledTopic);

async function failTimes(server, count, tenant = 't1') {
  const ids = await Promise.all(Array.from({ length: count }, () => server.publish(tenant)));
  await Promise.all(ids.map((id) => server.untilAttempts(id, 1)));
}

const stateOf = async (server, destination) =>
  (await server.expect(200, 'GET', `/tenants/t1/destinations/${destination.id}/health`)).state;

describe('alerts', { concurrency: true }, () => {
  test('come once at 50, 70, 90 and 100 per cent, then the destination is disabled, once', async (t) => {
    const { operator, server, destination } = await setUp(t);
    const other = await server.webhook('t2', `${operator.url('/ok')}`, { id: destination.id });
    await failTimes(server, 9);
    await until('three alerts', () => thresholds(operator).length === 3);
    assert.deepEqual(thresholds(operator), [50, 70, 90]);
    await failTimes(server, 1);
    await until('the destination to be disabled', () => disablings(operator).length === 1);
    await until('all alerts', () => thresholds(operator).length === 4);
    assert.deepEqual(thresholds(operator), [50, 70, 90, 100]);
    assert.equal(await stateOf(server, destination), 'disabled_automatically');
    const shown = await server.expect(200, 'GET', `/tenants/t1/destinations/${destination.id}`);
    const [event] = disablings(operator);
    assert.equal(event.data.reason, 'consecutive_failure');
    assert.equal(event.data.disabled_at, shown.disabled_at);
    assert.equal(event.data.destination.disabled_at, shown.disabled_at);
    assert.deepEqual(Object.keys(event.data.destination),
      ['id', 'tenant_id', 'type', 'topics', 'config', 'created_at', 'disabled_at']);
    const same = await server.expect(200, 'GET', `/tenants/t2/destinations/${other.id}`);
    assert.equal(same.disabled_at, null, 'the same id of another tenant');
    assert.equal(JSON.stringify(told(operator)).includes('whsec_'), false, 'no secret (C5)');
  });

  test('are signed envelopes of the documented form', async (t) => {
    const { operator, server, destination } = await setUp(t, { ALERT_CONSECUTIVE_FAILURE_COUNT: '2', DEPLOYMENT_ID: 'blue' });
    const id = await server.publish('t1', { metadata: { k: 'v' }, data: { n: 1.0 } });
    const [attempt] = await server.untilAttempts(id, 1);
    await until('an alert', () => operator.received.length === 1);
    const [request] = operator.received;
    assert.deepEqual([request.method, request.path, request.headers['content-type']],
      ['POST', '/operator', 'application/json']);
    assert.equal(request.headers['x-outpost-signature'],
      `v0=${createHmac('sha256', secret).update(request.body).digest('hex')}`);
    const event = JSON.parse(request.body);
    assert.deepEqual(Object.keys(event), ['id', 'topic', 'time', 'deployment_id', 'tenant_id', 'data']);
    assert.deepEqual([event.topic, event.deployment_id, event.tenant_id], [failureTopic, 'blue', 't1']);
    assert.deepEqual(event.data.consecutive_failures, { current: 1, max: 2, threshold: 50 });
    assert.equal(event.data.event.id, id);
    assert.deepEqual(event.data.event.metadata, { k: 'v' });
    assert.deepEqual(event.data.event.matched_destination_ids, [destination.id]);
    assert.equal(event.data.attempt.id, attempt.id);
    assert.deepEqual([event.data.attempt.status, event.data.attempt.code, event.data.attempt.attempt_number],
      ['failed', '500', 1]);
    assert.equal(event.data.destination.id, destination.id);
  });

  test('begin anew after enable, after a success and after a change of the config', async (t) => {
    const { operator, customer, server, destination } = await setUp(t, { ALERT_CONSECUTIVE_FAILURE_COUNT: '2' });
    await failTimes(server, 2);
    await until('the first disabling', () => disablings(operator).length === 1);
    const route = `/tenants/t1/destinations/${destination.id}`;
    const health = () => server.expect(200, 'GET', `${route}/health`);
    await server.expect(200, 'PUT', `${route}/enable`);
    assert.equal((await health()).consecutive_failures, 0);
    await failTimes(server, 1);
    await until('the count', async () => (await health()).consecutive_failures === 1);
    assert.equal((await health()).state, 'failing');
    customer.answer = { status: 200 };
    await failTimes(server, 1);
    await until('the count to end', async () => (await health()).state === 'healthy');
    customer.answer = { status: 500 };
    await failTimes(server, 1);
    await until('the count', async () => (await health()).consecutive_failures === 1);
    await server.expect(200, 'PATCH', route, { config: { url: customer.url('/new') } });
    assert.equal((await health()).consecutive_failures, 0);
    await failTimes(server, 2);
    await until('the second disabling', () => disablings(operator).length === 2);
    await until('all alerts', () => thresholds(operator).length === 6);
    assert.deepEqual(thresholds(operator), [50, 50, 50, 50, 100, 100]);
  });

  test('are exact when the process is killed between them, again and again', async (t) => {
    const { operator, server, destination } = await setUp(t);
    for (let round = 0; round < 5; ++round) {
      await failTimes(server, 2);
      await server.kill();
      await server.run();
    }
    await until('the disabling', () => disablings(operator).length === 1);
    await until('all alerts', () => thresholds(operator).length === 4);
    await server.stop();
    await server.run();
    await until('its state', async () => (await stateOf(server, destination)) === 'disabled_automatically');
    assert.deepEqual(thresholds(operator), [50, 70, 90, 100]);
    assert.equal(disablings(operator).length, 1);
  });

  test('wait for a sink that is down, also over a restart', async (t) => {
    const { operator, server } = await setUp(t);
    await operator.stop();
    await failTimes(server, 10);
    await until('a try', () => server.log.includes('opevent not delivered'));
    await server.kill();
    await server.run();
    await operator.listen();
    await until('all of them', () => thresholds(operator).length === 4 && disablings(operator).length === 1);
    assert.deepEqual(thresholds(operator), [50, 70, 90, 100]);
  });

  test('are tried again when the sink refuses, without changing their id or body', async (t) => {
    const { operator, server } = await setUp(t, { ALERT_CONSECUTIVE_FAILURE_COUNT: '1', ALERT_AUTO_DISABLE_DESTINATION: 'false' });
    operator.answer = (one, count) => ({ status: operator.received.length < 3 ? 503 : 204 });
    await failTimes(server, 1);
    await until('the third try', () => operator.received.length === 3);
    const bodies = new Set(operator.received.map((one) => one.text()));
    assert.equal(bodies.size, 1);
    await until('the end', () => server.log.includes('opevent delivered'));
  });

  test('follow the sink to where it sends them, signature and all', async (t) => {
    const { operator, server } = await setUp(t, { ALERT_CONSECUTIVE_FAILURE_COUNT: '1', ALERT_AUTO_DISABLE_DESTINATION: 'false' });
    operator.answer = (one) => one.path === '/operator' ? { status: 307, headers: { location: '/moved' } } : { status: 200 };
    await failTimes(server, 1);
    await until('it to arrive', () => server.log.includes('opevent delivered'));
    assert.deepEqual(operator.received.map((one) => one.path), ['/operator', '/moved']);
    assert.ok(operator.received[1].isSignedWith(secret));
    operator.answer = { status: 302, headers: { location: '/moved' } };
    await server.webhook('t3', operator.url('/operator'));
    await failTimes(server, 1, 't3');
    await until('the refusal', () => server.log.includes('HTTP sink returned status 302'));
  });

  test('are not repeated by a reindex', async (t) => {
    const { operator, server, destination } = await setUp(t);
    await failTimes(server, 7);
    await until('two alerts', () => thresholds(operator).length === 2);
    await until('them to be forgotten', () => server.log.split('opevent delivered').length === 3);
    await server.stop();
    const done = await runCommand(['db', 'reindex'], { DATA_DIR: server.dataDirectory });
    assert.equal(done.code, 0, done.stderr);
    await server.run();
    const health = await server.expect(200, 'GET', `/tenants/t1/destinations/${destination.id}/health`);
    assert.equal(health.consecutive_failures, 7);
    await failTimes(server, 3);
    await until('the rest', () => thresholds(operator).length === 4 && disablings(operator).length === 1);
    assert.deepEqual(thresholds(operator), [50, 70, 90, 100]);
    assert.equal(operator.received.length, 5);
  });
});

describe('other operator events', { concurrency: true }, () => {
  test('exhausted retries are told once in the window', async (t) => {
    const { operator, server } = await setUp(t, {
      RETRY_SCHEDULE: '1', OPERATOR_EVENTS_TOPICS: exhaustedTopic, ALERT_CONSECUTIVE_FAILURE_COUNT: '',
    });
    const first = await server.publish('t1');
    await server.untilAttempts(first, 2);
    await until('the alert', () => operator.received.length === 1);
    const second = await server.publish('t1');
    await server.untilAttempts(second, 2);
    await server.stop();
    await server.run();
    const [event] = told(operator);
    assert.deepEqual([event.topic, event.data.event.id, event.data.attempt.attempt_number], [exhaustedTopic, first, 2]);
    assert.equal(operator.received.length, 1);
  });

  test('every attempt is told when that is wanted', async (t) => {
    const { operator, customer, server } = await setUp(t, { OPERATION_EVENTS_TOPICS: '*', OPERATOR_EVENTS_TOPICS: undefined });
    await failTimes(server, 1);
    customer.answer = { status: 200 };
    await failTimes(server, 1);
    const topics = () => told(operator).map((one) => one.topic).sort();
    await until('three events', () => topics().length === 3);
    assert.deepEqual(topics(), ['attempt.failed', 'attempt.success', 'tenant.subscription.updated']);
    const changed = told(operator).find((one) => one.topic === 'tenant.subscription.updated');
    assert.deepEqual(changed.data, { tenant_id: 't1', topics: ['*'], previous_topics: [], destinations_count: 1, previous_destinations_count: 0 });
  });

  test('an answer 410 disables the destination when that is configured', async (t) => {
    const { operator, customer, server, destination } = await setUp(t, { DESTINATIONS_DISABLE_ON_GONE: 'true' });
    customer.answer = { status: 410 };
    await failTimes(server, 1);
    await until('the disabling', () => disablings(operator).length === 1);
    assert.equal(disablings(operator)[0].data.reason, 'gone');
    assert.equal(await stateOf(server, destination), 'disabled_automatically');
  });
});
