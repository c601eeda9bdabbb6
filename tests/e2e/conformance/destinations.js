// Cases 51–91 (api.md §8).
import { conforms } from './registry.js';
import { assert, until } from './world.js';

const past = '2024-01-01T00:00:00Z';
const future = '2099-01-01T00:00:00Z';
const dayMs = 86_400_000;
const inADay = (text) => Math.abs(Date.parse(text) - Date.now() - dayMs) < 60_000;
const invalid = (it, answer, ...data) => it.refuses(422, answer, 'validation error', data);

conforms(51, 'a webhook is made', async (it) => {
  const made = await it.answers(201, it.create());
  assert.deepEqual([made.topics, made.disabled_at, made.target, made.tenant_id], [['*'], null, it.url(), it.t1]);
  assert.match(made.credentials.secret, /^whsec_/);
  for (const name of ['filter', 'metadata', 'delivery_metadata']) assert.ok(!(name in made), name);
});
conforms(52, 'an id is taken once', async (it) => {
  await it.destination({ id: 'mine' });
  await it.refuses(400, it.create({ id: 'mine' }), 'destination already exists');
});
conforms(53, 'what is required is named', (it) =>
  invalid(it, it.K('POST', it.destinations, { config: {} }), 'type is required', 'topics is required'));
conforms(54, 'no topics are refused', (it) => it.refuses(422, it.create({ topics: [] }), 'validation failed: invalid topics'));
conforms(55, 'topics are a list', (it) =>
  it.refuses(422, it.create({ topics: 'user.created' }), 'validation failed: invalid topics format'));
conforms(56, 'topics are known ones', (it) =>
  it.refusesAll(422, [['nope'], ['*', 'user.created'], ['user.*']].map((topics) => it.create({ topics })), 'validation failed: invalid topics'));
conforms(57, 'patterns of topics are taken when they are allowed', async (it) => {
  const create = (topics) => it.servers.wildcards.call('POST', it.destinations, { body: it.destinationBody({ topics }) });
  await it.answers(201, it.servers.wildcards.call('PUT', `/tenants/${it.t1}`));
  assert.deepEqual((await it.answers(201, create(['user.*', 'user.created', 'user.created']))).topics, ['user.*']);
  await it.refuses(422, create(['order.*']), 'validation failed: invalid topics');
});
conforms(58, 'a webhook has a url', (it) => invalid(it, it.create({ config: {} }), 'config.url is required'));
conforms(59, 'a url is one of HTTP', (it) => invalid(it, it.create({ config: { url: 'ftp://x' } }), 'config.url failed pattern validation'));
conforms(60, 'an unknown type is refused', (it) =>
  it.refuses(422, it.create({ type: 'smoke' }), 'no provider registered for destination type: smoke'));

const withHeaders = (it, headers) => it.create({ config: { url: it.url(), custom_headers: headers } });

conforms(61, 'custom headers are checked', async (it) => {
  await invalid(it, withHeaders(it, '{"Host":"x"}'), 'config.custom_headers.host is forbidden');
  await invalid(it, withHeaders(it, '{"bad name":"x"}'), 'config.custom_headers.bad name failed pattern validation');
  await invalid(it, withHeaders(it, '{"X-A":""}'), 'config.custom_headers.x-a is required');
});
conforms(62, 'custom headers may be an object', async (it) => {
  const made = await it.answers(201, withHeaders(it, { 'X-A': 'b' }));
  assert.deepEqual(JSON.parse(made.config.custom_headers), { 'X-A': 'b' });
});
conforms(63, 'a tenant has 20 destinations at most', async (it) => {
  for (let count = 0; count < 20; ++count) await it.answers(201, it.create());
  await it.refuses(400, it.create(), 'maximum number of destinations per tenant reached');
});
conforms(64, 'a tenant chooses no secret', (it) =>
  invalid(it, it.J1('POST', it.destinations, it.destinationBody({ credentials: { secret: 'mine' } })), 'credentials.secret is forbidden'));
