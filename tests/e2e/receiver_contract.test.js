// What a receiver gets: bytes, headers, signatures (destinations.md §2.7–2.8, decisions B1, B18, B19).
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { until } from './harness/wait.js';

async function setUp(t, environment, more) {
  const server = await Server.start(t, environment);
  const receiver = await Receiver.start(t);
  const destination = await server.webhook('t1', receiver.url(), more);
  return { server, receiver, destination };
}

describe('a receiver', { concurrency: true }, () => {
  test('gets the bytes of `data` exactly as they were published, signed over those bytes', async (t) => {
    const { server, receiver, destination } = await setUp(t);
    const bodies = [
      '{ "user_id": "usr_123", "note": "a<b & c", "n": 1.0, "big": 12345678901234567890 }',
      '{"z":1,"a":{"y":[1, 2 ,3],"x":null},"z":2,"e":1e999,"s":-0.0}',
      '{\n\t"unicode":"\\u00e9 é \\ud83d\\ude00 😀 \\u2028",\r\n  "empty": {}  }',
      '{}',
      `{"long":"${'x'.repeat(300_000)}"}`,
    ];
    for (const data of bodies) {
      const answer = await server.call('POST', '/publish', { body: `{"tenant_id":"t1", "data": ${data} , "topic":"user.created"}` });
      assert.equal(answer.status, 202, answer.text);
      const request = await receiver.nth(answer.json.id, 1);
      assert.equal(request.text(), data);
      assert.equal(request.headers['content-length'], String(Buffer.byteLength(data)));
      assert.equal(request.headers['transfer-encoding'], undefined);
      assert.ok(request.isSignedWith(destination.credentials.secret));
      assert.ok(!request.isSignedWith(destination.credentials.secret.replace('whsec_', '')), 'the key is the whole secret');
    }
  });

  test('gets a retry with the same bytes and id, and a new timestamp and signature', async (t) => {
    const { server, receiver, destination } = await setUp(t, { RETRY_SCHEDULE: '1' });
    receiver.answer = (_, number) => ({ status: number === 1 ? 500 : 200 });
    const id = await server.publish('t1', { data: { b: 1, a: [1.50] } });
    const second = await receiver.nth(id, 2);
    const first = await receiver.nth(id, 1);
    assert.equal(second.text(), first.text());
    assert.ok(second.isSignedWith(destination.credentials.secret));
    assert.ok(Date.parse(second.headers['x-outpost-timestamp']) > Date.parse(first.headers['x-outpost-timestamp']));
  });

  test('gets event, custom and delivery headers together, and none of them replaces a system header (B19)', async (t) => {
    const server = await Server.start(t);
    const receiver = await Receiver.start(t);
    await server.webhook('t1', receiver.url(), {
      config: { url: receiver.url(), custom_headers: { 'X-Api-Token': 'abc', 'X-Outpost-Topic': 'forged' } },
      delivery_metadata: { region: 'eu' },
    });
    const before = Math.floor(Date.now() / 1000) * 1000;
    const id = await server.publish('t1', { metadata: { source: 'signup', 'event-id': 'forged', signature: 'forged', 'bad name': 'x', crlf: 'a\r\nB: c' } });
    const request = await receiver.nth(id, 1);
    assert.equal(request.eventId, id);
    assert.equal(request.headers['x-outpost-topic'], 'user.created');
    assert.match(request.headers['x-outpost-signature'], /^v0=[0-9a-f]{64}$/);
    assert.equal(request.headers['x-outpost-source'], 'signup');
    assert.equal(request.headers['x-outpost-region'], 'eu');
    assert.equal(request.headers['x-api-token'], 'abc');
    assert.equal(request.headers['content-type'], 'application/json');
    assert.match(request.headers['user-agent'], /^Outpost\//);
    assert.equal(request.headers.host, `127.0.0.1:${receiver.port}`);
    assert.equal(request.headers.b, undefined, 'no header is injected (B18)');
    assert.equal(request.headers['x-outpost-crlf'], undefined, 'a value that no header can hold is left out (B18)');
    const sent = Date.parse(request.headers['x-outpost-timestamp']);
    assert.match(request.headers['x-outpost-timestamp'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.ok(sent >= before && sent <= Date.now());
    const names = request.rawHeaders.filter((_, index) => index % 2 === 0);
    for (const name of ['Host', 'User-Agent', 'Content-Length', 'Content-Type', 'X-Outpost-Event-Id', 'X-Outpost-Signature',
      'X-Outpost-Timestamp', 'X-Outpost-Topic', 'X-Outpost-Source', 'Accept-Encoding']) {
      assert.ok(names.includes(name), `${name} among ${names.join(', ')}`);
    }
  });

  test('gets two signatures while a rotated secret is still valid, and one afterwards', async (t) => {
    const { server, receiver, destination } = await setUp(t);
    const path = `/tenants/t1/destinations/${destination.id}`;
    const old = destination.credentials.secret;
    const rotated = await server.expect(200, 'PATCH', path, { credentials: { rotate_secret: true } });
    const secret = rotated.credentials.secret;
    assert.notEqual(secret, old);
    assert.equal(rotated.credentials.previous_secret, old);
    const during = await receiver.nth(await server.publish('t1'), 1);
    assert.ok(during.isSignedWith(secret, 0));
    assert.ok(during.isSignedWith(old, 1));
    await server.expect(200, 'PATCH', path, { credentials: { previous_secret: '', previous_secret_invalid_at: '' } });
    const after = await receiver.nth(await server.publish('t1'), 1);
    assert.ok(after.isSignedWith(secret));
    assert.ok(!after.headers['x-outpost-signature'].includes(','));
  });

  test('verifies Standard Webhooks signatures when that mode is chosen (destinations.md §3)', async (t) => {
    const { server, receiver, destination } = await setUp(t, { DESTINATIONS_WEBHOOK_MODE: 'standard' });
    const published = await server.publish('t1', { id: 'evt_standard', data: { a: 1 } });
    await until('the request', () => receiver.received.length === 1);
    const [request] = receiver.received;
    assert.equal(request.headers['webhook-id'], published);
    const key = Buffer.from(destination.credentials.secret.replace(/^whsec_/, ''), 'base64');
    assert.equal(key.length, 32);
    const content = `${request.headers['webhook-id']}.${request.headers['webhook-timestamp']}.${request.text()}`;
    const expected = `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
    assert.equal(request.headers['webhook-signature'], expected);
  });

  test('sees its own secret when the admin set one', async (t) => {
    const { server, receiver, destination } = await setUp(t, {}, { credentials: { secret: 'test-secret' } });
    assert.equal(destination.credentials.secret, 'test-secret');
    const request = await receiver.nth(await server.publish('t1', { data: { order_id: '123', status: 'created' } }), 1);
    // Vector D8 of destinations.md §13.1.
    assert.equal(request.headers['x-outpost-signature'], 'v0=fac19909237cb9e7604616b46fac5ab2051e0a097c4231592d74239bdb95b032');
  });
});
