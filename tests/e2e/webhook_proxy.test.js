// Webhooks through a forward proxy (destinations.md §2.10, §15.4 rule 12; decision B11; hard-cases T-49, T-64).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Certificates } from './harness/certificates.js';
import { HostileReceiver } from './harness/hostile_receiver.js';
import { runCommand, Server, temporaryDirectory } from './harness/outpost.js';
import { ForwardProxy } from './harness/proxy.js';
import { until } from './harness/wait.js';

async function world(t, environment = {}) {
  const certificates = new Certificates(t);
  const proxy = await ForwardProxy.start(t);
  const server = await Server.start(t, {
    DESTINATIONS_WEBHOOK_PROXY_URL: proxy.url,
    SSL_CERT_FILE: certificates.authority,
    RETRY_SCHEDULE: '3600',
    DELIVERY_TIMEOUT_SECONDS: '2',
    LOG_LEVEL: 'debug',
    ...environment,
  });
  return { certificates, proxy, server, tenants: 0 };
}

/** One event to a destination of its own. @return its id */
async function send(it, url) {
  it.tenants += 1;
  await it.server.webhook(`t${it.tenants}`, url);
  return it.server.publish(`t${it.tenants}`);
}

const attemptOf = async (it, url) => (await it.server.untilAttempts(await send(it, url), 1))[0];