conforms(65, 'a tenant does not date its destinations back', async (it) => {
  await it.refuses(403, it.J1('POST', it.destinations, it.destinationBody({ created_at: past })),
    'created_at and updated_at can only be set with API key authentication');
  assert.deepEqual(await it.answers(200, it.K('GET', it.destinations)), []);
});
conforms(66, 'the key dates a destination back', async (it) => {
  const made = await it.answers(201, it.create({ created_at: past }));
  assert.deepEqual([made.created_at, made.updated_at], [past, past]);
});
conforms(67, 'nothing happened in the future', async (it) => {
  for (const name of ['created_at', 'updated_at', 'disabled_at']) {
    await it.refuses(422, it.create({ [name]: future }), `${name} cannot be in the future`);
  }
});
conforms(68, 'a destination may begin disabled', async (it) => {
  assert.equal((await it.answers(201, it.create({ disabled_at: past }))).disabled_at, past);
  const own = await it.answers(201, it.J1('POST', it.destinations, it.destinationBody({ disabled_at: past })));
  assert.equal(own.disabled_at, past);
});
conforms(69, 'there is nothing to rotate yet', (it) =>
  invalid(it, it.create({ credentials: { rotate_secret: true } }), 'credentials.rotate_secret failed invalid validation'));
conforms(70, 'the tenant is looked up before the body is read', (it) =>
  it.refuses(404, it.K('POST', `/tenants/${it.id('missing')}/destinations`, '{bad'), 'tenant not found'));
