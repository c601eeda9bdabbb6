// Cases 116–140: events and attempts (api.md §4, §11).
import { conforms } from './registry.js';
import { assert } from './world.js';

const idsOf = (page) => page.models.map((one) => one.id);
const at = (minute) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`;

/** Events of t1, a minute apart, oldest first. @return their ids */
async function events(it, count, more = () => ({})) {
  const ids = [];
  for (let index = 0; index < count; ++index) {
    ids.push((await it.accepted({ id: it.id(`e${index}`), time: at(index), ...more(index) })).id);
  }
  return ids;
}
const list = (it, query) => it.answers(200, it.K('GET', `/events?tenant_id=${it.t1}&${query}`));

conforms(116, 'events come newest first, whole (A8)', async (it) => {
  await it.destination();
  const ids = await events(it, 10);
  const page = await list(it, '');
  assert.deepEqual(idsOf(page), ids.toReversed());
  for (const event of page.models) {
    assert.deepEqual([event.matched_destination_ids, event.data, event.eligible_for_retry], [['d1'], { u: 1 }, true]);
  }
  assert.deepEqual(page.pagination, { order_by: 'time', dir: 'desc', limit: 100, next: null, prev: null });
});
conforms(117, 'pages lead through all events, once', async (it) => {
  const ids = await events(it, 10);
  const pages = [];
  for (let next = ''; next !== null && pages.length < 10;) {
    const page = await list(it, `limit=3&dir=asc${next && `&next=${next}`}`);
    pages.push(idsOf(page));
    next = page.pagination.next;
  }
  assert.deepEqual(pages.map((one) => one.length), [3, 3, 3, 1]);
  assert.deepEqual(pages.flat(), ids);
});
conforms(118, 'a limit is brought into range', async (it) => {
  for (const [asked, used] of [['5000', 1000], ['-1', 100], ['x', 100]]) {
    assert.equal((await list(it, `limit=${asked}`)).pagination.limit, used, asked);
  }
});
conforms(119, 'topics are separate values', async (it) => {
  const names = ['user.created', 'user.updated', 'user.deleted'];
  const ids = await events(it, 3, (index) => ({ topic: names[index] }));
  assert.deepEqual(idsOf(await list(it, 'topic=user.created&topic=user.updated&dir=asc')), ids.slice(0, 2));
  assert.deepEqual(idsOf(await list(it, 'topic=user.created,user.updated')), []);
});
conforms(120, 'events are found by ids', async (it) => {
  const ids = await events(it, 3);
  assert.deepEqual(idsOf(await it.answers(200, it.K('GET', `/events?id[0]=${ids[0]}&id[1]=${ids[1]}&dir=asc`))), ids.slice(0, 2));
});
conforms(121, 'events are found by destination', async (it) => {
  await it.destination({ topics: ['user.created'] });
  const [first] = await events(it, 2, (index) => ({ topic: index ? 'user.updated' : 'user.created' }));
  assert.deepEqual(idsOf(await list(it, 'destination_id=d1')), [first]);
});
conforms(122, 'there is nothing in the future, up to the end of years', async (it) => {
  const ids = await events(it, 2);
  for (const time of ['2099-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
    const page = await list(it, `time[gte]=${time}`);
    assert.deepEqual([page.models, page.pagination.next, page.pagination.prev], [[], null, null], time);
    assert.deepEqual(idsOf(await list(it, `time[lte]=${time}&time[gte]=0001-01-01T00:00:00Z&dir=asc`)), ids, time);
  }
});
conforms(123, 'a date is a time', async (it) => {
  const ids = await events(it, 1);
  assert.deepEqual(idsOf(await list(it, 'time[gte]=2024-01-01')), ids);
  assert.deepEqual(idsOf(await list(it, 'time[lt]=2026-01-01')), []);
});
conforms(124, 'what is no time is refused', async (it) => {
  const { data } = await it.refuses(422, it.K('GET', '/events?time[gte]=01/02/2024'), 'validation error');
  assert.deepEqual(Object.keys(data), ['query.time[gte]']);
});
conforms(125, 'an operator is refused', (it) => it.refuses(400, it.K('GET', '/events?time[any]=x'), /^operator 'any' is not supported/));
conforms(126, 'there is one order, and two directions', async (it) => {
  await it.refuses(422, it.K('GET', '/events?dir=up'), 'validation error', { 'query.dir': "must be 'asc' or 'desc'" });
  await it.refuses(422, it.K('GET', '/events?order_by=id'), 'validation error', { 'query.order_by': 'must be one of: [time]' });
});
conforms(127, 'the cursor of another list is none', async (it) => {
  const id = await it.delivered();
  await it.answers(202, it.retry(id));
  await it.untilAttempts(id, 2);
  const { pagination } = await it.answers(200, it.K('GET', `/attempts?event_id=${id}&limit=1`));
  await it.refuses(400, it.K('GET', `/events?next=${pagination.next}`), 'invalid cursor');
});
conforms(128, 'a tenant lists its own events', async (it) => {
  const ids = await events(it, 1);
  await it.accepted({ tenant_id: it.t2 });
  for (const query of ['', `?tenant_id=${it.t1}`]) {
    assert.deepEqual(idsOf(await it.answers(200, it.J1('GET', `/events${query}`))), ids, query);
  }
  for (const query of [`?tenant_id=${it.t2}`, `?tenant_id[]=${it.t1}&tenant_id[]=${it.t2}`]) {
    await it.refuses(403, it.J1('GET', `/events${query}`), 'tenant_id query parameter does not match authenticated tenant');
  }
});
conforms(129, 'an event is looked up, also within a tenant', async (it) => {
  const [id] = await events(it, 1);
  assert.equal((await it.answers(200, it.K('GET', `/events/${id}`))).id, id);
  await it.refuses(404, it.K('GET', `/events/${id}?tenant_id=${it.t2}`), 'event not found');
});
conforms(130, "a tenant looks up its own events, and no other's", async (it) => {
  const [own] = await events(it, 1);
  const { id: other } = await it.accepted({ tenant_id: it.t2 });
  await it.refuses(404, it.J1('GET', `/events/${other}`), 'event not found');
  assert.equal((await it.answers(200, it.J1('GET', `/events/${own}?tenant_id=${it.t2}`))).id, own);
});
conforms(131, 'an event that matched nothing is kept all the same (A7)', async (it) => {
  const { id } = await it.accepted();
  assert.deepEqual((await it.answers(200, it.K('GET', `/events/${id}`))).matched_destination_ids, []);
});

const attempts = async (it, query) => (await it.answers(200, it.K('GET', `/attempts?tenant_id=${it.t1}&${query}`))).models;

conforms(132, 'an attempt says how it went', async (it) => {
  const id = await it.delivered();
  const [attempt, ...others] = await attempts(it, `event_id=${id}`);
  assert.deepEqual(others, []);
  const { attempt_number: number, manual, status, code, destination_type: type } = attempt;
  assert.deepEqual({ number, manual, status, code, type }, { number: 1, manual: false, status: 'success', code: '200', type: 'webhook' });
  for (const name of ['event', 'response_data', 'destination']) assert.ok(!(name in attempt), name);
});
conforms(133, 'an attempt shows its event when asked to', async (it) => {
  const id = await it.delivered();
  const [without] = await attempts(it, 'include=event');
  assert.equal(without.event.id, id);
  assert.ok(!('data' in without.event));
  assert.deepEqual((await attempts(it, 'include=event.data'))[0].event.data, { u: 1 });
});
conforms(134, 'an attempt shows response and destination when asked to', async (it) => {
  await it.delivered();
  const query = 'include=response_data&include=destination';
  const [attempt] = await attempts(it, query);
  assert.deepEqual(attempt.response_data, { status: 200, body: 'thank you' });
  assert.equal(attempt.destination.id, 'd1');
  await it.answers(200, it.K('DELETE', `${it.destinations}/d1`));
  assert.ok(!('destination' in (await attempts(it, query))[0]));
});
conforms(135, 'attempts are found by status', async (it) => {
  await it.destination({ id: 'good' });
  await it.destination({ id: 'bad', config: { url: it.url('/fail') } });
  const { id } = await it.accepted({ eligible_for_retry: false });
  await it.untilAttempts(id, 2);
  assert.deepEqual((await attempts(it, 'status=failed')).map((one) => one.destination_id), ['bad']);
  assert.deepEqual(await attempts(it, 'status=weird'), []);
});
conforms(136, 'attempts are found by type of destination', async (it) => {
  await it.delivered();
  assert.equal((await attempts(it, 'destination_type[]=webhook')).length, 1);
  assert.equal((await attempts(it, 'destination_type[]=aws_sqs')).length, 0);
});
conforms(137, 'attempts are numbered', async (it) => {
  await it.destination({ config: { url: it.url('/fail') } });
  const { id } = await it.accepted();
  await it.untilAttempts(id, 3);
  assert.deepEqual((await attempts(it, 'dir=asc')).map((one) => one.attempt_number), [1, 2, 3]);
});
conforms(138, 'a destination lists its attempts', async (it) => {
  await it.destination({ id: 'd2' });
  const id = await it.delivered();
  await it.untilAttempts(id, 2);
  for (const by of ['K', 'J1']) {
    const page = await it.answers(200, it[by]('GET', `${it.destinations}/d1/attempts`));
    assert.deepEqual(page.models.map((one) => [one.event_id, one.destination_id]), [[id, 'd1']]);
  }
  assert.deepEqual((await it.answers(200, it.K('GET', `${it.destinations}/none/attempts`))).models, []);
});
conforms(139, 'an attempt is found below its destination only', async (it) => {
  await it.destination({ id: 'd2', topics: ['user.deleted'] });
  const id = await it.delivered();
  const [attempt] = await attempts(it, `event_id=${id}`);
  assert.equal((await it.answers(200, it.K('GET', `${it.destinations}/d1/attempts/${attempt.id}`))).id, attempt.id);
  await it.refuses(404, it.K('GET', `${it.destinations}/d2/attempts/${attempt.id}`), 'attempt not found');
});
conforms(140, 'an unknown attempt is not found', (it) => it.refuses(404, it.K('GET', '/attempts/none'), 'attempt not found'));