describe('webhooks through a proxy', { concurrency: true }, () => {
  test('https goes by CONNECT, with TLS to the target itself; the proxy resolves its name', async (t) => {
    const it = await world(t);
    const receiver = await HostileReceiver.start(t, it.certificates.issue('DNS:shop.example'));
    it.proxy.routes['shop.example:443'] = receiver.port;
    const attempt = await attemptOf(it, 'https://shop.example/echo/1');
    assert.deepEqual([attempt.status, attempt.response_data.body], ['success', attempt.event_id]);
    assert.deepEqual(it.proxy.asked, ['CONNECT shop.example:443']);
    assert.doesNotMatch(receiver.requests[0].head, /proxy/i);
    it.proxy.routes['other.example:443'] = receiver.port;
    assert.equal((await attemptOf(it, 'https://other.example/echo/1')).code, 'tls_error');
  });

  test('http goes to the proxy in full, and its connection is used again', async (t) => {
    const it = await world(t);
    const receiver = await HostileReceiver.start(t);
    it.proxy.routes['shop.example:8080'] = receiver.port;
    for (const path of ['echo/1?x=y', 'echo/2']) {
      const attempt = await attemptOf(it, `http://shop.example:8080/${path}`);
      assert.deepEqual([attempt.code, attempt.response_data.body], ['200', attempt.event_id]);
    }
    assert.deepEqual(it.proxy.asked, ['POST http://shop.example:8080/echo/1?x=y', 'POST http://shop.example:8080/echo/2']);
  });

  test('a proxy that is spoken to over TLS does the same, and its certificate is verified', async (t) => {
    const certificates = new Certificates(t);
    const receiver = await HostileReceiver.start(t, certificates.issue('DNS:shop.example'));
    const plain = await HostileReceiver.start(t);
    for (const [settings, works] of [[certificates.issue(), true], [certificates.selfSigned(), false]]) {
      const proxy = await ForwardProxy.start(t, settings);
      proxy.routes = { 'shop.example:443': receiver.port, 'shop.example': plain.port };
      const server = await Server.start(t, { DESTINATIONS_WEBHOOK_PROXY_URL: proxy.url, SSL_CERT_FILE: certificates.authority });
      const it = { server, tenants: 0 };
      if (works) {
        for (const url of ['https://shop.example/echo/1', 'https://shop.example/echo/2', 'http://shop.example/echo/1']) {
          const attempt = await attemptOf(it, url);
          assert.deepEqual([attempt.code, attempt.response_data?.body], ['200', attempt.event_id], url);
        }
        assert.deepEqual([...new Set(proxy.asked)], ['CONNECT shop.example:443', 'POST http://shop.example/echo/1']);
      } else {
        const id = await send(it, 'https://shop.example/echo/1');
        await until('the failure in the log', () => server.log.includes('http_client.proxy_failed'));
        assert.deepEqual(await server.attempts(id), []);
      }
    }
  });

  test('a target that the proxy cannot reach fails its attempt', async (t) => {
    const it = await world(t);
    assert.equal((await attemptOf(it, 'https://gone.example/')).code, 'connection_refused');
    assert.equal((await attemptOf(it, 'http://gone.example/')).code, '502');
    it.proxy.trouble = '503 No\r\nx-envoy-response-flags: DF';
    assert.equal((await attemptOf(it, 'https://gone.example/')).code, 'dns_error');
    it.proxy.trouble = '503 No\r\nx-envoy-response-flags: UT';
    const flagged = await attemptOf(it, 'http://gone.example/');
    assert.deepEqual([flagged.code, flagged.response_data], ['timeout', undefined]);
    it.proxy.trouble = 'hang';
    assert.equal((await attemptOf(it, 'https://slow.example/')).code, 'timeout');
  });

  for (const [name, begin, end] of [
    ['is down', ({ proxy }) => proxy.stop(), ({ proxy }) => proxy.listen()],
    ['wants other credentials', ({ proxy }) => { proxy.trouble = '407 Who'; }],
    ['forbids CONNECT', ({ proxy }) => { proxy.trouble = '403 No'; }, undefined, 'https'],
    ['hangs up on CONNECT', ({ proxy }) => { proxy.trouble = 'close'; }, undefined, 'https'],
  ]) {
    test(`while the proxy ${name}, no attempt is spent, and afterwards everything arrives`, async (t) => { // T-49
      const it = await world(t);
      const receiver = await HostileReceiver.start(t, it.certificates.issue('DNS:shop.example'));
      const plain = await HostileReceiver.start(t);
      it.proxy.routes['shop.example:443'] = receiver.port;
      it.proxy.routes['shop.example'] = plain.port;
      await begin(it);
      const urls = ['https://shop.example/echo/1', 'http://shop.example/echo/1'];
      const ids = [await send(it, urls[0]), ...(name.endsWith('CONNECT') ? [] : [await send(it, urls[1])])];
      await until('the failure in the log', () => it.server.log.includes('http_client.proxy_failed'));
      for (const id of ids) {
        await until(`${id} to be postponed`, () => it.server.log.includes('delivery.postponed') && it.server.log.includes(id));
        assert.deepEqual(await it.server.attempts(id), []);
      }
      it.proxy.trouble = undefined;
      await end?.(it);
      for (const id of ids) {
        const [attempt] = await it.server.untilAttempts(id, 1);
        assert.deepEqual([attempt.status, attempt.attempt_number], ['success', 1]);
      }
    });
  }

  test('forbidden addresses stay forbidden, whatever their form', async (t) => { // T-64
    const it = await world(t, { DESTINATIONS_EGRESS_MODE: 'public-only' });
    await it.server.call('PUT', '/tenants/t1');
    for (const host of ['127.0.0.1', '169.254.169.254', '[::1]', 'localhost', '10.1.2.3', '[::ffff:10.1.2.3]']) {
      const refused = await it.server.call('POST', '/tenants/t1/destinations',
        { body: { type: 'webhook', topics: ['*'], config: { url: `http://${host}/` } } });
      assert.equal(refused.status, 422, host);
    }
    const receiver = await HostileReceiver.start(t);
    it.proxy.routes['shop.example'] = receiver.port;
    const attempt = await attemptOf(it, 'http://shop.example/redirect-metadata');
    assert.deepEqual([attempt.code, attempt.response_data], ['blocked_address', undefined]);
    assert.deepEqual(it.proxy.asked, ['POST http://shop.example/redirect-metadata']);
  });

  test('its credentials are in no log, no attempt and no answer', async (t) => {
    const it = await world(t);
    const receiver = await HostileReceiver.start(t);
    it.proxy.routes['shop.example'] = receiver.port;
    await attemptOf(it, 'http://shop.example/echo/1');
    it.proxy.trouble = '407 Who';
    const id = await send(it, 'https://shop.example/echo/1');
    await until('the failure in the log', () => it.server.log.includes('http_client.proxy_failed'));
    const answers = [it.server.log, (await it.server.call('GET', `/attempts?include=request&include=response_data`)).text,
      (await it.server.call('GET', `/events/${id}`)).text];
    for (const secret of ['pass word', 'pass%20word', Buffer.from(it.proxy.credentials).toString('base64')]) {
      for (const text of answers) assert.ok(!text.includes(secret));
    }
  });

  test('a proxy that is not understood stops the start, without being repeated', async (t) => {
    const { code, stdout, stderr } = await runCommand(['serve'], {
      DATA_DIR: temporaryDirectory(t), DESTINATIONS_WEBHOOK_PROXY_URL: 'socks5://u:hunter2@127.0.0.1:1080' });
    assert.equal(code, 1);
    assert.match(stderr, /invalid proxy URL: only proxies of scheme http or https are supported/);
    assert.doesNotMatch(stdout + stderr, /hunter2/);
  });
});
