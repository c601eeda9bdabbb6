// The paths that the quick start of the first releases uses (api.md §16, §19 cases 158–171; decision A10).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';

describe('the seed-era API', { concurrency: true }, () => {
  test('takes the whole of its quick start, and shares its data with the current one', async (t) => {
    const server = await Server.start(t);
    const receiver = await Receiver.start(t, { status: 200, body: '{"ok":true}' });
    assert.equal((await server.call('GET', '/healthz', { token: null })).status, 200);
    const tenant = await server.expect(201, 'PUT', '/org1');
    assert.equal(tenant.id, 'org1');
    assert.equal((await server.call('PUT', '/org1')).status, 200);
    assert.equal((await server.expect(200, 'GET', '/tenants/org1')).id, 'org1');
    const destination = await server.expect(201, 'POST', '/org1/destinations',
      { type: 'webhook', topics: ['*'], config: { url: receiver.url() } });
    const published = await server.expect(202, 'POST', '/publish',
      { tenant_id: 'org1', topic: 'user.created', data: { user_id: 'u1' } });
    assert.equal(published.duplicate, false);
    const request = await receiver.nth(published.id, 1);
    assert.equal(request.text(), '{"user_id":"u1"}');
    assert.ok(request.isSignedWith(destination.credentials.secret));
    const { redirect_url: portal } = await server.expect(200, 'GET', '/org1/portal');
    assert.match(portal, /^http:\/\/127\.0\.0\.1:\d+\/?\?token=[^&]+/);

    await server.untilAttempts(published.id, 1);
    const events = await server.expect(200, 'GET', '/org1/events');
    assert.equal(events.count, 1);
    assert.equal(events.next, '');
    assert.deepEqual(events.data.map((one) => [one.id, one.destination_id, one.status]),
      [[published.id, destination.id, 'success']]);
    assert.equal((await server.expect(200, 'GET', `/org1/events/${published.id}`)).status, 'success');
    for (const prefix of ['/org1', '/tenants/org1']) {
      const deliveries = await server.expect(200, 'GET', `${prefix}/events/${published.id}/deliveries`);
      assert.deepEqual(deliveries.map((one) => [one.status, one.code]), [['success', '200']]);
      assert.ok(Date.parse(deliveries[0].delivered_at) > 0);
    }
    assert.deepEqual(await server.expect(202, 'POST', `/org1/destinations/${destination.id}/events/${published.id}/retry`),
      { success: true });
    await receiver.nth(published.id, 2);
    await server.expect(200, 'PUT', `/org1/destinations/${destination.id}/disable`);
    await server.expect(200, 'PUT', `/org1/destinations/${destination.id}/enable`);
    assert.equal((await server.expect(200, 'DELETE', `/org1/destinations/${destination.id}`)).id, destination.id);
    assert.deepEqual(await server.expect(200, 'GET', '/tenants/org1/destinations'), []);
  });

  test('never takes a route of the current API for a tenant', async (t) => {
    const server = await Server.start(t);
    for (const [route, status] of [['/tenants', 200], ['/topics', 200], ['/events', 200], ['/attempts', 200], ['/destination-types', 200]]) {
      assert.equal((await server.call('GET', route)).status, status, route);
    }
    for (const name of ['topics', 'events', 'tenants', 'retry', 'metrics']) {
      assert.equal((await server.call('PUT', `/${name}`)).status, 404, name);
    }
  });

  test('is gone with API_LEGACY_ROUTES=false', async (t) => {
    const server = await Server.start(t, { API_LEGACY_ROUTES: 'false' });
    const answer = await server.call('PUT', '/org1');
    assert.equal(answer.status, 404);
    assert.equal(answer.json.message, 'not found');
    assert.equal((await server.call('PUT', '/tenants/org1')).status, 201);
  });
});
