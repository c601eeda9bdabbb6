// Every operation of the official TypeScript SDK, once when it works and once when it is refused (api.md §15). The
// operations are read from the SDK itself, so that none is forgotten when it is updated.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as errors from '@hookdeck/outpost-sdk/models/errors';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { until } from './harness/wait.js';

/** Names like "tenants.get" of all methods of a client and of its groups. */
function operationsOf(client) {
  const ownMethods = (object, prefix) => Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(object)))
    .flatMap(([name, { get, value }]) => {
      if (get) return ownMethods(object[name], `${prefix}${name}.`);
      return typeof value === 'function' && name !== 'constructor' ? [prefix + name] : [];
    });
  return ownMethods(client, '');
}

let count = 0;

/** A tenant of its own for each operation, with a destination, an event and an attempt of it. */
class Things {
  static async make(server, receiver) {
    const it = new Things();
    it.sdk = server.sdk();
    it.server = server;
    it.url = receiver.url();
    it.tenant = `sdk-${++count}`;
    it.missing = `missing-${count}`;
    await it.sdk.tenants.upsert(it.tenant);
    it.destination = (await it.sdk.destinations.create(it.tenant, it.webhook())).id;
    it.event = (await it.sdk.publish({ tenantId: it.tenant, topic: 'user.created', data: { u: 1 } })).id;
    [it.attempt] = (await server.untilAttempts(it.event, 1)).map((one) => one.id);
    return it;
  }

  webhook(more = {}) {
    return { type: 'webhook', topics: ['*'], config: { url: this.url }, ...more };
  }

  /** A client with a token that nobody issued. */
  get stranger() {
    return this.server.sdk('nobody');
  }

  /** From an hour ago to an hour from now. */
  get range() {
    return { start: new Date(Date.now() - 3_600_000), end: new Date(Date.now() + 3_600_000) };
  }
}

const refused = (call, type, status, message) => ({ call, type, status, message });
const missing = (call, message) => refused(call, errors.NotFoundError, 404, message);
const unknown = (call) => refused(call, errors.UnauthorizedError, 401, 'unauthorized');

