// A tenant's day with the AWS types, against an emulator that checks signatures (destinations.md §5–§7, §12).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Aws, Door } from './harness/aws.js';
import { atEnd } from './harness/cleanup.js';
import { Server } from './harness/outpost.js';
import { until } from './harness/wait.js';

const region = 'eu-west-1';
const data = '{ "order_id":"123", "big":12345678901234567890, "n":1.0, "note":"a<b & ü" }';

let aws;
// The first time, the emulator is installed.
before(async () => { aws = await Aws.start(); }, { timeout: 600_000 });
after(() => aws instanceof Aws && aws.stop());

/** A test that needs the emulator; it is skipped, saying why, where there is none. */
function withAws(name, body) {
  test(name, async (t) => {
    if (typeof aws === 'string') return t.skip(aws);
    return body(t);
  });
}

async function create(server, type, config, more = {}) {
  await server.call('PUT', '/tenants/t1');
  return server.expect(201, 'POST', '/tenants/t1/destinations',
    { type, topics: ['*'], config, credentials: aws.credentials, ...more });
}

/** Publishes the event whose data must arrive byte for byte. @return its id */
async function publish(server, id, topic = 'orders') {
  const body = `{"tenant_id":"t1","id":"${id}","topic":"${topic}","metadata":{"source":"a<b"},"time":"2026-01-02T03:04:05.5Z","data":${data}}`;
  await server.expect(202, 'POST', '/publish', body);
  return id;
}

/** The first attempt of an event, settled. */
async function attempt(server, id) {
  return (await server.untilAttempts(id, 1))[0];
}

