// Who may do what, and what malformed requests get (api.md §1–§3, §19 cases 1–24; decisions A1–A5, A14).
import assert from 'node:assert/strict';
import net from 'node:net';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { slower } from './harness/wait.js';

const secret = 'jwt-secret-of-the-tests';

function token(claims, key = secret, header = { alg: 'HS256', typ: 'JWT' }) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

const now = () => Math.floor(Date.now() / 1000);

/** What the server answers to these very bytes, until it closes. */
function raw(server, bytes) {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(5000 * slower, () => socket.destroy(new Error(`no end of the answer: ${answer}`)));
    socket.on('data', (part) => { answer += part; });
    socket.on('close', () => resolve(answer));
    socket.on('error', (error) => (answer ? resolve(answer) : reject(error)));
  });
}

describe('the API', { concurrency: true }, () => {
  test('lets a tenant in with the token that it issued, and only to its own', async (t) => {
    const server = await Server.start(t, { API_JWT_SECRET: secret, TOPICS: 'user.created' });
    const admin = server.sdk();
    for (const id of ['t1', 't2']) await admin.tenants.upsert(id);
    const { token: issued } = await admin.tenants.getToken('t1');
    const [, claims] = issued.split('.').map((part) => part && Buffer.from(part, 'base64url').toString());
    assert.equal(JSON.parse(claims).sub, 't1');
    const status = async (method, route, credentials) => (await server.call(method, route, { token: credentials })).status;
    assert.equal(await status('GET', '/tenants/t1', issued), 200);
    assert.equal(await status('GET', '/tenants/t2', issued), 403);
    assert.equal(await status('POST', '/publish', issued), 403);
    assert.equal(await status('GET', '/tenants/t1/token', issued), 403);
    assert.equal(await status('GET', '/topics', issued), 200);
    assert.deepEqual((await server.call('GET', '/tenants', { token: issued })).json.models.map((one) => one.id), ['t1']);
    const id = await server.publish('t2');
    assert.equal(await status('GET', `/events/${id}`, issued), 404);
    assert.equal(await status('GET', '/events?tenant_id=t2', issued), 403);
    assert.equal((await server.sdk(issued).tenants.get('t1')).id, 't1');
    await admin.tenants.delete('t1');
    assert.equal(await status('GET', '/topics', issued), 401);
  });

  test('lets nobody in with a token that is forged, expired or of another kind (T-67)', async (t) => {
    const server = await Server.start(t, { API_JWT_SECRET: secret });
    await server.call('PUT', '/tenants/t1');
    const good = { iss: 'outpost', sub: 't1', iat: now(), exp: now() + 60 };
    const status = async (credentials, headers) => (await server.call('GET', '/topics', { token: credentials, headers })).status;
    assert.equal(await status(token(good)), 200);
    for (const [why, bad] of [
      ['another key', token(good, 'other')],
      ['no key', token(good, '')],
      ['another issuer', token({ ...good, iss: 'else' })],
      ['expired', token({ ...good, exp: now() - 1 })],
      ['not yet', token({ ...good, nbf: now() + 60 })],
      ['an unknown tenant', token({ ...good, sub: 'ghost' })],
      ['no subject', token({ ...good, sub: '' })],
      ['another algorithm', token(good, secret, { alg: 'none', typ: 'JWT' })],
      ['no token', 'nonsense'],
      ['a prefix of the key', server.key.slice(0, -1)],
    ]) {
      assert.equal(await status(bad), 401, why);
    }
    for (const authorization of ['Basic x', 'Bearer ', `bearer ${server.key}`, `Bearer  ${server.key}`]) {
      assert.equal(await status(null, { authorization }), 401, authorization);
    }
  });

  test('answers every error with the JSON envelope (A1)', async (t) => {
    const server = await Server.start(t, { TOPICS: 'user.created' });
    await server.call('PUT', '/tenants/t1');
    const cases = [
      ['GET', '/topics', { token: null }, 401],
      ['GET', '/nope', {}, 404, 'not found'],
      ['POST', '/topics', {}, 404, 'not found'],
      ['GET', '/tenants/ghost', {}, 404, 'tenant not found'],
      ['GET', '/events/none', {}, 404, 'event not found'],
      ['GET', '/attempts/none', {}, 404, 'attempt not found'],
      ['GET', '/tenants/t1/destinations/none', {}, 404, 'destination not found'],
      ['POST', '/publish', { body: '{bad' }, 422, 'invalid JSON'],
      ['POST', '/publish', { body: '' }, 422, 'invalid JSON'],
      ['POST', '/publish', { body: {} }, 422, 'validation error'],
      ['POST', '/publish', { body: { tenant_id: 't1', topic: 'nope', data: {} } }, 422, 'validation error'],
      ['POST', '/publish', { body: `{"tenant_id":"t1","topic":"user.created","data":${'['.repeat(200)}${']'.repeat(200)}}` }, 422],
      ['GET', '/events?next=!!!', {}, 400, 'invalid cursor'],
      ['GET', '/events?dir=up', {}, 422, 'validation error'],
      ['GET', '/tenants?limit=0', {}, 400],
    ];
    for (const [method, route, options, status, message] of cases) {
      const answer = await server.call(method, route, options);
      const where = `${method} ${route} answered ${answer.text}`;
      assert.equal(answer.status, status, where);
      assert.equal(answer.json.status, status, where);
      if (message) assert.equal(answer.json.message, message, where);
      assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8', where);
    }
    const slash = await server.call('GET', '/topics/');
    assert.equal(slash.status, 301);
    assert.equal(slash.headers.get('location'), '/api/v1/topics');
  });

  test('bounds what it reads (A3)', async (t) => {
    const server = await Server.start(t);
    const body = (size) => `{"tenant_id":"t1","topic":"x","data":{"pad":"${'x'.repeat(size)}"}}`;
    assert.equal((await server.call('POST', '/publish', { body: body(3 << 20) })).status, 202);
    const large = `Content-Length: ${5 << 20}\r\n`;
    const head = `Host: x\r\nAuthorization: Bearer ${server.key}\r\n`;
    assert.match(await raw(server, `POST /api/v1/publish HTTP/1.1\r\n${head}${large}\r\n`), /^HTTP\/1\.1 413 [\s\S]*"status":413/);
    assert.match(await raw(server, `GET /api/v1/topics HTTP/1.1\r\n${head}X: ${'y'.repeat(70_000)}\r\n\r\n`),
      /^HTTP\/1\.1 431 [\s\S]*"status":431/);
  });

  test('refuses requests that two readers could understand differently (T-71)', async (t) => {
    const server = await Server.start(t);
    const head = `POST /api/v1/publish HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.key}\r\n`;
    for (const lines of [
      'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
      'Content-Length: -1\r\n\r\n',
      'Transfer-Encoding: nonsense\r\n\r\n',
    ]) {
      assert.match(await raw(server, head + lines), /^HTTP\/1\.1 (400|501) /, lines);
    }
    assert.match(await raw(server, 'this is not HTTP\r\n\r\n'), /^HTTP\/1\.1 400 /);
    assert.equal((await server.call('GET', '/topics')).status, 200);
  });

  test('reads chunked bodies and answers requests that were sent together in order', async (t) => {
    const server = await Server.start(t);
    const head = `Host: x\r\nAuthorization: Bearer ${server.key}\r\n`;
    const json = '{"metadata":{"a":"b"}}';
    const chunked = `${json.length.toString(16)}\r\n${json}\r\n0\r\n\r\n`;
    const answer = await raw(server, `PUT /api/v1/tenants/t1 HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n${chunked}` +
      `GET /api/v1/tenants/t1 HTTP/1.1\r\n${head}Connection: close\r\n\r\n`);
    const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]);
    assert.deepEqual(statuses, ['201', '200']);
    assert.ok(answer.endsWith('}') && answer.includes('"metadata":{"a":"b"}'), 'a chunked body of a tenant is read (A9)');
  });
});