const operations = {
  publish: {
    works: async (it) => {
      const receipt = await it.sdk.publish({ id: `${it.tenant}-e`, tenantId: it.tenant, topic: 'user.created', data: {} });
      assert.deepEqual(receipt, { id: `${it.tenant}-e`, duplicate: false, destinationIds: [it.destination] });
    },
    fails: refused((it) => it.sdk.publish({ tenantId: it.tenant, topic: 'nope', data: {} }), errors.BadRequestError, 422, 'validation error'),
  },
  retry: {
    works: async (it) => {
      assert.deepEqual(await it.sdk.retry({ eventId: it.event, destinationId: it.destination }), { success: true });
      await it.server.untilAttempts(it.event, 2);
    },
    fails: missing((it) => it.sdk.retry({ eventId: it.missing, destinationId: it.destination }), 'event not found'),
  },
  'health.check': { works: async (it) => assert.equal((await it.sdk.health.check()).status, 'healthy') },
  'configuration.getManagedConfig': { fails: refused((it) => it.sdk.configuration.getManagedConfig(), errors.APIError, 404) },
  'configuration.updateManagedConfig': { fails: refused((it) => it.sdk.configuration.updateManagedConfig({}), errors.APIError, 404) },
  'tenants.list': {
    works: async (it) => {
      const page = await it.sdk.tenants.list({ id: it.tenant });
      assert.deepEqual([page.models.map((one) => one.id), page.count, page.pagination.dir], [[it.tenant], 1, 'desc']);
    },
    fails: refused((it) => it.sdk.tenants.list({ next: '!!!' }), errors.BadRequestError, 400, 'invalid cursor: invalid cursor'),
  },
  'tenants.upsert': {
    works: async (it) => assert.deepEqual((await it.sdk.tenants.upsert(it.tenant, { metadata: { a: 'b' } })).metadata, { a: 'b' }),
    fails: unknown((it) => it.stranger.tenants.upsert(it.tenant)),
  },
  'tenants.get': {
    works: async (it) => assert.equal((await it.sdk.tenants.get(it.tenant)).destinationsCount, 1),
    fails: missing((it) => it.sdk.tenants.get(it.missing), 'tenant not found'),
  },
  'tenants.delete': {
    works: async (it) => assert.deepEqual(await it.sdk.tenants.delete(it.tenant), { success: true }),
    fails: missing((it) => it.sdk.tenants.delete(it.missing), 'tenant not found'),
  },
  'tenants.getPortalUrl': {
    works: async (it) => assert.match((await it.sdk.tenants.getPortalUrl(it.tenant, 'dark')).redirectUrl, /\?token=.+&theme=dark$/),
    fails: missing((it) => it.sdk.tenants.getPortalUrl(it.missing), 'tenant not found'),
  },
  'tenants.getToken': {
    works: async (it) => {
      const { token } = await it.sdk.tenants.getToken(it.tenant);
      assert.equal((await it.server.sdk(token).tenants.get(it.tenant)).id, it.tenant);
    },
    fails: missing((it) => it.sdk.tenants.getToken(it.missing), 'tenant not found'),
  },
  'events.list': {
    works: async (it) => {
      const page = await it.sdk.events.list({ tenantId: it.tenant, topic: ['user.created', 'user.deleted'], time: { gte: it.range.start } });
      assert.deepEqual(page.models.map((one) => [one.id, one.data]), [[it.event, { u: 1 }]]);
    },
    fails: refused((it) => it.sdk.events.list({ next: '!!!' }), errors.APIError, 400),
  },
  'events.get': {
    works: async (it) => assert.deepEqual((await it.sdk.events.get(it.event)).matchedDestinationIds, [it.destination]),
    fails: missing((it) => it.sdk.events.get(it.missing), 'event not found'),
  },
  'attempts.list': {
    works: async (it) => {
      const page = await it.sdk.attempts.list({ eventId: it.event, include: ['event', 'response_data'], status: 'success' });
      assert.deepEqual(page.models.map((one) => [one.id, one.attemptNumber, one.manual]), [[it.attempt, 1, false]]);
      assert.equal(page.models[0].responseData.status, 200);
    },
    fails: refused((it) => it.sdk.attempts.list({ next: '!!!' }), errors.APIError, 400),
  },
  'attempts.get': {
    works: async (it) => {
      const attempt = await it.sdk.attempts.get(it.attempt, undefined, ['event.data', 'destination']);
      assert.deepEqual([attempt.event.data, attempt.destination.id], [{ u: 1 }, it.destination]);
    },
    fails: missing((it) => it.sdk.attempts.get(it.missing), 'attempt not found'),
  },
  'destinations.list': {
    works: async (it) => {
      const list = await it.sdk.destinations.list(it.tenant, 'webhook', ['user.created']);
      assert.deepEqual(list.map((one) => one.id), [it.destination]);
    },
    fails: missing((it) => it.sdk.destinations.list(it.missing), 'tenant not found'),
  },
  'destinations.create': {
    works: async (it) => {
      const made = await it.sdk.destinations.create(it.tenant, it.webhook({ filter: { data: { a: 1 } }, metadata: { k: 'v' } }));
      assert.deepEqual([made.type, made.filter, made.metadata, made.disabledAt], ['webhook', { data: { a: 1 } }, { k: 'v' }, null]);
    },
    fails: refused((it) => it.sdk.destinations.create(it.tenant, it.webhook({ topics: ['nope'] })), errors.APIErrorResponse, 422,
      'validation failed: invalid topics'),
  },
  'destinations.get': {
    works: async (it) => assert.equal((await it.sdk.destinations.get(it.tenant, it.destination)).config.url, it.url),
    fails: missing((it) => it.sdk.destinations.get(it.tenant, it.missing), 'destination not found'),
  },
  'destinations.update': {
    works: async (it) => {
      const changed = await it.sdk.destinations.update(it.tenant, it.destination, { type: 'webhook', topics: ['user.created'] });
      assert.deepEqual(changed.topics, ['user.created']);
    },
    fails: refused((it) => it.sdk.destinations.update(it.tenant, it.destination, { type: 'webhook', topics: ['nope'] }),
      errors.APIErrorResponse, 422, 'validation failed: invalid topics'),
  },
  'destinations.delete': {
    works: async (it) => assert.deepEqual(await it.sdk.destinations.delete(it.tenant, it.destination), { success: true }),
    fails: missing((it) => it.sdk.destinations.delete(it.tenant, it.missing), 'destination not found'),
  },
  'destinations.enable': {
    works: async (it) => assert.equal((await it.sdk.destinations.enable(it.tenant, it.destination)).disabledAt, null),
    fails: missing((it) => it.sdk.destinations.enable(it.tenant, it.missing), 'destination not found'),
  },
  'destinations.disable': {
    works: async (it) => assert.ok((await it.sdk.destinations.disable(it.tenant, it.destination)).disabledAt instanceof Date),
    fails: missing((it) => it.sdk.destinations.disable(it.tenant, it.missing), 'destination not found'),
  },
  'destinations.listAttempts': {
    works: async (it) => {
      const page = await it.sdk.destinations.listAttempts({ tenantId: it.tenant, destinationId: it.destination });
      assert.deepEqual(page.models.map((one) => one.id), [it.attempt]);
    },
    fails: missing((it) => it.sdk.destinations.listAttempts({ tenantId: it.missing, destinationId: 'd' }), 'tenant not found'),
  },
  'destinations.getAttempt': {
    works: async (it) => assert.equal((await it.sdk.destinations.getAttempt(it.tenant, it.destination, it.attempt)).id, it.attempt),
    fails: missing((it) => it.sdk.destinations.getAttempt(it.tenant, it.destination, it.missing), 'attempt not found'),
  },
  'schemas.listDestinationTypes': {
    works: async (it) => assert.equal((await it.sdk.schemas.listDestinationTypes())[0].type, 'webhook'),
    fails: unknown((it) => it.stranger.schemas.listDestinationTypes()),
  },
  'schemas.getDestinationType': {
    works: async (it) => assert.equal((await it.sdk.schemas.getDestinationType('webhook')).type, 'webhook'),
    fails: unknown((it) => it.stranger.schemas.getDestinationType('webhook')),
  },
  'topics.list': {
    works: async (it) => assert.deepEqual(await it.sdk.topics.list(), ['user.created', 'user.deleted']),
    fails: unknown((it) => it.stranger.topics.list()),
  },
  'metrics.getEventMetrics': {
    works: async (it) => {
      const { data } = await until('the event in the metrics', async () => {
        const found = await it.sdk.metrics.getEventMetrics(
          { time: it.range, measures: ['count'], dimensions: ['topic'], filtersTenantId: it.tenant });
        return found.data.length === 1 && found;
      });
      assert.deepEqual([data[0].dimensions, data[0].metrics], [{ topic: 'user.created' }, { count: 1 }]);
    },
    fails: refused((it) => it.sdk.metrics.getEventMetrics({ time: { start: it.range.end, end: it.range.start }, measures: ['count'] }),
      errors.BadRequestError, 400, 'invalid time range: start must be before end'),
  },
  'metrics.getAttemptMetrics': {
    works: async (it) => {
      const { data } = await until('the attempt in the metrics', async () => {
        const found = await it.sdk.metrics.getAttemptMetrics(
          { time: it.range, measures: ['count', 'error_rate'], filtersTenantId: it.tenant });
        return found.data.length === 1 && found;
      });
      assert.deepEqual(data[0].metrics, { count: 1, error_rate: 0 });
    },
    fails: refused((it) => it.sdk.metrics.getAttemptMetrics({ time: it.range, measures: ['count'], granularity: '61s' }),
      errors.BadRequestError, 400, 'invalid granularity "61s": s value must be between 1 and 60'),
  },
};

