// What a tenant may not reach, and what may not be smuggled into a request (destinations.md §2.3, §2.7, §15.4; decisions B18,
// B20; hard-cases T-60, T-61, T-63, T-65).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HostileReceiver } from './harness/hostile_receiver.js';
import { Server } from './harness/outpost.js';

const create = (server, url, config = {}) => server.call('POST', '/tenants/t1/destinations',
  { body: { type: 'webhook', topics: ['*'], config: { url, ...config } } });

async function world(t, environment = {}) {
  const server = await Server.start(t, { RETRY_SCHEDULE: '3600', DELIVERY_TIMEOUT_SECONDS: '5', ...environment });
  await server.call('PUT', '/tenants/t1');
  return server;
}

const attemptOf = async (server, more) => (await server.untilAttempts(await server.publish('t1', more), 1))[0];

const inside = ['127.0.0.1', '127.8.9.10', '0.0.0.0', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1',
  '192.0.0.8', '192.0.2.1', '192.88.99.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255',
  '168.63.129.16', '[::]', '[::1]', '[fe80::1]', '[fd00:ec2::254]', '[ff02::1]', '[100::1]', '[2001:db8::1]', '[2002:7f00:1::]',
  '[64:ff9b::7f00:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', 'localhost', 'LOCALHOST.', 'a.localhost', 'metadata.google.internal'];
const metadata = ['169.254.169.254', '[::ffff:169.254.169.254]', '[fe80::1]', '168.63.129.16', '[fd00:ec2::254]'];
const odd = ['127.1', '0x7f000001', '0x7f.1', '2130706433', '0177.0.0.1', '[fe80::1%25eth0]', '[localhost]', '127.0.0.1:0', 'a_b@', ''];

describe('egress', { concurrency: true }, () => {
  test('public-only refuses inside addresses when a destination is written', async (t) => {
    const server = await world(t, { DESTINATIONS_EGRESS_MODE: 'public-only', MAX_DESTINATIONS_PER_TENANT: '200' });
    for (const host of inside) {
      const answer = await create(server, `http://${host}/`);
      assert.deepEqual([answer.status, answer.json.data], [422, ['config.url is forbidden']], host);
    }
    assert.equal((await create(server, 'https://93.184.216.34/')).status, 201);
    assert.equal((await create(server, 'https://[2606:4700::1]/')).status, 201);
  });

  test('the default refuses the addresses of clouds and lets the own network in', async (t) => {
    const server = await world(t);
    for (const host of metadata) assert.equal((await create(server, `http://${host}/`)).status, 422, host);
    for (const host of ['127.0.0.1', '10.1.2.3', 'localhost', '[::1]']) assert.equal((await create(server, `http://${host}/`)).status, 201, host);
  });

  test('deny beats allow, allow beats the mode', async (t) => {
    const server = await world(t, { DESTINATIONS_EGRESS_MODE: 'public-only', DESTINATIONS_EGRESS_ALLOW: '127.0.0.0/8,*.inside.example',
      DESTINATIONS_EGRESS_DENY: '127.0.0.2/32' });
    const receiver = await HostileReceiver.start(t);
    assert.equal((await create(server, 'http://127.0.0.2/')).status, 422);
    assert.equal((await create(server, receiver.url('echo/1'))).status, 201);
    const attempt = await attemptOf(server);
    assert.deepEqual([attempt.status, attempt.response_data.body], ['success', attempt.event_id]);
  });

  test('other spellings of an address are never an address', async (t) => {
    const server = await world(t, { DESTINATIONS_EGRESS_MODE: 'open', MAX_DESTINATIONS_PER_TENANT: '50' });
    const created = [];
    for (const host of odd) {
      const answer = await create(server, `http://${host}/`);
      if (answer.status === 201) created.push(host);
      else assert.equal(answer.status, 422, host);
    }
    const id = await server.publish('t1');
    if (created.length === 0) return;
    const attempts = await server.untilAttempts(id, created.length);
    assert.deepEqual([...new Set(attempts.map((one) => one.code))], ['ERR']);
    assert.deepEqual(attempts[0].response_data, { error: 'could not format event for delivery' });
  });

  test('an address that became forbidden later is not connected to, and the reason is not told', async (t) => {
    const server = await world(t);
    const receiver = await HostileReceiver.start(t);
    assert.equal((await create(server, receiver.url('echo/1'))).status, 201);
    await server.stop();
    server.environment.DESTINATIONS_EGRESS_MODE = 'public-only';
    await server.run();
    const attempt = await attemptOf(server);
    assert.deepEqual([attempt.status, attempt.code, attempt.response_data], ['failed', 'blocked_address', undefined]);
    assert.equal(receiver.connections, 0);
  });
});

describe('headers', { concurrency: true }, () => {
  test('what would break out of a header is left out, and the delivery goes on', async (t) => {
    const server = await world(t);
    const receiver = await HostileReceiver.start(t);
    await create(server, receiver.url('echo/1'));
    const bad = { 'cr-lf': 'a\r\nX-Evil: 1', lf: 'a\nX-Evil: 1', nul: 'a\0b', 'na me': 'x', 'na\r\nme': 'x', 'x:y': 'x', 'content-length': '0',
      fine: 'ü' };
    const attempt = await attemptOf(server, { topic: 'user.created', metadata: bad });
    assert.equal(attempt.status, 'success');
    const [{ head, body }] = receiver.requests;
    assert.doesNotMatch(head, /^X-Evil/im);
    assert.doesNotMatch(head, /\0/);
    assert.match(head, /^X-Outpost-Fine: /im);
    assert.equal(head.match(/^content-length: /gim).length, 1);
    assert.equal(body.toString(), '{"hello":"world"}');
  });

  test('an event cannot forge its id, its time or its signature', async (t) => { // decision B19
    const server = await world(t);
    const receiver = await HostileReceiver.start(t);
    await create(server, receiver.url('echo/1'));
    const attempt = await attemptOf(server, { metadata: { 'event-id': 'x', timestamp: 'x', signature: 'x', 'EVENT-ID': 'x' } });
    const [{ head }] = receiver.requests;
    assert.match(head, new RegExp(`^X-Outpost-Event-Id: ${attempt.event_id}$`, 'm'));
    assert.match(head, /^X-Outpost-Timestamp: \d{4}-/m);
    assert.match(head, /^X-Outpost-Signature: v0=[0-9a-f]{64}$/m);
    assert.equal(head.match(/^x-outpost-(event-id|timestamp|signature):/gim).length, 3);
  });

  test('a custom header that breaks out fails the attempt, and nothing is sent', async (t) => {
    const server = await world(t);
    const receiver = await HostileReceiver.start(t);
    const headers = JSON.stringify({ 'X-A': 'a\r\nX-Evil: 1' });
    const answer = await create(server, receiver.url('echo/1'), { custom_headers: headers });
    if (answer.status === 422) return;
    assert.equal((await attemptOf(server)).code, 'network_error');
    assert.equal(receiver.requests.length, 0);
  });

  test('the names that frame a request are refused', async (t) => {
    const server = await world(t);
    for (const name of ['Host', 'content-length', 'CONNECTION', 'User-Agent', 'Content-Type', 'a b', 'a\r\nb', '']) {
      const answer = await create(server, 'https://example.com/', { custom_headers: JSON.stringify({ [name]: 'x' }) });
      assert.equal(answer.status, 422, name);
    }
  });
});
