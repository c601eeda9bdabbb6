// Cases 158–171: paths of the first releases (api.md §16). Errors are in today's envelope (decision A10).
import { conforms } from './registry.js';
import { assert } from './world.js';

/** A tenant, made by the old path. @return its path */
async function org(it) {
  await it.answers(201, it.K('PUT', `/${it.id('org1')}`));
  return `/${it.id('org1')}`;
}
const create = (it, path) => it.answers(201, it.K('POST', `${path}/destinations`, it.destinationBody({ topics: ['*'] })));
/** One delivered event. @return {{path, destination, event}} */
async function delivered(it) {
  const path = await org(it);
  const destination = (await create(it, path)).id;
  const { id: event } = await it.accepted({ tenant_id: it.id('org1') });
  await it.untilAttempts(event, 1);
  return { path, destination, event };
}
const bearer = (it, tenant) => `Bearer ${it.token(tenant)}`;

conforms(158, 'a tenant is made by the old path', async (it) => {
  const made = await it.answers(201, it.K('PUT', `/${it.id('org1')}`));
  assert.deepEqual(await it.answers(200, it.K('GET', `/tenants/${it.id('org1')}`)), made);
});
conforms(159, 'so is a destination', async (it) => {
  const made = await create(it, await org(it));
  assert.deepEqual([made.tenant_id, made.type, made.topics], [it.id('org1'), 'webhook', ['*']]);
});
conforms(160, 'publishing answers more than it did', async (it) => {
  const { id } = await create(it, await org(it));
  assert.deepEqual((await it.accepted({ tenant_id: it.id('org1') })).destination_ids, [id]);
});
conforms(161, 'there is a link to the portal', async (it) => {
  const path = await org(it);
  assert.match((await it.answers(200, it.K('GET', `${path}/portal`))).redirect_url, /\?token=/);
});
conforms(162, 'events are listed one row a destination', async (it) => {
  const { path, destination, event } = await delivered(it);
  const { data, ...rest } = await it.answers(200, it.K('GET', `${path}/events`));
  assert.deepEqual(rest, { next: '', prev: '', count: 1 });
  assert.deepEqual(data.map((one) => [one.id, one.destination_id, one.status]), [[event, destination, 'success']]);
});

async function checkDeliveries(it, prefix, event) {
  const [delivery, ...others] = await it.answers(200, it.K('GET', `${prefix}/events/${event}/deliveries`));
  assert.deepEqual(others, []);
  assert.match(delivery.delivered_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.deepEqual([delivery.status, delivery.code, delivery.response_data], ['success', '200', { status: 200, body: 'thank you' }]);
}
conforms(163, 'attempts were called deliveries', async (it) => {
  const { path, event } = await delivered(it);
  await checkDeliveries(it, path, event);
});
conforms(164, 'an event is sent again', async (it) => {
  const { path, destination, event } = await delivered(it);
  assert.deepEqual(await it.answers(202, it.K('POST', `${path}/destinations/${destination}/events/${event}/retry`)), { success: true });
  await it.untilAttempts(event, 2);
});
conforms(165, 'what is deleted is shown once more', async (it) => {
  const path = await org(it);
  const made = await create(it, path);
  assert.deepEqual(await it.answers(200, it.K('DELETE', `${path}/destinations/${made.id}`)), made);
});
conforms(166, 'topics and types are below the tenant', async (it) => {
  const path = await org(it);
  for (const tail of ['topics', 'destination-types']) {
    const shown = await it.answers(200, it.K('GET', `${path}/${tail}`));
    assert.deepEqual(await it.answers(200, it.with(bearer(it, it.id('org1')), 'GET', `${path}/${tail}`)), shown);
  }
});
conforms(167, "another tenant's token is none", async (it) => {
  const path = await org(it);
  await it.refuses(401, it.J1('GET', path));
  await it.refuses(403, it.J1('GET', `/tenants${path}`));
});
conforms(168, 'errors are those of today (A10)', async (it) =>
  it.refuses(422, it.K('POST', `${await org(it)}/destinations`, {}), 'validation error', ['type is required', 'topics is required']));
conforms(169, 'a tenant lists its destinations without its name', async (it) => {
  const made = await create(it, await org(it));
  assert.deepEqual(await it.answers(200, it.with(bearer(it, it.id('org1')), 'GET', '/destinations')), [made]);
  assert.deepEqual(await it.answers(200, it.J1('GET', '/destinations')), []);
  await it.refuses(404, it.K('GET', '/destinations'), 'not found');
});
conforms(170, 'words of today are never tenants', async (it) => {
  assert.ok('pagination' in await it.answers(200, it.K('GET', '/tenants')));
  assert.ok(Array.isArray(await it.answers(200, it.K('GET', '/topics'))));
  const query = 'time[start]=2026-01-01T00:00:00Z&time[end]=2026-01-02T00:00:00Z&measures=count';
  assert.ok('metadata' in await it.answers(200, it.K('GET', `/metrics/events?${query}`)));
  for (const word of ['tenants', 'topics', 'metrics']) await it.refuses(404, it.K('PUT', `/${word}`), 'not found');
});
conforms(171, 'the old tails are served below the new prefix too', async (it) => {
  const { path, event } = await delivered(it);
  await checkDeliveries(it, `/tenants${path}`, event);
});