/** Configurations that the SDK takes, by type. */
const otherTypes = {
  aws_sqs: { config: { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/q' }, credentials: { key: 'AKIAIOSFODNN7EXAMPLE', secret: 'secret-of-aws' } },
  aws_kinesis: { config: { streamName: 's', region: 'eu-west-1' }, credentials: { key: 'AKIAIOSFODNN7EXAMPLE', secret: 'secret-of-aws' } },
  aws_s3: { config: { bucket: 'b', region: 'eu-west-1' }, credentials: { key: 'AKIAIOSFODNN7EXAMPLE', secret: 'secret-of-aws' } },
  gcp_pubsub: { config: { projectId: 'p', topic: 't' }, credentials: { serviceAccountJson: '{"type":"service_account"}' } },
  azure_servicebus: { config: { name: 'q' }, credentials: { connectionString: 'Endpoint=sb://n.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=s' } },
  rabbitmq: { config: { serverUrl: 'localhost:5672', exchange: 'x' }, credentials: { username: 'u', password: 'p' } },
  kafka: { config: { brokers: 'localhost:9092', topic: 't', saslMechanism: 'plain' }, credentials: { username: 'u', password: 'p' } },
};

describe('the TypeScript SDK', { concurrency: true }, () => {
  const started = [];
  let server;
  let receiver;
  before(async () => {
    const lifetime = { after: (undo) => started.push(undo) };
    server = await Server.start(lifetime, { TOPICS: 'user.created,user.deleted' });
    receiver = await Receiver.start(lifetime);
  });
  after(async () => {
    for (const undo of started) await undo();
  });

  test('has the operations that are tested here, and no other', () => {
    assert.deepEqual(Object.keys(operations).sort(), operationsOf(server.sdk()).sort());
  });

  for (const [name, { works, fails }] of Object.entries(operations)) {
    test(`${name} ${works ? 'works' : 'is of the hosted service only'}`, async () => {
      const it = await Things.make(server, receiver);
      if (works) await works(it);
      if (!fails) return;
      const problem = await fails.call(it).then(() => assert.fail(`${name} was not refused`), (error) => error);
      assert.ok(problem instanceof fails.type, `${problem?.name}: ${problem?.message}`);
      assert.equal(problem.statusCode, fails.status);
      if (fails.message) assert.equal(problem.message, fails.message);
      assert.equal(JSON.parse(problem.body).status, fails.status, 'the envelope is behind every error (A1)');
    });
  }

  for (const [type, { config, credentials }] of Object.entries(otherTypes)) {
    test(`makes a destination of ${type}, or learns that this build has none`, async () => {
      const it = await Things.make(server, receiver);
      const built = (await it.sdk.schemas.listDestinationTypes()).map((one) => one.type);
      const create = it.sdk.destinations.create(it.tenant, { type, topics: ['*'], config, credentials });
      if (built.includes(type)) {
        const made = await create;
        assert.equal(made.type, type);
        assert.equal((await it.sdk.destinations.get(it.tenant, made.id)).type, type);
        return;
      }
      const problem = await create.then(() => assert.fail('it was made'), (error) => error);
      assert.ok(problem instanceof errors.APIErrorResponse, problem);
      assert.equal(problem.message, `no provider registered for destination type: ${type}`);
    });
  }

  test('the Go SDK is tested too', { skip: 'its module can not be had from the Go module proxy, so there is no such test' }, () => {});
});
