// What holds for every caller: the request's id, pages of other origins (portal.md §14), the requests a minute (api.md §1).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Server } from './harness/outpost.js';

const origin = 'https://app.example';

test('an answer carries the id of its request, and so does the log', async (t) => {
  const server = await Server.start(t, { LOG_LEVEL: 'debug' });
  const named = await server.call('GET', '/topics', { headers: { 'x-request-id': 'trace/42' } });
  assert.equal(named.headers.get('x-request-id'), 'trace/42');
  const unnamed = await server.call('GET', '/topics', { headers: { 'x-request-id': 'not one' } });
  const made = unnamed.headers.get('x-request-id');
  assert.match(made, /^[0-9a-z]{13}$/);
  const tooLarge = await server.call('PUT', '/tenants/a', { body: 'x'.repeat(2 << 20), headers: { 'x-request-id': 'large-1' } });
  assert.deepEqual([tooLarge.status, tooLarge.headers.get('x-request-id')], [413, 'large-1']);
  await server.stop();
  const lines = server.log.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  for (const [id, message] of [['trace/42', 'api.request'], [made, 'api.request'], ['large-1', 'http.request_refused']]) {
    assert.deepEqual(lines.filter((line) => line.request_id === id).map((line) => line.msg), [message], id);
  }
});

test('without API_CORS_ORIGINS nothing is said about origins', async (t) => {
  const server = await Server.start(t);
  const headers = { origin, 'access-control-request-method': 'GET' };
  const preflight = await server.call('OPTIONS', '/topics', { headers });
  assert.equal(preflight.status, 404);
  const answer = await server.call('GET', '/topics', { headers: { origin } });
  for (const { headers: got } of [preflight, answer]) {
    assert.deepEqual([...got.keys()].filter((name) => name.startsWith('access-control') || name === 'vary'), []);
  }
});

test('a page of an allowed origin may call, with a tenant token, and read why it failed', async (t) => {
  const server = await Server.start(t, { API_CORS_ORIGINS: `${origin}, http://localhost:5173` });
  await server.expect(201, 'PUT', '/tenants/acme');
  const { token } = await server.expect(200, 'GET', '/tenants/acme/token');
  const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' };
  const preflight = await server.call('OPTIONS', '/tenants/acme/destinations', { token: null, headers });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get('access-control-allow-origin'), origin);
  assert.match(preflight.headers.get('access-control-allow-methods'), /\bPOST\b/);
  assert.match(preflight.headers.get('access-control-allow-headers'), /Authorization, Content-Type/);
  for (const [path, status] of [['/tenants/acme', 200], ['/tenants/other', 403]]) {
    const answer = await server.call('GET', path, { token, headers: { origin } });
    assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin')], [status, origin], path);
  }
  const tooLarge = await server.call('PUT', '/tenants/acme', { token, body: 'x'.repeat(2 << 20), headers: { origin } });
  assert.deepEqual([tooLarge.status, tooLarge.headers.get('access-control-allow-origin')], [413, origin]);
  const stranger = await server.call('OPTIONS', '/topics', { headers: { ...headers, origin: 'https://other.example' } });
  assert.equal(stranger.status, 404);
  assert.equal(stranger.headers.get('access-control-allow-origin'), null);
});

test('a caller over its allowance is told when to come back, on whichever connection, and no other caller', async (t) => {
  const server = await Server.start(t, { API_RATE_LIMIT_PER_MINUTE: '3' }); // one comes back every 20 s
  await server.expect(201, 'PUT', '/tenants/acme');
  const { token } = await server.expect(200, 'GET', '/tenants/acme/token');
  const answers = await Promise.all(Array.from({ length: 20 }, () => server.call('GET', '/topics', { headers: { connection: 'close' } })));
  const refused = answers.filter((answer) => answer.status === 429);
  assert.ok(refused.length >= 15, `${refused.length} were refused`); // 19, had no time passed
  for (const answer of refused) {
    assert.deepEqual(answer.json, { status: 429, message: 'rate limit exceeded' });
    assert.ok(Number(answer.headers.get('retry-after')) >= 1 && Number(answer.headers.get('retry-after')) <= 20);
    assert.equal(answer.headers.get('x-ratelimit-limit'), '3');
    assert.equal(answer.headers.get('x-ratelimit-remaining'), '0');
  }
  assert.equal((await server.call('GET', '/topics', { token })).headers.get('x-ratelimit-remaining'), '2');
  assert.equal((await server.call('GET', '//healthz')).status, 200);
});
