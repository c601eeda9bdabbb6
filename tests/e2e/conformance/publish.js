// Cases 92–115 (api.md §9, §10).
import { conforms } from './registry.js';
import { assert } from './world.js';

const invalid = (it, answer, ...data) => it.refuses(422, answer, 'validation error', data);
const sorted = (ids) => ids.toSorted();

conforms(92, 'an event is taken for the destinations that it matches', async (it) => {
  await it.destination();
  const receipt = await it.accepted();
  assert.ok(receipt.id);
  assert.deepEqual({ ...receipt, id: '' }, { id: '', duplicate: false, destination_ids: ['d1'] });
});
conforms(93, 'an id is taken once', async (it) => {
  await it.destination();
  const id = it.id('e1');
  assert.deepEqual(await it.accepted({ id }), { id, duplicate: false, destination_ids: ['d1'] });
  assert.deepEqual(await it.accepted({ id }), { id, duplicate: true, destination_ids: ['d1'] });
});
conforms(94, 'what is required is named', (it) => invalid(it, it.K('POST', '/publish', {}), 'tenant_id is required', 'data is required'));
conforms(95, 'data is an object', async (it) => {
  for (const data of [null, 's', 1, []]) await it.refuses(422, it.publish({ data }), 'data must be a valid JSON object');
});
conforms(96, 'an event has a body', (it) => it.refuses(422, it.K('POST', '/publish'), 'invalid JSON'));
conforms(97, 'metadata is text', (it) => it.refuses(422, it.publish({ metadata: { n: 1 } }), 'invalid JSON'));
conforms(98, 'an event has a topic', (it) => invalid(it, it.publish({ topic: undefined }), 'topic is required'));
conforms(99, 'a topic is a known one, or all of them', async (it) => {
  await invalid(it, it.publish({ topic: 'nope' }), 'topic is invalid');
  await it.accepted({ topic: '*' });
});
conforms(100, 'an unknown tenant has no destinations; its events are known again (A6)', async (it) => {
  const event = { id: it.id('e'), tenant_id: it.id('nobody') };
  assert.deepEqual(await it.accepted(event), { id: event.id, duplicate: false, destination_ids: [] });
  assert.deepEqual(await it.accepted(event), { id: event.id, duplicate: true, destination_ids: [] });
});
conforms(101, 'a destination that is named must match all the same', async (it) => {
  await it.destination({ id: 'off', disabled_at: '2024-01-01T00:00:00Z' });
  await it.destination({ id: 'deleted', topics: ['user.deleted'] });
  for (const id of ['off', 'deleted', 'unknown']) {
    assert.deepEqual((await it.accepted({ destination_id: id })).destination_ids, [], id);
  }
});
conforms(102, 'a filter chooses', async (it) => {
  await it.destination({ filter: { data: { amount: { $gte: 100 } } } });
  assert.deepEqual((await it.accepted({ data: { amount: 150 } })).destination_ids, ['d1']);
  assert.deepEqual((await it.accepted({ data: { amount: 50 } })).destination_ids, []);
});
conforms(103, 'a disabled destination gets nothing, and what comes later when it is enabled', async (it) => {
  await it.destination({ disabled_at: '2024-01-01T00:00:00Z' });
  const missed = await it.accepted();
  assert.deepEqual(missed.destination_ids, []);
  await it.answers(200, it.K('PUT', `${it.destinations}/d1/enable`));
  const { id } = await it.accepted();
  await it.receiver.nth(id, 1);
  assert.deepEqual(it.receiver.of(missed.id), []);
});
conforms(104, 'each destination gets one delivery', async (it) => {
  await it.destination({ id: 'd1', config: { url: it.url('/ok/one') } });
  await it.destination({ id: 'd2', config: { url: it.url('/ok/two') } });
  const { id, destination_ids: ids } = await it.accepted();
  assert.deepEqual(sorted(ids), ['d1', 'd2']);
  const attempts = await it.untilAttempts(id, 2);
  assert.deepEqual(sorted(attempts.map((one) => one.destination_id)), ['d1', 'd2']);
  assert.deepEqual(sorted(it.receiver.of(id).map((one) => one.path)), [`/ok/one/${it.run}`, `/ok/two/${it.run}`]);
});
conforms(105, 'the order of keys is kept everywhere (B1)', async (it) => {
  await it.destination();
  const id = it.id('e');
  const data = '{"zebra":1,"alpha":2}';
  await it.answers(202, it.K('POST', '/publish', `{"id":"${id}","tenant_id":"${it.t1}","topic":"user.created","data":${data}}`));
  await it.untilAttempts(id, 1);
  await it.answers(202, it.retry(id));
  await it.untilAttempts(id, 2);
  assert.deepEqual(it.receiver.of(id).map((one) => one.text()), [data, data]);
  assert.ok((await it.K('GET', `/events/${id}`)).text.includes(`"data":${data}`));
});
conforms(106, 'a time is one', (it) => it.refuses(422, it.publish({ time: 'yesterday' }), /^parsing time/));
conforms(107, 'a body over a mebibyte is taken (A3)', async (it) => {
  await it.destination();
  const { id } = await it.accepted({ data: { pad: 'x'.repeat(1 << 20) } });
  assert.ok((await it.receiver.nth(id, 1)).body.length > 1 << 20);
});
conforms(108, 'an event is sent again by hand', async (it) => {
  const id = await it.delivered();
  assert.deepEqual(await it.answers(202, it.retry(id)), { success: true });
  const attempts = await it.untilAttempts(id, 2);
  assert.deepEqual(attempts.map((one) => [one.attempt_number, one.manual]), [[1, false], [2, true]]);
});
conforms(109, 'a retry names event and destination', (it) =>
  invalid(it, it.K('POST', '/retry', {}), 'event_id is required', 'destination_id is required'));
conforms(110, 'an unknown event is not sent', (it) => it.refuses(404, it.retry(it.id('none')), 'event not found'));
conforms(111, "another tenant's event is not there", async (it) => {
  await it.answers(201, it.K('POST', `/tenants/${it.t2}/destinations`, it.destinationBody({ id: 'd1' })));
  const { id } = await it.accepted({ tenant_id: it.t2 });
  await it.untilAttempts(id, 1);
  await it.refuses(404, it.J1('POST', '/retry', { event_id: id, destination_id: 'd1' }), 'event not found');
});
conforms(112, 'nothing is sent to a disabled destination', async (it) => {
  const id = await it.delivered();
  await it.answers(200, it.K('PUT', `${it.destinations}/d1/disable`));
  await it.refuses(400, it.retry(id), 'Destination is disabled', { error: 'destination_disabled' });
});
conforms(113, 'nothing is sent where it does not match any more', async (it) => {
  const id = await it.delivered();
  await it.answers(200, it.patch({ topics: ['user.deleted'] }));
  await it.refuses(400, it.retry(id), 'destination does not match event');
});
conforms(114, 'nothing is sent to a deleted destination (A2)', async (it) => {
  const id = await it.delivered();
  await it.answers(200, it.K('DELETE', `${it.destinations}/d1`));
  await it.refuses(404, it.retry(id), 'destination not found');
});
conforms(115, 'what is not to be retried is sent again by hand', async (it) => {
  const id = await it.delivered({ eligible_for_retry: false });
  await it.answers(202, it.retry(id));
  await it.untilAttempts(id, 2);
});
