// Every route of the OpenAPI document × every kind of caller (api.md §2.1–§2.3): who is let in, and that a tenant neither
// sees nor changes what is another's. The requests are made from the document, so a new route is asked too.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { operationsOf, resolve } from './harness/contract.js';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { claimsOf, now, sign } from './harness/token.js';
import { until } from './harness/wait.js';

const secret = 'jwt-secret-of-the-isolation-tests';
const hourMs = 3_600_000;

const started = [];
const lifetime = { after: (undo) => started.push(undo) };
const server = await Server.start(lifetime, { API_JWT_SECRET: secret, RETRY_SCHEDULE: '3600', MAX_DESTINATIONS_PER_TENANT: '100' });
const receiver = await Receiver.start(lifetime, (request) => ({ status: 200, body: `answer to ${request.path}` }));
const document = await (await fetch(`${server.origin}/api/v1/openapi.json`)).json();
const operations = operationsOf(document);

const startTask = '/api/v1/tenants/{tenant_id}/destinations/{destination_id}/recover';
const hasTasks = operations.some((one) => one.path === startTask);

/**
 * A tenant with a destination, an event, an attempt and, where there are such, a task. What it keeps has `mark` in it, and
 * its ids have `name`, so that any of it is recognised.
 */
class Tenant {
  static async make() {
    const it = new Tenant();
    [it.mark, it.name] = [0, 1].map(() => randomBytes(8).toString('hex'));
    it.id = `tenant-${it.name}`;
    it.token = sign(claimsOf(it.id), secret);
    await server.expect(201, 'PUT', `/tenants/${it.id}`, { metadata: { secret: it.mark } });
    it.destination = `destination-${it.name}`;
    await server.webhook(it.id, receiver.url(`/${it.mark}`), { id: it.destination, metadata: { secret: it.mark } });
    it.event = await server.publish(it.id, { id: `event-${it.name}`, data: { secret: it.mark } });
    [{ id: it.attempt }] = await server.untilAttempts(it.event, 1);
    if (hasTasks) {
      const task = await server.expect(202, 'POST', `/tenants/${it.id}/destinations/${it.destination}/recover`, { since: beforeAll });
      it.task = task.id;
      await untilFinished(task);
    }
    return it;
  }

  /** What stands for a parameter of a path, or for an id in an example of the document. */
  get values() {
    return { tenant_id: this.id, destination_id: this.destination, event_id: this.event, attempt_id: this.attempt,
      task_id: this.task, type: 'webhook' };
  }

  /** All that is stored of it, as the owner of the key sees it. */
  async everything() {
    const parts = [`/tenants/${this.id}`, `/tenants/${this.id}/destinations`, `/events?tenant_id=${this.id}`,
      `/attempts?tenant_id=${this.id}&include=event.data&include=response_data`];
    if (hasTasks) parts.push(`/tasks?tenant_id=${this.id}`);
    return Promise.all(parts.map((route) => server.expect(200, 'GET', route)));
  }
}

const beforeAll = '2024-01-01T00:00:00Z';

/** A task goes on after its answer; what it changes is there when it has finished. */
function untilFinished({ id }) {
  return until(`task ${id} to finish`, async () => (await server.expect(200, 'GET', `/tasks/${id}`)).finished_at);
}

const parametersOf = (path) => [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);

/** A path with its parameters filled in. `of` says whose thing each of them is. */
function filled(path, of) {
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => {
    const value = of(name).values[name];
    assert.ok(value, `this file does not know what {${name}} of ${path} is: add it to Tenant.values`);
    return encodeURIComponent(value);
  });
}

/** An example of the document about things of `tenant` instead of the things of the examples. */
function about(tenant, example) {
  const names = { acme: tenant.id, des_1: tenant.destination, evt_1: tenant.event, att_1: tenant.attempt };
  return JSON.parse(JSON.stringify(example), (_, value) => names[value] ?? value);
}

/** Bodies for an operation: every example that the document has. An operation without a body has one request. */
function bodiesOf(operation, tenant) {
  const content = resolve(document, operation.requestBody)?.content?.['application/json'];
  if (!content) return [undefined];
  const examples = content.examples ? Object.values(content.examples).map((one) => resolve(document, one).value) : [content.example];
  assert.ok(examples.every((one) => one !== undefined), 'a body without an example');
  return examples.map((one) => about(tenant, one));
}

/** Query parameters that an operation can't do without. */
function requiredQuery(item, operation) {
  const query = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) => resolve(document, one))
    .filter((one) => one.in === 'query' && one.required)
    .map((one) => `${encodeURIComponent(one.name)}=${encodeURIComponent([one.example].flat()[0])}`);
  return query.length ? `?${query.join('&')}` : '';
}

