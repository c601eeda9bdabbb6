// What was sent, how long it took and what comes next (portal.md §15a N7).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server, runCommand } from './harness/outpost.js';
import { freePort } from './harness/ports.js';
import { Receiver } from './harness/receiver.js';

const added = ['duration_ms', 'error_class', 'next_attempt_at', 'request', 'timing'];

async function setUp(t, environment, answer, more) {
  const server = await Server.start(t, { RETRY_SCHEDULE: '3600', ...environment });
  const receiver = await Receiver.start(t, answer);
  const destination = await server.webhook('t1', receiver.url('/hook?a=1'), more);
  const attemptOf = async (id, includes, count = 1) => {
    const found = await server.untilAttempts(id, count);
    return server.expect(200, 'GET', `/attempts/${found.at(-1).id}?include=${includes}`);
  };
  return { server, receiver, destination, attemptOf };
}

describe('an attempt', { concurrency: true }, () => {
  test('shows the request that was sent, without its secrets', async (t) => {
    const headers = { 'x-plain': 'seen', 'x-api-key': 'key-0123456789', authorization: 'Bearer hidden-0123' };
    const { server, receiver, destination, attemptOf } = await setUp(t, {}, { status: 503 },
      { config: { url: 'http://127.0.0.1:1', custom_headers: JSON.stringify(headers) } });
    const url = `http://user:hidden-pass@127.0.0.1:${receiver.port}/hook?a=1`;
    await server.expect(200, 'PATCH', `/tenants/t1/destinations/${destination.id}`, { config: { url } });
    const id = await server.publish('t1', { metadata: { source: 'test' } });
    const attempt = await attemptOf(id, 'request,timing');
    const [sent] = receiver.of(id);
    assert.equal(attempt.request.method, 'POST');
    assert.equal(attempt.request.url, `http://127.0.0.1:${receiver.port}/hook?a=1`);
    const shown = Object.fromEntries(Object.entries(attempt.request.headers).map(([name, value]) => [name.toLowerCase(), value]));
    for (const name of ['x-outpost-signature', 'x-outpost-timestamp', 'x-outpost-event-id', 'x-outpost-source', 'x-plain', 'content-type']) {
      assert.equal(shown[name], sent.headers[name], name);
    }
    assert.equal(shown['x-api-key'], 'key-**********');
    assert.match(shown.authorization, /^Bear\*+$/);
    assert.doesNotMatch(JSON.stringify(attempt), /hidden|0123456789|hello/);
    const exported = await runCommand(['db', 'export'], { DATA_DIR: server.dataDirectory });
    const line = exported.stdout.split('\n').find((one) => one.includes('"kind":"attempt"'));
    assert.deepEqual(JSON.parse(line).trace, { request: attempt.request, timing: attempt.timing });
  });

  test('shows how long the steps took, and when the next one comes', async (t) => {
    const { server, attemptOf } = await setUp(t, {}, { status: 500 });
    const first = await attemptOf(await server.publish('t1'), 'timing');
    assert.equal(first.request, undefined, 'not asked for');
    assert.equal(first.timing.dns_ms, null, 'a literal address');
    assert.equal(first.timing.tls_ms, null, 'no TLS');
    assert.ok(first.timing.connect_ms > 0 && first.timing.first_byte_ms > 0);
    assert.ok(first.timing.total_ms >= first.timing.connect_ms + first.timing.first_byte_ms);
    assert.equal(first.timing.reused_connection, false);
    assert.ok(first.duration_ms >= Math.floor(first.timing.total_ms));
    assert.equal(first.error_class, 'http_5xx');
    assert.equal(Date.parse(first.next_attempt_at) - Date.parse(first.time), 3600_000);
    const second = await attemptOf(await server.publish('t1'), 'timing');
    assert.equal(second.timing.reused_connection, true);
    assert.equal(second.timing.connect_ms, null);
  });

  test('says of every kind of failure what it was', async (t) => {
    const answers = {
      '/302': { status: 302, headers: { location: '/elsewhere' } }, '/410': { status: 410 }, '/hang': 'hang', '/reset': 'reset',
    };
    const { server, receiver, attemptOf, destination } = await setUp(t, { DELIVERY_TIMEOUT_SECONDS: '4' }, (request) => answers[request.path]);
    const cases = [
      [receiver.url('/302'), 'http_3xx', 'first_byte_ms'],
      [receiver.url('/410'), 'http_4xx', 'first_byte_ms'],
      [receiver.url('/hang'), 'timeout', 'total_ms'],
      [receiver.url('/reset'), 'reset', 'total_ms'],
      [`http://localhost:${await freePort()}/`, 'connect', 'dns_ms'],
      [`http://127.0.0.1:${await freePort()}/`, 'connect', 'connect_ms'],
    ];
    for (const [url, kind, step] of cases) {
      await server.expect(200, 'PATCH', `/tenants/t1/destinations/${destination.id}`, { config: { url } });
      const attempt = await attemptOf(await server.publish('t1'), 'request,timing');
      assert.equal(attempt.error_class, kind, `${url}: ${attempt.code}`);
      assert.notEqual(attempt.timing[step], null, `${url}: ${step}`);
      assert.equal(attempt.timing.first_byte_ms !== null, step === 'first_byte_ms', url);
      assert.equal(attempt.request.url, url);
    }
  });

  test('keeps its request when it failed or someone asked for it', async (t) => {
    const { server, receiver, destination, attemptOf } = await setUp(t);
    const id = await server.publish('t1');
    const plain = await attemptOf(id, 'request,timing');
    assert.equal(plain.request, null);
    assert.equal(plain.timing, null);
    assert.equal(plain.error_class, 'success');
    assert.equal(plain.next_attempt_at, null);
    await server.expect(202, 'POST', '/retry', { event_id: id, destination_id: destination.id });
    const manual = await attemptOf(id, 'request,timing', 2);
    assert.equal(manual.manual, true);
    assert.equal(manual.request.url, receiver.url('/hook?a=1'));
    assert.ok(manual.timing.total_ms > 0);
  });

  for (const [setting, answer, kept] of [['all', 200, true], ['none', 500, false]]) {
    test(`keeps its request as DELIVERY_RECORD_REQUESTS=${setting} says, also over a restart`, async (t) => {
      const { server, attemptOf } = await setUp(t, { DELIVERY_RECORD_REQUESTS: setting }, { status: answer });
      const id = await server.publish('t1');
      const attempt = await attemptOf(id, 'request,timing');
      assert.equal(attempt.request !== null, kept);
      assert.equal(attempt.timing !== null, kept);
      await server.kill();
      await server.run();
      assert.deepEqual(await attemptOf(id, 'request,timing'), attempt);
    });
  }

  test('looks as ever when nothing was asked for', async (t) => {
    const { server, destination } = await setUp(t, {}, { status: 500 });
    const id = await server.publish('t1');
    const [attempt] = await server.untilAttempts(id, 1);
    const path = `/tenants/t1/destinations/${destination.id}/attempts`;
    for (const query of ['', '?include=response_data', '?include=event,destination']) {
      const { models } = await server.expect(200, 'GET', path + query);
      for (const name of added) assert.ok(!(name in models[0]), name);
    }
    for (const route of [path, '/attempts']) {
      const { models } = await server.expect(200, 'GET', `${route}?include=request&include=timing`);
      for (const name of added) assert.ok(name in models[0], name);
      assert.ok(!('response_data' in models[0]));
    }
    assert.ok((await server.expect(200, 'GET', `${path}/${attempt.id}?include=request`)).request);
  });
});
