// The quick start: a tenant, a webhook, an event, and what everybody can see of it at once (api.md §7–§11, decision A8).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';

describe('the first event', { concurrency: true }, () => {
  test('travels from the official SDK to the receiver, and every list shows it', async (t) => {
    const server = await Server.start(t);
    const receiver = await Receiver.start(t, { status: 201, body: 'thank you' });
    const sdk = server.sdk();

    const health = await sdk.health.check();
    assert.equal(health.status, 'healthy');
    assert.equal(health.workers['http-server'].status, 'healthy');

    const tenant = await sdk.tenants.upsert('acme', { metadata: { plan: 'pro' } });
    assert.equal(tenant.id, 'acme');
    assert.equal(tenant.destinationsCount, 0);

    const destination = await sdk.destinations.create('acme', {
      type: 'webhook', topics: ['*'], config: { url: receiver.url('/in?q=1') },
    });
    assert.deepEqual(destination.topics, ['*']);
    assert.equal(destination.disabledAt, null);
    assert.match(destination.credentials.secret, /^whsec_[0-9a-f]{64}$/);
    assert.equal(destination.target, receiver.url('/in?q=1'));

    const published = await sdk.publish({
      id: 'evt_first', tenantId: 'acme', topic: 'user.created',
      metadata: { source: 'signup' }, data: { user_id: 'usr_1' },
    });
    assert.deepEqual(published, { id: 'evt_first', duplicate: false, destinationIds: [destination.id] });

    // A8: readable as soon as the 202 is there.
    const event = await sdk.events.get('evt_first');
    assert.equal(event.tenantId, 'acme');
    assert.equal(event.topic, 'user.created');
    assert.deepEqual(event.data, { user_id: 'usr_1' });
    assert.deepEqual(event.metadata, { source: 'signup' });
    assert.deepEqual(event.matchedDestinationIds, [destination.id]);
    const events = await sdk.events.list({ tenantId: 'acme' });
    assert.deepEqual(events.models.map((one) => one.id), ['evt_first']);
    assert.equal(events.pagination.next, null);

    const request = await receiver.nth('evt_first', 1);
    assert.equal(request.method, 'POST');
    assert.equal(request.path, '/in?q=1');
    assert.equal(request.text(), '{"user_id":"usr_1"}');

    await server.untilAttempts('evt_first', 1);
    for (const found of [
      await sdk.attempts.list({ eventId: 'evt_first', include: ['event', 'response_data'] }),
      await sdk.destinations.listAttempts({
        tenantId: 'acme', destinationId: destination.id, include: ['event', 'response_data'],
      }),
    ]) {
      assert.equal(found.models.length, 1);
      const [attempt] = found.models;
      assert.equal(attempt.status, 'success');
      assert.equal(attempt.code, '201');
      assert.equal(attempt.attemptNumber, 1);
      assert.equal(attempt.manual, false);
      assert.equal(attempt.destinationId, destination.id);
      assert.deepEqual(attempt.responseData, { status: 201, body: 'thank you' });
      assert.equal(attempt.event.id, 'evt_first');
      assert.equal(attempt.event.topic, 'user.created');
      assert.equal(attempt.event.data, undefined, 'include=event is without data');
      const same = await sdk.attempts.get(attempt.id, undefined, ['event.data', 'destination']);
      assert.deepEqual(same.event.data, { user_id: 'usr_1' });
      assert.equal(same.destination.id, destination.id);
      const scoped = await sdk.destinations.getAttempt('acme', destination.id, attempt.id);
      assert.equal(scoped.id, attempt.id);
    }
  });

  test('sent with curl, with the bodies of the documentation, answers the documented shapes', async (t) => {
    const server = await Server.start(t);
    const receiver = await Receiver.start(t);
    assert.equal((await server.call('GET', '/healthz', { token: null })).json.status, 'healthy');
    assert.equal((await server.call('GET', '//healthz', { token: null })).json.status, 'healthy');
    assert.equal((await server.call('PUT', '/tenants/t1')).status, 201);
    assert.equal((await server.call('PUT', '/tenants/t1')).status, 200);
    const destination = await server.expect(201, 'POST', '/tenants/t1/destinations',
      { type: 'webhook', topics: ['*'], config: { url: receiver.url() } });
    const answer = await server.call('POST', '/publish', { body: { tenant_id: 't1', topic: 'user.created', data: { a: 1 } } });
    assert.equal(answer.status, 202);
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.deepEqual(Object.keys(answer.json), ['id', 'duplicate', 'destination_ids']);
    assert.match(answer.json.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/, 'uuidv7 by default (B25)');
    assert.deepEqual(answer.json.destination_ids, [destination.id]);
    await receiver.nth(answer.json.id, 1);
  });

  test('goes to every destination whose topics and filter match, and to no other', async (t) => {
    const server = await Server.start(t);
    const receiver = await Receiver.start(t);
    await server.webhook('t1', receiver.url('/all'), { id: 'all' });
    await server.webhook('t1', receiver.url('/created'), { id: 'created', topics: ['user.created'] });
    await server.webhook('t1', receiver.url('/deleted'), { id: 'deleted', topics: ['user.deleted'] });
    await server.webhook('t1', receiver.url('/large'), { id: 'large', filter: { data: { amount: { $gte: 100 } } } });
    await server.webhook('t2', receiver.url('/stranger'), { id: 'stranger' });
    const publish = async (data) =>
      server.expect(202, 'POST', '/publish', { tenant_id: 't1', topic: 'user.created', data });
    const large = await publish({ amount: 150 });
    assert.deepEqual(large.destination_ids.sort(), ['all', 'created', 'large']);
    const small = await publish({ amount: 50 });
    assert.deepEqual(small.destination_ids.sort(), ['all', 'created']);
    await receiver.nth(large.id, 3);
    await receiver.nth(small.id, 2);
    assert.deepEqual(receiver.of(large.id).map((one) => one.path).sort(), ['/all', '/created', '/large']);
    assert.deepEqual(receiver.of(small.id).map((one) => one.path).sort(), ['/all', '/created']);
  });

  test('with an id that was published before is a duplicate, also after a restart (A6)', async (t) => {
    const server = await Server.start(t);
    const receiver = await Receiver.start(t);
    const destination = await server.webhook('t1', receiver.url());
    const publish = (tenant) => server.expect(202, 'POST', '/publish', { id: 'same', tenant_id: tenant, data: { n: 1 } });
    assert.equal((await publish('t1')).duplicate, false);
    const second = await publish('t1');
    assert.deepEqual(second, { id: 'same', duplicate: true, destination_ids: [destination.id] });
    await server.untilAttempts('same', 1);
    await server.kill();
    await server.run();
    assert.deepEqual(await publish('t1'), second);
    assert.equal((await publish('t2')).duplicate, false, 'the scope of an id is the tenant');
    // Something published later has been delivered, so a repetition would have been, too.
    await receiver.nth(await server.publish('t1'), 1);
    assert.equal(receiver.of('same').length, 1);
  });

  test('that matches nothing is stored and readable at once (A7)', async (t) => {
    const server = await Server.start(t);
    const answer = await server.expect(202, 'POST', '/publish', { tenant_id: 'nobody', topic: 'x', data: { a: 1 } });
    assert.deepEqual(answer.destination_ids, []);
    const event = await server.expect(200, 'GET', `/events/${answer.id}`);
    assert.deepEqual(event.matched_destination_ids, []);
    assert.equal(event.eligible_for_retry, true);
  });
});
