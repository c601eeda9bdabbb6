// Cases 25–50 (api.md §7).
import { conforms } from './registry.js';
import { assert } from './world.js';

const meta = (metadata) => ({ metadata });

conforms(25, 'a tenant is made', async (it) => {
  const id = it.id('new');
  const tenant = await it.answers(201, it.K('PUT', `/tenants/${id}`));
  assert.deepEqual([tenant.id, tenant.destinations_count, tenant.topics], [id, 0, []]);
  assert.ok(!('metadata' in tenant));
});
conforms(26, 'a tenant is made once', (it) => it.answers(200, it.K('PUT', `/tenants/${it.t1}`)));
conforms(27, 'metadata is kept', async (it) => {
  assert.deepEqual((await it.answers(200, it.K('PUT', `/tenants/${it.t1}`, meta({ env: 'prod' })))).metadata, { env: 'prod' });
  assert.deepEqual((await it.answers(200, it.K('GET', `/tenants/${it.t1}`))).metadata, { env: 'prod' });
});
conforms(28, 'metadata that is not sent again is gone', async (it) => {
  await it.answers(200, it.K('PUT', `/tenants/${it.t1}`, meta({ env: 'prod' })));
  assert.ok(!('metadata' in await it.answers(200, it.K('PUT', `/tenants/${it.t1}`))));
});
conforms(29, 'metadata becomes text', async (it) => {
  const tenant = await it.answers(201, it.K('PUT', `/tenants/${it.id('t3')}`, meta({ n: 42, b: true, r: 3.14, z: null, o: { k: 'v' } })));
  assert.deepEqual(tenant.metadata, { n: '42', b: 'true', r: '3.14', z: '', o: '{"k":"v"}' });
});
conforms(30, 'a body that is no JSON is refused', async (it) => {
  const refusal = await it.refuses(422, it.K('PUT', `/tenants/${it.t1}`, '{bad'), 'invalid JSON');
  assert.ok(!('data' in refusal));
});
conforms(31, 'a tenant describes itself', async (it) => {
  const tenant = await it.answers(200, it.J1('PUT', `/tenants/${it.t1}`, meta({ role: 'owner' })));
  assert.deepEqual(tenant.metadata, { role: 'owner' });
});
conforms(32, 'a tenant does not create itself', async (it) => {
  const ghost = it.id('ghost');
  await it.refuses(401, it.with(`Bearer ${it.token(ghost)}`, 'PUT', `/tenants/${ghost}`));
  await it.refuses(404, it.K('GET', `/tenants/${ghost}`), 'tenant not found');
});
conforms(33, 'a tenant is read by either', async (it) => {
  const tenant = await it.answers(200, it.K('GET', `/tenants/${it.t1}`));
  assert.deepEqual(await it.answers(200, it.J1('GET', `/tenants/${it.t1}`)), tenant);
  for (const time of [tenant.created_at, tenant.updated_at]) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/);
});
conforms(34, 'a tenant that is not there is not found', (it) =>
  it.refuses(404, it.K('GET', `/tenants/${it.id('missing')}`), 'tenant not found'));
conforms(35, 'a deleted tenant is gone at once, and its token too', async (it) => {
  assert.deepEqual(await it.answers(200, it.K('DELETE', `/tenants/${it.t1}`)), { success: true });
  await it.refuses(404, it.K('GET', `/tenants/${it.t1}`), 'tenant not found');
  await it.refuses(401, it.J1('GET', `/tenants/${it.t1}`));
});
conforms(36, 'a deleted tenant comes back empty', async (it) => {
  await it.destination();
  await it.answers(200, it.K('DELETE', `/tenants/${it.t1}`));
  assert.equal((await it.answers(201, it.K('PUT', `/tenants/${it.t1}`))).destinations_count, 0);
  assert.deepEqual(await it.answers(200, it.K('GET', it.destinations)), []);
});
conforms(37, 'a tenant shows the topics of its destinations', async (it) => {
  await it.destination({ id: 'a', topics: ['user.deleted'] });
  await it.destination({ id: 'b', topics: ['user.created'] });
  const two = await it.answers(200, it.K('GET', `/tenants/${it.t1}`));
  assert.deepEqual([two.topics, two.destinations_count], [['user.created', 'user.deleted'], 2]);
  await it.destination({ id: 'c' });
  const three = await it.answers(200, it.K('GET', `/tenants/${it.t1}`));
  assert.deepEqual([three.topics, three.destinations_count], [['*'], 3]);
});

/** Three tenants, oldest first, and a query that finds them and no other case's. */
async function three(it) {
  const ids = [1, 2, 3].map((number) => it.id(`list${number}`));
  for (const id of ids) await it.answers(201, it.K('PUT', `/tenants/${id}`));
  return { ids, query: ids.map((id) => `id=${id}`).join('&') };
}
const idsOf = (page) => page.models.map((one) => one.id);