/** The requests of an operation about things of `tenant`. @return [{method, url, body}] */
function requestsOf({ method, path, item, operation }, tenant, of = () => tenant) {
  const url = `/${filled(path, of)}${requiredQuery(item, operation)}`; // with two slashes it begins at the root
  return bodiesOf(operation, tenant).map((body) => ({ method, url, body }));
}

/** Sends one with an Authorization header, or without. */
async function ask({ method, url, body }, authorization) {
  const answer = await server.call(method, url, { body, token: null, headers: authorization ? { authorization } : {} });
  if (answer.status === 202 && answer.json.state) await untilFinished(answer.json);
  return { status: answer.status, text: answer.text, body, what: `${method} ${url} as ${authorization ?? 'nobody'}` };
}
const bearer = (token) => `Bearer ${token}`;

/** Who may call: 'open', 'key' or 'any'; read from what the document says about security. */
function accessOf({ operation }) {
  const schemes = (operation.security ?? document.security).flatMap((one) => Object.keys(one));
  if (schemes.length === 0) return 'open';
  return schemes.includes('TenantToken') ? 'any' : 'key';
}

/** What a tenant gets for what it may not do: the old paths knew its token only for what it may (api.md §16.3). */
const forbidden = ({ operation }) => (operation.deprecated ? 401 : 403);
/** The one route about the caller's own tenant, where the key is nobody (api.md §16.5, rule 3). */
const isOfOwnTenant = ({ path }) => path === '/api/v1/destinations';

/** Headers that are nobody's, also when the tenant exists. */
function nobodies(tenant) {
  const claims = claimsOf(tenant.id);
  return [
    undefined,
    'Bearer ',
    `Basic ${server.key}`,
    `bearer ${server.key}`,
    bearer('garbage'),
    bearer(sign(claimsOf(tenant.id, { exp: now() - 1 }), secret)),
    bearer(sign(claims, secret, 'none')),
    bearer(sign(claims, secret, 'HS512')),
    bearer(sign(claims, 'another secret')),
    bearer(sign(claims, server.key)),
  ];
}

/** Ids that the caller sent itself may come back. */
function checkSilent(answer, victim) {
  const sent = JSON.stringify(answer.body ?? '').includes(victim.name);
  const shown = answer.text.includes(victim.mark) || (!sent && answer.text.includes(victim.name));
  assert.ok(!shown, `${answer.what} shows what is another's: ${answer.text}`);
}

function checkLetIn(answer) {
  assert.ok(![401, 403, 404].includes(answer.status) && answer.status < 500, `${answer.what}: ${answer.status} ${answer.text}`);
}

