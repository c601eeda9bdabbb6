// What a numbered case finds: two tenants of its own, the key, a token, and a receiver (setup of api.md §19).
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { claimsOf, sign } from '../harness/token.js';
import { until } from '../harness/wait.js';

export const jwtSecret = 'jwt-secret-of-the-numbered-cases';
export const topics = ['user.created', 'user.updated', 'user.deleted'];

export class World {
  /**
   * @param servers  {main, open, wildcards, noTopics}
   * @param receiver  answers 500 to paths that begin with /fail and to data with a true `bad`, else 200
   */
  static async make(servers, receiver) {
    const it = new World();
    it.servers = servers;
    it.server = servers.main;
    it.receiver = receiver;
    it.run = randomBytes(6).toString('hex');
    it.t1 = it.id('t1');
    it.t2 = it.id('t2');
    it.j1 = it.token(it.t1);
    for (const tenant of [it.t1, it.t2]) await it.answers(201, it.K('PUT', `/tenants/${tenant}`));
    return it;
  }

  /** An id that no other case, and no other run of this one, uses. */
  id(name) {
    return `${name}-${this.run}`;
  }

  token(tenant, more) {
    return sign(claimsOf(tenant, more), jwtSecret);
  }

  /** A request with the API key. */
  K(method, route, body) {
    return this.server.call(method, route, { body });
  }

  /** A request with the token of t1. */
  J1(method, route, body) {
    return this.server.call(method, route, { body, token: this.j1 });
  }

  /** A request with this Authorization header, or none. */
  with(authorization, method, route, body) {
    return this.server.call(method, route, { body, token: null, headers: authorization ? { authorization } : {} });
  }

  url(path = '/ok') {
    return this.receiver.url(`${path}/${this.run}`);
  }

  /** Holds an answer to a status. @return its body, parsed */
  async answers(status, answer) {
    const got = await answer;
    assert.equal(got.status, status, got.text);
    return got.text === '' ? undefined : got.json;
  }

  /** Holds an answer to the error envelope (api.md §3.1, decision A1). `message` may be a RegExp. */
  async refuses(status, answer, message, data) {
    const body = await this.answers(status, answer);
    assert.equal(body.status, status);
    if (message instanceof RegExp) assert.match(body.message, message);
    else if (message !== undefined) assert.equal(body.message, message);
    if (data !== undefined) assert.deepEqual(body.data, data);
    return body;
  }

  /** The same for several callers or requests. */
  async refusesAll(status, answers, message, data) {
    for (const answer of answers) await this.refuses(status, answer, message, data);
  }

  /** Where t1's destinations are. */
  get destinations() {
    return `/tenants/${this.t1}/destinations`;
  }

  destinationBody(more = {}) {
    return { type: 'webhook', topics: '*', config: { url: this.url() }, ...more };
  }

  /** A destination of t1 that was asked for with the key. @return the answer */
  create(more = {}) {
    return this.K('POST', this.destinations, this.destinationBody(more));
  }

  /** The same, when it must be made. @return the destination; its id is `d1` unless `more` says otherwise */
  destination(more = {}) {
    return this.answers(201, this.create({ id: 'd1', ...more }));
  }

  patch(body, id = 'd1') {
    return this.K('PATCH', `${this.destinations}/${id}`, body);
  }

  /** @return the answer */
  publish(more = {}) {
    return this.K('POST', '/publish', { tenant_id: this.t1, topic: 'user.created', data: { u: 1 }, ...more });
  }

  /** @return the receipt of an event that must be taken */
  accepted(more = {}) {
    return this.answers(202, this.publish(more));
  }

  retry(event, destination = 'd1') {
    return this.K('POST', '/retry', { event_id: event, destination_id: destination });
  }

  /** The attempts of an event, oldest first, once there are that many. */
  untilAttempts(event, count) {
    return this.server.untilAttempts(event, count);
  }

  /** t1 with d1 and one event that was delivered. @return its id */
  async delivered(more = {}) {
    await this.destination();
    const { id } = await this.accepted(more);
    await this.untilAttempts(id, 1);
    return id;
  }

  /** Asks until the numbers, which follow what happened, are those that are expected. */
  async untilMetrics(what, look) {
    return until(what, look);
  }
}

export { assert, until };
