// The life of a destination and of a tenant through the SDK (api.md §7, §8).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';

describe('a destination', { concurrency: true }, () => {
  test('is made, read, listed, changed, disabled, enabled and deleted', async (t) => {
    const server = await Server.start(t);
    const receiver = await Receiver.start(t);
    const sdk = server.sdk();
    await sdk.tenants.upsert('t1');
    const made = await sdk.destinations.create('t1', {
      id: 'mine', type: 'webhook', topics: ['user.created', 'user.created', 'user.deleted'],
      config: { url: receiver.url() }, metadata: { team: 'a' },
    });
    assert.equal(made.id, 'mine');
    assert.deepEqual(made.topics, ['user.created', 'user.deleted']);
    assert.deepEqual(await sdk.destinations.get('t1', 'mine'), made);
    assert.deepEqual((await sdk.destinations.list('t1')).map((one) => one.id), ['mine']);
    assert.deepEqual((await sdk.tenants.get('t1')).topics, ['user.created', 'user.deleted']);

    const changed = await sdk.destinations.update('t1', 'mine',
      { type: 'webhook', topics: ['*'], metadata: { team: null, owner: 'b' } });
    assert.deepEqual(changed.topics, ['*']);
    assert.deepEqual(changed.metadata, { owner: 'b' });
    assert.deepEqual(changed.config, made.config);

    assert.ok((await sdk.destinations.disable('t1', 'mine')).disabledAt instanceof Date);
    assert.deepEqual((await sdk.publish({ tenantId: 't1', topic: 'x', data: {} })).destinationIds, []);
    assert.equal((await sdk.destinations.enable('t1', 'mine')).disabledAt, null);
    const { id } = await sdk.publish({ tenantId: 't1', topic: 'x', data: {} });
    await receiver.nth(id, 1);
    assert.equal(receiver.received.length, 1, 'what was published while it was disabled is not sent');

    assert.deepEqual(await sdk.destinations.delete('t1', 'mine'), { success: true });
    await assert.rejects(sdk.destinations.get('t1', 'mine'), (error) => error.statusCode === 404);
    assert.deepEqual((await sdk.publish({ tenantId: 't1', topic: 'x', data: {} })).destinationIds, []);
    assert.equal((await sdk.tenants.get('t1')).destinationsCount, 0);
  });

  test('that can\'t be is refused with the reasons, as typed errors of the SDK', async (t) => {
    const server = await Server.start(t, { MAX_DESTINATIONS_PER_TENANT: '1' });
    const sdk = server.sdk();
    await assert.rejects(sdk.destinations.create('ghost', { type: 'webhook', topics: ['*'], config: { url: 'https://e.com' } }),
      (error) => error.name === 'NotFoundError' && error.message === 'tenant not found');
    await sdk.tenants.upsert('t1');
    const create = (body) => server.call('POST', '/tenants/t1/destinations', { body });
    const url = 'https://example.com/hook';
    const reasons = async (body) => (await create(body)).json.data;
    assert.deepEqual(await reasons({}), ['type is required', 'topics is required']);
    assert.deepEqual(await reasons({ type: 'webhook', topics: ['*'], config: {} }), ['config.url is required']);
    assert.deepEqual(await reasons({ type: 'webhook', topics: ['*'], config: { url: 'ftp://x' } }),
      ['config.url failed pattern validation']);
    assert.equal((await create({ type: 'smoke', topics: ['*'] })).json.message,
      'no provider registered for destination type: smoke');
    assert.equal((await create({ id: 'd', type: 'webhook', topics: '*', config: { url } })).status, 201);
    const again = await create({ id: 'd', type: 'webhook', topics: '*', config: { url } });
    assert.equal(again.status, 400);
    assert.equal(again.json.message, 'destination already exists');
    const full = await create({ id: 'e', type: 'webhook', topics: '*', config: { url } });
    assert.equal(full.json.message, 'maximum number of destinations per tenant reached');
    await assert.rejects(sdk.publish({ tenantId: '', data: {} }),
      (error) => error.name === 'BadRequestError' && error.statusCode === 422);
  });

  test('goes with its tenant, and does not come back with it', async (t) => {
    const server = await Server.start(t);
    const receiver = await Receiver.start(t);
    await server.webhook('t1', receiver.url());
    const sdk = server.sdk();
    assert.deepEqual(await sdk.tenants.delete('t1'), { success: true });
    await assert.rejects(sdk.tenants.get('t1'), (error) => error.statusCode === 404);
    assert.equal((await sdk.tenants.upsert('t1')).destinationsCount, 0);
    assert.deepEqual((await sdk.publish({ tenantId: 't1', topic: 'x', data: {} })).destinationIds, []);
  });
});