conforms(71, 'a body of 20 kB is read', async (it) => {
  const metadata = { pad: 'x'.repeat(20_000) };
  assert.deepEqual((await it.destination({ metadata })).metadata, metadata);
  assert.deepEqual((await it.answers(200, it.patch({ metadata }))).metadata, metadata);
});
conforms(72, 'keys of AWS are masked', async (it) => {
  const credentials = { key: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  const made = await it.answers(201, it.create(
    { type: 'aws_sqs', config: { queue_url: 'https://sqs.eu-west-1.amazonaws.com/1/q' }, credentials }));
  assert.equal(made.credentials.key, 'AKIA****************');
  assert.ok(!JSON.stringify(made).includes(credentials.secret));
});
conforms(73, 'a destination is found below its tenant only', async (it) => {
  await it.answers(201, it.K('POST', `/tenants/${it.t2}/destinations`, it.destinationBody({ id: 'of2' })));
  for (const id of ['none', 'of2']) await it.refuses(404, it.K('GET', `${it.destinations}/${id}`), 'destination not found');
});

const idsIn = async (it, query) => (await it.answers(200, it.K('GET', `${it.destinations}?${query}`))).map((one) => one.id);

conforms(74, 'destinations are listed by type, oldest first', async (it) => {
  for (const id of ['z', 'a']) await it.destination({ id });
  assert.deepEqual(await idsIn(it, 'type=webhook'), ['z', 'a']);
  assert.deepEqual(await idsIn(it, 'type[]=aws_sqs&type[]=webhook'), ['z', 'a']);
  assert.deepEqual(await idsIn(it, 'type=aws_sqs'), []);
});
conforms(75, 'destinations are listed by all of the topics', async (it) => {
  await it.destination({ id: 'one', topics: ['user.created'] });
  await it.destination({ id: 'both', topics: ['user.deleted', 'user.created'] });
  await it.destination({ id: 'all' });
  assert.deepEqual(await idsIn(it, 'topics=user.created&topics=user.deleted'), ['both', 'all']);
});
conforms(76, 'topics are replaced', async (it) => {
  const before = await it.destination({ topics: ['user.deleted'], created_at: past });
  const after = await it.answers(200, it.patch({ topics: ['user.created'] }));
  assert.deepEqual(after.topics, ['user.created']);
  assert.ok(Date.parse(after.updated_at) > Date.parse(before.updated_at));
});
conforms(77, 'metadata is merged', async (it) => {
  await it.destination();
  await it.answers(200, it.patch({ metadata: { a: '1' } }));
  assert.deepEqual((await it.answers(200, it.patch({ metadata: { b: 2, a: null } }))).metadata, { b: '2' });
});
conforms(78, 'metadata is kept by {} and cleared by null', async (it) => {
  await it.destination({ metadata: { a: '1' } });
  assert.deepEqual((await it.answers(200, it.patch({ metadata: {} }))).metadata, { a: '1' });
  assert.ok(!('metadata' in await it.answers(200, it.patch({ metadata: null }))));
});
conforms(79, 'a filter is replaced, and cleared by {}', async (it) => {
  await it.destination();
  await it.answers(200, it.patch({ filter: { data: { x: 1 } } }));
  assert.deepEqual((await it.answers(200, it.patch({ filter: { data: { y: 1 } } }))).filter, { data: { y: 1 } });
  assert.ok(!('filter' in await it.answers(200, it.patch({ filter: {} }))));
});
conforms(80, 'what is required stays', async (it) => {
  await it.destination();
  await invalid(it, it.patch({ config: { url: null } }), 'config.url is required');
});
conforms(81, 'the type stays', async (it) => {
  await it.destination();
  await it.refuses(422, it.patch({ type: 'aws_sqs' }), 'type cannot be updated');
  await it.answers(200, it.patch({ type: 'webhook' }));
});
conforms(82, 'a destination is disabled and enabled by its time', async (it) => {
  await it.destination();
  assert.equal((await it.answers(200, it.patch({ disabled_at: past }))).disabled_at, past);
  assert.equal((await it.answers(200, it.patch({ disabled_at: null }))).disabled_at, null);
  await it.refuses(422, it.patch({ disabled_at: 'yesterday' }), /^invalid disabled_at: parsing time/);
  await it.refuses(422, it.patch({ disabled_at: future }), 'disabled_at cannot be in the future');
});

/** Changes credentials of d1. @return those that are shown after it */
const changed = async (it, by, credentials) =>
  (await it.answers(200, it[by]('PATCH', `${it.destinations}/d1`, { credentials }))).credentials;

conforms(83, 'a tenant rotates its secret', async (it) => {
  const before = (await it.destination()).credentials.secret;
  const after = await changed(it, 'J1', { rotate_secret: true });
  assert.notEqual(after.secret, before);
  assert.equal(after.previous_secret, before);
  assert.ok(inADay(after.previous_secret_invalid_at), after.previous_secret_invalid_at);
});
conforms(84, 'a tenant does not change its secret', async (it) => {
  await it.destination();
  await invalid(it, it.J1('PATCH', `${it.destinations}/d1`, { credentials: { secret: 'x' } }), 'credentials.secret is forbidden');
});
conforms(85, 'the end of the old secret is chosen, once', async (it) => {
  await it.destination();
  await changed(it, 'J1', { rotate_secret: true });
  const chosen = new Date(Date.now() + 10 * dayMs).toISOString();
  const second = await changed(it, 'K', { rotate_secret: true, previous_secret_invalid_at: chosen });
  assert.equal(Date.parse(second.previous_secret_invalid_at), Date.parse(chosen));
  assert.ok(inADay((await changed(it, 'J1', { rotate_secret: true })).previous_secret_invalid_at));
});
conforms(86, 'an old secret is not shown after its end', async (it) => {
  const { secret } = (await it.destination()).credentials;
  await changed(it, 'K', { previous_secret: 'old', previous_secret_invalid_at: new Date(Date.now() + 500).toISOString() });
  const shown = await until('the previous secret to end', async () => {
    const { credentials } = await it.answers(200, it.K('GET', `${it.destinations}/d1`));
    return !('previous_secret' in credentials) && credentials;
  });
  assert.deepEqual(shown, { secret });
});
conforms(87, 'what is not there is not changed', (it) => it.refuses(404, it.patch({}, 'none'), 'destination not found'));
conforms(88, 'a change has a body, and may change nothing', async (it) => {
  await it.destination();
  await it.refuses(422, it.K('PATCH', `${it.destinations}/d1`, ''), 'invalid JSON');
  await it.answers(200, it.patch({}));
});
conforms(89, 'what is disabled stays disabled since then', async (it) => {
  const made = await it.destination();
  const first = await it.answers(200, it.K('PUT', `${it.destinations}/d1/disable`));
  const second = await it.answers(200, it.K('PUT', `${it.destinations}/d1/disable`));
  assert.ok(Date.parse(first.disabled_at) > 0);
  assert.equal(second.disabled_at, first.disabled_at);
  assert.equal(second.updated_at, made.updated_at);
});
conforms(90, 'a destination is enabled again', async (it) => {
  await it.destination({ disabled_at: past });
  assert.equal((await it.answers(200, it.K('PUT', `${it.destinations}/d1/enable`))).disabled_at, null);
  await it.refuses(404, it.K('PUT', `${it.destinations}/none/enable`), 'destination not found');
});
conforms(91, 'a deleted destination is gone, and its id free', async (it) => {
  await it.destination();
  const path = `${it.destinations}/d1`;
  assert.deepEqual(await it.answers(200, it.K('DELETE', path)), { success: true });
  await it.refusesAll(404, [it.K('GET', path), it.K('DELETE', path)], 'destination not found');
  await it.destination();
});