conforms(38, 'tenants come newest first, in pages', async (it) => {
  const { ids, query } = await three(it);
  const page = await it.answers(200, it.K('GET', `/tenants?limit=1&${query}`));
  assert.deepEqual(idsOf(page), [ids[2]]);
  assert.equal(page.count, 3);
  const { next, ...rest } = page.pagination;
  assert.equal(typeof next, 'string');
  assert.deepEqual(rest, { order_by: 'created_at', dir: 'desc', limit: 1, prev: null });
});
conforms(39, 'pages of tenants lead on and back', async (it) => {
  const { ids, query } = await three(it);
  const page = (cursor) => it.answers(200, it.K('GET', `/tenants?limit=1&${query}${cursor}`));
  const first = await page('');
  const second = await page(`&next=${first.pagination.next}`);
  const third = await page(`&next=${second.pagination.next}`);
  assert.deepEqual([first, second, third].flatMap(idsOf), ids.toReversed());
  assert.equal(third.pagination.next, null);
  assert.equal(typeof third.pagination.prev, 'string');
  assert.deepEqual(idsOf(await page(`&prev=${third.pagination.prev}`)), [ids[1]]);
});
conforms(40, 'tenants come oldest first when asked to', async (it) => {
  const { ids, query } = await three(it);
  assert.deepEqual(idsOf(await it.answers(200, it.K('GET', `/tenants?dir=asc&${query}`))), ids);
});
conforms(41, 'tenants are found by id, in three spellings', async (it) => {
  const odd = it.id("a.b-c_d~e:f@g'h");
  await it.answers(201, it.K('PUT', `/tenants/${encodeURIComponent(odd)}`));
  for (const [query, found] of [
    [`id=${it.t2}`, [it.t2]],
    [`id[]=${it.t2}&id[]=${encodeURIComponent(odd)}`, [odd, it.t2]],
    [`id[0]=${it.t2}`, [it.t2]],
    [`id=${encodeURIComponent(odd.slice(0, -1))}`, []],
  ]) {
    const page = await it.answers(200, it.K('GET', `/tenants?${query}`));
    assert.deepEqual([idsOf(page), page.count], [found, found.length], query);
  }
});
conforms(42, 'another direction is refused', (it) =>
  it.refuses(422, it.K('GET', '/tenants?dir=up'), 'validation error', { 'query.dir': "must be 'asc' or 'desc'" }));
conforms(43, 'a limit out of range is refused', (it) =>
  it.refusesAll(400, [it.K('GET', '/tenants?limit=0'), it.K('GET', '/tenants?limit=101')], 'invalid limit: must be between 1 and 100'));
conforms(44, 'a limit that is no number is refused', (it) =>
  it.refuses(400, it.K('GET', '/tenants?limit=x'), 'invalid limit: must be an integer'));
conforms(45, 'two cursors are refused', (it) =>
  it.refuses(400, it.K('GET', '/tenants?next=a&prev=b'), "cannot specify both 'next' and 'prev' cursors"));
conforms(46, 'a cursor that is none is refused', (it) => it.refuses(400, it.K('GET', '/tenants?next=!!!'), /^invalid cursor/));
conforms(47, 'a tenant lists itself', async (it) => {
  const page = await it.answers(200, it.J1('GET', '/tenants'));
  assert.deepEqual([idsOf(page), page.count, page.pagination.dir], [[it.t1], 1, 'desc']);
});
conforms(48, 'a token is issued for a day', async (it) => {
  const issued = await it.answers(200, it.K('GET', `/tenants/${it.t1}/token`));
  assert.equal(issued.tenant_id, it.t1);
  const claims = JSON.parse(Buffer.from(issued.token.split('.')[1], 'base64url'));
  assert.deepEqual([claims.sub, claims.iss, claims.exp - claims.iat], [it.t1, 'outpost', 86_400]);
  await it.answers(200, it.with(`Bearer ${issued.token}`, 'GET', `/tenants/${it.t1}`));
});
conforms(49, 'a link to the portal has a token, and a theme that exists', async (it) => {
  const link = async (theme) => (await it.answers(200, it.K('GET', `/tenants/${it.t1}/portal?theme=${theme}`))).redirect_url;
  assert.match(await link('dark'), /\?token=[^&]+&theme=dark$/);
  assert.match(await link('blue'), /\?token=[^&]+$/);
});
conforms(50, 'there is no link for a tenant that is not there', (it) =>
  it.refuses(404, it.K('GET', `/tenants/${it.id('missing')}/portal`), 'tenant not found'));