describe('isolation', { concurrency: 4 }, () => {
  let stranger;
  before(async () => { stranger = await Tenant.make(); });
  after(async () => {
    for (const undo of started.reverse()) await undo();
  });

  for (const each of operations) {
    const name = `${each.method} ${each.path}`;
    const access = accessOf(each);
    const ids = parametersOf(each.path).filter((one) => one !== 'type');

    test(`${name} lets in whom it should, and shows and changes nothing for others`, async () => {
      const victim = await Tenant.make();
      const stored = await victim.everything();
      const requests = requestsOf(each, victim);
      for (const request of requests) {
        for (const header of nobodies(victim)) {
          const answer = await ask(request, header);
          assert.equal(answer.status, access === 'open' ? 200 : 401, answer.what);
          checkSilent(answer, victim);
        }
        const answer = await ask(request, bearer(stranger.token));
        checkSilent(answer, victim);
        if (access === 'open') assert.equal(answer.status, 200, answer.what);
        else if (access === 'key' || ids.includes('tenant_id')) assert.equal(answer.status, forbidden(each), answer.what);
        else if (ids.length) assert.equal(answer.status, 404, answer.what);
        else assert.ok([200, 202, 403, 404].includes(answer.status), `${answer.what}: ${answer.status}`);
      }
      assert.deepEqual(await victim.everything(), stored);
      const own = await ask(requests[0], bearer(victim.token));
      if (access === 'key') assert.equal(own.status, forbidden(each), own.what);
      else checkLetIn(own);
    });

    test(`${name} lets the key in`, async () => {
      const tenant = await Tenant.make();
      const [request] = requestsOf(each, tenant);
      const answer = await ask(request, bearer(server.key));
      if (isOfOwnTenant(each)) assert.equal(answer.status, 404, answer.what);
      else checkLetIn(answer);
    });

    if (ids.includes('tenant_id') && ids.length > 1) {
      test(`${name} does not lead from the own tenant to another's things`, async () => {
        const victim = await Tenant.make();
        const stored = await victim.everything();
        const of = (parameter) => (parameter === 'tenant_id' ? stranger : victim);
        for (const request of requestsOf(each, victim, of)) {
          for (const header of [bearer(stranger.token), bearer(server.key)]) {
            const answer = await ask(request, header);
            assert.ok(answer.status === 404 || (access === 'key' && answer.status === forbidden(each))
              || (each.method === 'GET' && answer.status === 200), `${answer.what}: ${answer.status} ${answer.text}`);
            checkSilent(answer, victim);
          }
        }
        assert.deepEqual(await victim.everything(), stored);
      });
    }
  }

  /** Lists and counts that a stranger asks for with ids that it has guessed. */
  const asStranger = (route) => ask({ method: 'GET', url: route }, bearer(stranger.token));

  test('guessed ids find nothing in lists', async () => {
    const victim = await Tenant.make();
    for (const route of [
      `/events?id=${victim.event}`, `/events?destination_id=${victim.destination}`, `/attempts?event_id=${victim.event}`,
      `/attempts?destination_id=${victim.destination}&include=event.data&include=destination&include=response_data`,
      `/tenants/${stranger.id}/destinations/${victim.destination}/attempts`,
    ]) {
      const answer = await asStranger(route);
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(JSON.parse(answer.text).models, [], answer.what);
    }
    const tenants = JSON.parse((await asStranger(`/tenants?id=${victim.id}`)).text);
    assert.deepEqual(tenants.models.map((one) => one.id), [stranger.id]);
    for (const destination of [stranger.destination, victim.destination]) {
      const body = { event_id: victim.event, destination_id: destination };
      assert.equal((await ask({ method: 'POST', url: '/retry', body }, bearer(stranger.token))).status, 404);
    }
  });

  test('naming another tenant is refused', async () => {
    const victim = await Tenant.make();
    for (const list of ['events', 'attempts', ...(hasTasks ? ['tasks'] : [])]) {
      for (const query of [`tenant_id=${victim.id}`, `tenant_id[]=${victim.id}`, `tenant_id[0]=${stranger.id}&tenant_id[1]=${victim.id}`]) {
        const answer = await asStranger(`/${list}?${query}`);
        assert.equal(answer.status, 403, answer.what);
      }
    }
    for (const route of [`/events/${victim.event}?tenant_id=${victim.id}`, `/attempts/${victim.attempt}?tenant_id=${victim.id}`]) {
      assert.equal((await asStranger(route)).status, 404, route);
    }
  });

  test("a cursor of another tenant's list shows the own one", async () => {
    const victim = await Tenant.make();
    await server.publish(victim.id, { data: { secret: victim.mark } });
    await until('a second attempt', async () => (await server.expect(200, 'GET', `/attempts?tenant_id=${victim.id}`)).models.length === 2);
    for (const [list, theirs] of [
      ['/events', `/events?tenant_id=${victim.id}`], ['/attempts', `/attempts?tenant_id=${victim.id}`],
      [`/tenants/${stranger.id}/destinations/${stranger.destination}/attempts`, `/tenants/${victim.id}/destinations/${victim.destination}/attempts`],
    ]) {
      const { pagination } = await server.expect(200, 'GET', `${theirs}${theirs.includes('?') ? '&' : '?'}limit=1`);
      for (const cursor of ['next', 'prev']) {
        const answer = await asStranger(`${list}?${cursor}=${pagination.next}`);
        assert.equal(answer.status, 200, answer.text);
        checkSilent(answer, victim);
      }
    }
    const { pagination } = await server.expect(200, 'GET', '/tenants?limit=1');
    assert.deepEqual(JSON.parse((await asStranger(`/tenants?next=${pagination.next}`)).text).models.map((one) => one.id), [stranger.id]);
  });

  test("metrics count nothing of another's", async () => {
    const victim = await Tenant.make();
    const range = [-hourMs, hourMs].map((shift) => new Date(Date.now() + shift).toISOString());
    const query = `time[start]=${range[0]}&time[end]=${range[1]}&measures=count`;
    for (const kind of ['events', 'attempts']) {
      await until('the victim to be counted', async () =>
        (await server.expect(200, 'GET', `/metrics/${kind}?${query}&filters[tenant_id]=${victim.id}`)).data.length === 1);
      for (const [more, status] of [
        [`filters[tenant_id]=${victim.id}`, 403], [`filters[tenant_id][]=${stranger.id}&filters[tenant_id][]=${victim.id}`, 403],
        ['dimensions=tenant_id', 403], [`filters[destination_id]=${victim.destination}`, 200],
      ]) {
        const answer = await asStranger(`/metrics/${kind}?${query}&${more}`);
        assert.equal(answer.status, status, `${answer.what}: ${answer.text}`);
        if (status === 200) assert.deepEqual(JSON.parse(answer.text).data, [], answer.what);
      }
      const all = JSON.parse((await asStranger(`/metrics/${kind}?${query}&dimensions=destination_id`)).text);
      assert.deepEqual(all.data.map((point) => point.dimensions.destination_id), [stranger.destination]);
    }
  });
});
