// Cases 1–24: who is let in, and what is no route (api.md §1, §2). Bodies of 401 and 403 are filled (decision A1).
import { claimsOf, now, sign } from '../harness/token.js';
import { conforms } from './registry.js';
import { assert, jwtSecret, topics } from './world.js';

function checkHealth(body) {
  assert.equal(body.status, 'healthy');
  assert.ok(Date.parse(body.timestamp) > 0, body.timestamp);
  assert.equal(body.workers['http-server'].status, 'healthy');
}

conforms(1, 'health is open', async (it) => checkHealth(await it.answers(200, it.with(null, 'GET', '//healthz'))));
conforms(2, 'health has a second path', async (it) => checkHealth(await it.answers(200, it.with(null, 'GET', '/healthz'))));
conforms(3, 'nobody is let in without a header', (it) => it.refuses(401, it.with(null, 'GET', '/topics')));
conforms(4, 'another scheme is no caller', (it) => it.refuses(401, it.with(`Basic ${it.server.key}`, 'GET', '/topics')));
conforms(5, 'an empty token is no caller', (it) => it.refuses(401, it.with('Bearer ', 'GET', '/topics')));
conforms(6, 'the word Bearer is taken literally', (it) => it.refuses(401, it.with(`bearer ${it.server.key}`, 'GET', '/topics')));
conforms(7, 'a random token is no caller', (it) => it.refuses(401, it.with(`Bearer ${it.run}`, 'GET', '/topics')));

conforms(8, 'the key is let in', async (it) => assert.deepEqual(await it.answers(200, it.K('GET', '/topics')), topics));
conforms(9, 'so is a tenant', async (it) => assert.deepEqual(await it.answers(200, it.J1('GET', '/topics')), topics));

conforms(10, 'the token of a tenant that is not there is none', async (it) => {
  await it.answers(200, it.K('DELETE', `/tenants/${it.t1}`));
  await it.refuses(401, it.J1('GET', '/topics'));
  await it.refuses(401, it.with(`Bearer ${it.token(it.id('ghost'))}`, 'GET', '/topics'));
});

conforms(11, 'a token that is expired, forged or of another issuer is none', async (it) => {
  for (const token of [
    it.token(it.t1, { exp: now() - 1 }),
    sign(claimsOf(it.t1), 'another secret'),
    it.token(it.t1, { iss: 'else' }),
    it.token(it.t1, { iss: undefined }),
  ]) {
    await it.refuses(401, it.with(`Bearer ${token}`, 'GET', '/topics'));
  }
});

conforms(12, 'only HS256 is taken (A14)', async (it) => {
  const bearer = (algorithm) => `Bearer ${sign(claimsOf(it.t1), jwtSecret, algorithm)}`;
  await it.answers(200, it.with(bearer('HS256'), 'GET', '/topics'));
  for (const other of ['HS384', 'HS512', 'none']) await it.refuses(401, it.with(bearer(other), 'GET', '/topics'));
});

conforms(13, 'a tenant does not publish', (it) => it.refuses(403, it.J1('POST', '/publish', { tenant_id: it.t1, data: {} })));
conforms(14, 'a tenant gets neither tokens nor links', (it) => it.refusesAll(403, [
  it.J1('GET', `/tenants/${it.t1}/token`), it.J1('GET', `/tenants/${it.t1}/portal`),
]));
conforms(15, 'a tenant does not see another', (it) => it.refuses(403, it.J1('GET', `/tenants/${it.t2}`)));

conforms(16, 'an open server takes everybody for the owner (A15)', async (it) => {
  const tenant = await it.answers(201, it.servers.open.call('PUT', `/tenants/${it.t1}`, { token: null }));
  assert.deepEqual(await it.answers(200, it.servers.open.call('GET', `/tenants/${it.t1}`, { token: null })), tenant);
});

conforms(17, 'on an open server a token does not narrow its caller (A15)', async (it) => {
  for (const tenant of [it.t1, it.t2]) await it.answers(201, it.servers.open.call('PUT', `/tenants/${tenant}`, { token: null }));
  assert.equal((await it.answers(200, it.servers.open.call('GET', `/tenants/${it.t2}`, { token: it.j1 }))).id, it.t2);
});

const notFound = { status: 404, message: 'not found' };

conforms(18, 'an unknown path is not found', async (it) => assert.deepEqual(await it.answers(404, it.K('GET', '/nope')), notFound));
conforms(19, 'neither is a known one with another method', async (it) => {
  const answer = await it.K('POST', '/topics');
  assert.deepEqual(await it.answers(404, answer), notFound);
  assert.equal(answer.headers.get('allow'), null);
});

conforms(20, 'a slash too many is redirected', async (it) => {
  const answer = await it.K('GET', '/topics/');
  assert.deepEqual([answer.status, answer.headers.get('location')], [301, '/api/v1/topics']);
});
conforms(21, 'and so that the method stays', async (it) => {
  const answer = await it.K('PUT', `/tenants/${it.t1}/`);
  assert.deepEqual([answer.status, answer.headers.get('location')], [307, `/api/v1/tenants/${it.t1}`]);
});

conforms(22, 'nothing is said about other origins', async (it) => {
  const headers = { origin: 'https://app.example', 'access-control-request-method': 'GET' };
  const answers = [
    await it.server.call('OPTIONS', '/topics', { token: null, headers }), await it.server.call('GET', '/topics', { headers }),
  ];
  assert.deepEqual(answers.map((one) => one.status), [404, 200]);
  for (const { headers: got } of answers) {
    assert.deepEqual([...got.keys()].filter((name) => name.startsWith('access-control')), []);
  }
});

conforms(23, 'any other path is the portal', async (it) => {
  const answer = await it.with(null, 'GET', '//some/portal/page');
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type'), /^text\/html/);
});
conforms(24, 'the portal learns its settings from a script', async (it) => {
  const answer = await it.with(null, 'GET', '//inject-portal-config.js');
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type'), /^application\/javascript/);
  assert.ok(answer.text.startsWith('window.PORTAL_CONFIGS = {'), answer.text.slice(0, 50));
});
