// Cases 141–157: types, topics and metrics (api.md §12, §13).
import { readFileSync } from 'node:fs';
import { conforms } from './registry.js';
import { assert } from './world.js';

/** The types of the reference, in its order (api.md §8.5), and those of this program. */
const referenceTypes = ['webhook', 'hookdeck', 'aws_sqs', 'aws_kinesis', 'aws_s3', 'gcp_pubsub', 'azure_servicebus', 'rabbitmq', 'kafka'];
const ownTypes = readFileSync(new URL('../../../src/destinations/catalog.txt', import.meta.url), 'utf8')
  .split('\n').map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));

conforms(141, 'types come in their order and describe their fields', async (it) => {
  const types = await it.answers(200, it.K('GET', '/destination-types'));
  const known = types.map((one) => one.type).filter((one) => referenceTypes.includes(one));
  assert.equal(types[0].type, 'webhook');
  assert.deepEqual(known, referenceTypes.filter((one) => ownTypes.includes(one)));
  for (const field of types.flatMap((one) => [...one.config_fields, ...one.credential_fields])) {
    assert.ok(field.key && field.type && typeof field.required === 'boolean', JSON.stringify(field));
  }
});
conforms(142, 'a select field has its options', async (it) => {
  const kafka = await it.answers(200, it.K('GET', '/destination-types/kafka'));
  const field = kafka.config_fields.find((one) => one.key === 'sasl_mechanism');
  assert.deepEqual([field.type, field.options.length], ['select', 3]);
});
conforms(143, 'an unknown type is not found', (it) =>
  it.refuses(404, it.K('GET', '/destination-types/nope'), 'destination type not found'));
conforms(144, 'no topics are an empty list', async (it) =>
  assert.deepEqual(await it.answers(200, it.servers.noTopics.call('GET', '/topics')), []));

const hourMs = 3_600_000;
const iso = (ms) => new Date(ms).toISOString();
/** From an hour ago to an hour from now. */
const range = () => `time[start]=${iso(Date.now() - hourMs)}&time[end]=${iso(Date.now() + hourMs)}`;
const fixed = 'time[start]=2026-01-01T00:00:00Z&time[end]=2026-01-02T00:00:00Z';
const metrics = (it, kind, query) => it.answers(200, it.K('GET', `/metrics/${kind}?filters[tenant_id]=${it.t1}&${query}`));
const refused = (it, query, message) => it.refuses(400, it.K('GET', `/metrics/events?${query}`), message);

conforms(145, 'metrics have a range', (it) => refused(it, 'measures=count', 'time[start] and time[end] are required'));
conforms(146, 'metrics have a measure', (it) => refused(it, fixed, 'at least one measures[] is required'));
conforms(147, 'measures and dimensions are known ones', async (it) => {
  await refused(it, `${fixed}&measures[]=bogus`, 'unknown measure "bogus"');
  await refused(it, `${fixed}&measures=count&dimensions[]=bogus`, 'unknown dimension "bogus"');
});
conforms(148, 'a range has a length', async (it) => {
  for (const [start, end] of [['2026-01-01', '2026-01-01'], ['2026-01-02', '2026-01-01']]) {
    await refused(it, `measures=count&time[start]=${start}T00:00:00Z&time[end]=${end}T00:00:00Z`,
      'invalid time range: start must be before end');
  }
});
conforms(149, 'a granularity is one of the known', async (it) => {
  for (const text of ['61s', '61m', '25h', '32d', '5w', '13M', '0h', 'x']) {
    await refused(it, `${fixed}&measures=count&granularity=${text}`, new RegExp(`^invalid granularity "${text}": `));
  }
});
conforms(150, 'too many buckets are refused', (it) => refused(it,
  'measures=count&granularity=1s&time[start]=2026-01-01T00:00:00Z&time[end]=2026-01-03T00:00:00Z', /^query too broad/));
conforms(151, 'every bucket is there', async (it) => {
  const found = await metrics(it, 'events', `${fixed}&measures=count&granularity=1h`);
  assert.equal(found.data.length, 24);
  assert.ok(found.data.every((point) => point.metrics.count === 0));
  assert.equal(found.metadata.granularity, '1h');
});
conforms(152, 'no data are no points', async (it) => {
  const found = await metrics(it, 'events', `${fixed}&measures=count`);
  assert.deepEqual([found.data, found.metadata.row_count], [[], 0]);
  assert.ok(!('granularity' in found.metadata));
});
conforms(153, 'points have dimensions and measures', async (it) => {
  await it.accepted();
  await it.accepted({ topic: 'user.updated' });
  const found = await it.untilMetrics('two topics in the metrics', async () => {
    const got = await metrics(it, 'events', `${range()}&dimensions=topic&measures=count&measures=rate`);
    return got.data.length === 2 && got;
  });
  assert.deepEqual(found.data.map((point) => [point.dimensions.topic, point.metrics.count]), [['user.created', 1], ['user.updated', 1]]);
  for (const point of found.data) assert.ok(point.metrics.rate > 0);
});

/** Four attempts of t1's d1, one of which failed; the measures of them once they are counted. */
async function counted(it, measures, more = '') {
  await it.destination();
  for (const bad of [false, false, true, false]) await it.accepted({ data: { bad }, eligible_for_retry: false });
  await it.untilMetrics('four attempts in the metrics', async () =>
    (await metrics(it, 'attempts', `${range()}&measures=count`)).data[0]?.metrics.count === 4);
  return (await metrics(it, 'attempts', `${range()}&measures=${measures}${more}`)).data;
}
conforms(154, 'the error rate is the failed part', async (it) =>
  assert.deepEqual((await counted(it, 'error_rate')).map((point) => point.metrics), [{ error_rate: 0.25 }]));
conforms(155, 'a filter chooses what is counted', async (it) =>
  assert.deepEqual((await counted(it, 'count', '&filters[status]=failed')).map((point) => point.metrics), [{ count: 1 }]));
conforms(156, 'a tenant does not ask by tenant', (it) =>
  it.refuses(403, it.J1('GET', '/metrics/events?dimensions=tenant_id'), 'tenant_id dimension is not allowed for tenant-scoped requests'));
conforms(157, 'a tenant counts its own', async (it) => {
  await it.accepted();
  for (let count = 0; count < 2; ++count) await it.accepted({ tenant_id: it.t2 });
  await it.untilMetrics('three events in the metrics', async () => {
    const both = `filters[tenant_id]=${it.t1}&filters[tenant_id]=${it.t2}`;
    return (await it.answers(200, it.K('GET', `/metrics/events?${range()}&measures=count&${both}`))).data[0]?.metrics.count === 3;
  });
  const own = (query) => it.J1('GET', `/metrics/events?${range()}&measures=count${query}`);
  await it.refuses(403, own(`&filters[tenant_id]=${it.t2}`), 'filters[tenant_id] does not match authenticated tenant');
  for (const query of [`&filters[tenant_id]=${it.t1}`, '']) {
    assert.deepEqual((await it.answers(200, own(query))).data.map((point) => point.metrics.count), [1], query);
  }
});
