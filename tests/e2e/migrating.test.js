// The script of docs/migrating.md: what it copies, and that it may be run again.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Server } from './harness/outpost.js';

const [, script] = readFileSync(new URL('../../docs/migrating.md', import.meta.url), 'utf8').match(/```python\n([\s\S]*?)```/);

/** Runs the script. @return what it printed */
async function copy(from, to, more = {}) {
  const sides = { OLD: `${from.origin}/api/v1`, OLD_KEY: from.key, NEW: `${to.origin}/api/v1`, NEW_KEY: to.key, ...more };
  const child = spawn('python3', ['-c', script], { env: { PATH: process.env.PATH, ...sides } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => { output += bytes; });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, output);
  return output;
}

test('the script of the migration page copies tenants and webhooks, with their secrets and times', async (t) => {
  const [old, fresh, named] = await Promise.all([Server.start(t), Server.start(t), Server.start(t)]);
  const url = 'https://e.com/h';
  await old.webhook('acme', url, { id: 'd1', filter: { data: { a: 1 } }, metadata: { k: 'v' }, created_at: '2024-01-01T00:00:00Z' });
  await old.webhook('acme', url, { id: 'd2', topics: ['a', 'b'], disabled_at: '2024-02-01T00:00:00Z' });
  await old.expect(200, 'PATCH', '/tenants/acme/destinations/d1', { credentials: { rotate_secret: true } });
  await old.expect(200, 'PUT', '/tenants/acme', { metadata: { plan: 'pro' } });
  for (let count = 0; count < 100; ++count) await old.call('PUT', `/tenants/t${count}`); // two pages, with acme
  const destinations = await old.expect(200, 'GET', '/tenants/acme/destinations');

  assert.equal(await copy(old, fresh), '');
  assert.equal((await fresh.expect(200, 'GET', '/tenants')).count, 101);
  assert.deepEqual((await fresh.expect(200, 'GET', '/tenants/acme')).metadata, { plan: 'pro' });
  assert.deepEqual(await fresh.expect(200, 'GET', '/tenants/acme/destinations'), destinations);

  assert.equal(await copy(old, fresh), 'acme d1 destination already exists\nacme d2 destination already exists\n');
  assert.deepEqual(await fresh.expect(200, 'GET', '/tenants/acme/destinations'), destinations);

  assert.equal(await copy(old, named, { TENANTS: 'acme t7' }), '');
  assert.equal((await named.expect(200, 'GET', '/tenants')).count, 2);
});