function assertMetadata(metadata, id) {
  assert.equal(metadata['event-id'], id);
  assert.equal(metadata.topic, 'orders');
  assert.equal(metadata.source, 'a<b');
  assert.match(metadata.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
}

describe('the AWS types', { concurrency: true }, () => {
  test('are offered with their fields', async (t) => {
    const server = await Server.start(t);
    const types = await server.expect(200, 'GET', '/destination-types');
    const keys = (type, kind) => types.find((one) => one.type === type)[kind].map((field) => field.key);
    assert.deepEqual(keys('aws_sqs', 'config_fields'), ['queue_url', 'region', 'endpoint']);
    assert.deepEqual(keys('aws_kinesis', 'config_fields'), ['stream_name', 'region', 'endpoint', 'partition_key_template']);
    assert.deepEqual(keys('aws_s3', 'config_fields'), ['bucket', 'region', 'key_template', 'storage_class', 'endpoint']);
    assert.deepEqual(keys('aws_eventbridge', 'config_fields'), ['event_bus_name', 'region', 'endpoint']);
    for (const type of ['aws_sqs', 'aws_kinesis', 'aws_s3', 'aws_eventbridge']) {
      assert.deepEqual(keys(type, 'credential_fields'), ['key', 'secret', 'session']);
    }
  });

  withAws('SQS: data and metadata are one message', async (t) => {
    const server = await Server.start(t);
    const queue = await aws.client('make_queue', 'orders');
    const destination = await create(server, 'aws_sqs', { queue_url: queue, region });
    assert.equal(destination.target, queue);
    assert.equal(destination.credentials.secret, aws.secret.slice(0, 4).padEnd(aws.secret.length, '*'));
    await publish(server, 'evt_sqs');
    const { code, status, response_data: response } = await attempt(server, 'evt_sqs');
    assert.deepEqual([status, code, response], ['success', 'OK', {}]);
    const [message, ...others] = await aws.client('read_queue', queue);
    assert.deepEqual(others, []);
    assert.equal(message.body, data);
    assert.deepEqual(Object.keys(message.attributes), ['metadata']);
    assertMetadata(JSON.parse(message.attributes.metadata.StringValue), 'evt_sqs');
  });

  withAws('SQS: a FIFO queue gets group and deduplication id', async (t) => {
    const server = await Server.start(t);
    const queue = await aws.client('make_queue', 'orders.fifo');
    await create(server, 'aws_sqs', { queue_url: queue, region });
    await publish(server, 'evt_fifo');
    assert.equal((await attempt(server, 'evt_fifo')).code, 'OK');
    const [{ system }] = await aws.client('read_queue', queue);
    assert.equal(system.MessageGroupId, 'orders');
    assert.equal(system.MessageDeduplicationId, 'evt_fifo');
  });

  withAws('Kinesis: a record goes to the shard of its partition key', async (t) => {
    const server = await Server.start(t);
    await aws.client('make_stream', 'orders');
    const config = { stream_name: 'orders', region, endpoint: aws.endpoint };
    const plain = await create(server, 'aws_kinesis', { ...config }, { topics: ['plain'] });
    assert.equal(plain.target, 'orders in eu-west-1');
    await create(server, 'aws_kinesis',
      { ...config, partition_key_template: 'join(\'-\', [metadata.topic, data.order_id])' }, { topics: ['orders'] });
    await publish(server, 'evt_plain', 'plain');
    await publish(server, 'evt_keyed');
    for (const [id, key] of [['evt_plain', 'evt_plain'], ['evt_keyed', 'orders-123']]) {
      const { code, response_data: response } = await attempt(server, id);
      assert.equal(code, 'OK');
      assert.equal(response.partition_key, key);
      const record = (await aws.client('read_stream', 'orders')).find((one) => one.key === key);
      assert.equal(response.shard_id, record.shard);
      assert.equal(response.sequence_number, record.number);
      const text = Buffer.from(record.data, 'base64').toString();
      assert.ok(text.startsWith(`{"data":${data},"metadata":{`), text);
      assert.equal(JSON.parse(text).metadata['event-id'], id);
    }
  });

  withAws('Kinesis: the operator may leave metadata out', async (t) => {
    const server = await Server.start(t, { DESTINATIONS_AWS_KINESIS_METADATA_IN_PAYLOAD: 'false' });
    await aws.client('make_stream', 'bare');
    await create(server, 'aws_kinesis',
      { stream_name: 'bare', region, endpoint: aws.endpoint, partition_key_template: 'order_id' });
    await publish(server, 'evt_bare');
    assert.equal((await attempt(server, 'evt_bare')).code, 'OK');
    const [record] = await aws.client('read_stream', 'bare');
    assert.equal(Buffer.from(record.data, 'base64').toString(), data);
    assert.equal(record.key, '123');
  });

  withAws('S3: an event is an object under its key', async (t) => {
    const server = await Server.start(t);
    await aws.client('make_bucket', 'acme-events');
    const config = { bucket: 'acme-events', region, endpoint: aws.endpoint };
    await create(server, 'aws_s3', config, { topics: ['orders'] });
    await create(server, 'aws_s3',
      { ...config, storage_class: 'standard_ia', key_template: 'join(\'/\', [\'a b+ü\', time.date, metadata."event-id"])' },
      { topics: ['keyed'] });
    await publish(server, 'evt_s3');
    await publish(server, 'evt_s3_keyed', 'keyed');
    const keys = { evt_s3: '2026-01-02T03:04:05.5Z_evt_s3.json', evt_s3_keyed: 'a b+ü/2026-01-02/evt_s3_keyed' };
    for (const [id, key] of Object.entries(keys)) {
      const { code, response_data: response } = await attempt(server, id);
      assert.equal(code, 'OK', JSON.stringify(response));
      assert.deepEqual(response, { bucket: 'acme-events', key });
    }
    const objects = await aws.client('read_bucket', 'acme-events');
    assert.deepEqual(objects.map((one) => one.key).sort(), Object.values(keys).sort());
    const plain = objects.find((one) => one.key === keys.evt_s3);
    assert.equal(Buffer.from(plain.body, 'base64').toString(), data);
    assert.equal(plain.type, 'application/json');
    assert.equal(plain.sha256, createHash('sha256').update(data).digest('base64'));
    assertMetadata(plain.metadata, 'evt_s3');
    assert.equal(objects.find((one) => one.key === keys.evt_s3_keyed).class, 'STANDARD_IA');
  });

  withAws('EventBridge: a rule of the bus takes the event further', async (t) => {
    const server = await Server.start(t);
    const queue = await aws.client('make_bus', 'orders');
    const destination = await create(server, 'aws_eventbridge', { event_bus_name: 'orders', region, endpoint: aws.endpoint });
    assert.equal(destination.target, 'orders in eu-west-1');
    await publish(server, 'evt_bus');
    const { code, response_data: response } = await attempt(server, 'evt_bus');
    assert.equal(code, 'OK', JSON.stringify(response));
    assert.equal(typeof response.event_id, 'string');
    const [message] = await until('the event in the queue of the rule', async () => {
      const messages = await aws.client('read_queue', queue);
      return messages.length > 0 && messages;
    });
    const event = JSON.parse(message.body);
    assert.equal(event.source, 'outpost');
    assert.equal(event['detail-type'], 'orders');
    assert.equal(event.detail.data.order_id, '123');
    assertMetadata(event.detail.metadata, 'evt_bus');
  });

  withAws('wrong keys fail without being shown, and work once they are corrected', async (t) => {
    const server = await Server.start(t);
    const queue = await aws.client('make_queue', 'corrected');
    const secret = 'wrong-secret-of-the-tenant-0123456789abcd';
    const destination = await create(server, 'aws_sqs', { queue_url: queue, region }, { credentials: { ...aws.credentials, secret } });
    await publish(server, 'evt_wrong');
    const failed = await attempt(server, 'evt_wrong');
    assert.deepEqual([failed.status, failed.code], ['failed', 'ERR']);
    assert.match(failed.response_data.error, /^operation error SQS: SendMessage, https response error StatusCode: 403, RequestID: .*SignatureDoesNotMatch/);
    assert.ok(!JSON.stringify(failed).includes(secret) && !server.log.includes(secret));
    assert.deepEqual(await aws.client('read_queue', queue), []);
    await server.expect(200, 'PATCH', `/tenants/t1/destinations/${destination.id}`, { credentials: { secret: aws.secret } });
    await server.expect(202, 'POST', '/retry', { event_id: 'evt_wrong', destination_id: destination.id });
    assert.equal((await server.untilAttempts('evt_wrong', 2))[1].code, 'OK');
    assert.equal((await aws.client('read_queue', queue)).length, 1);
  });

  withAws('what is not there fails in the words of AWS', async (t) => {
    const server = await Server.start(t);
    const { endpoint } = aws;
    const missing = {
      aws_sqs: [{ queue_url: `${endpoint}/123456789012/none` }, /QueueDoesNotExist|NonExistentQueue/],
      aws_kinesis: [{ stream_name: 'none', region, endpoint }, /ResourceNotFoundException/],
      aws_s3: [{ bucket: 'none-of-ours', region, endpoint }, /NoSuchBucket/],
    };
    for (const [type, [config, words]] of Object.entries(missing)) {
      await create(server, type, config, { topics: [type] });
      await publish(server, `evt_${type}`, type);
      const { status, code, response_data: response } = await attempt(server, `evt_${type}`);
      assert.deepEqual([status, code], ['failed', 'ERR'], type);
      assert.match(response.error, words);
    }
  });

  withAws('an event waits while AWS is out of reach', async (t) => {
    const server = await Server.start(t, { RETRY_SCHEDULE: '1,1,1,1,1,1,1,1,1,1' });
    const door = await Door.open(aws.port);
    atEnd(t, () => door.block());
    const queue = await aws.client('make_queue', 'patient');
    await create(server, 'aws_sqs', { queue_url: queue, region, endpoint: door.url });
    await publish(server, 'evt_1');
    await attempt(server, 'evt_1');
    await door.block();
    await publish(server, 'evt_2');
    const { code, response_data: response } = await attempt(server, 'evt_2');
    assert.equal(code, 'ERR');
    assert.match(response.error, /request send failed, connection_refused$/);
    await door.unblock();
    await until('the second event to arrive', async () => (await server.attempts('evt_2')).at(-1).code === 'OK');
    assert.equal((await aws.client('read_queue', queue)).length, 2);
  });

  withAws('no identity of the process is ever used for a tenant', async (t) => {
    const server = await Server.start(t, {
      AWS_ACCESS_KEY_ID: aws.key, AWS_SECRET_ACCESS_KEY: aws.secret, AWS_REGION: region, AWS_ENDPOINT_URL: aws.endpoint,
    });
    const queue = await aws.client('make_bus', 'guarded');
    await create(server, 'aws_eventbridge', { event_bus_name: 'guarded', region, endpoint: aws.endpoint }, { credentials: {} });
    await publish(server, 'evt_nobody');
    assert.equal((await attempt(server, 'evt_nobody')).code, 'ERR');
    assert.deepEqual(await aws.client('read_queue', queue), []);
  });
});
