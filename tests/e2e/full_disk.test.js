// A full disk: nothing is accepted that can't be kept, and freeing it is all that is needed (design §4, T-07).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { atEnd } from './harness/cleanup.js';
import { Server, temporaryDirectory } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';
import { freePort } from './harness/ports.js';
import { until } from './harness/wait.js';

const diskMiB = 96;

/** A file system of its own, or undefined when this user may not mount one. */
function smallDisk(t) {
  const directory = path.join(temporaryDirectory(t), 'disk');
  mkdirSync(directory);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMiB}m,mode=0700`, 'tmpfs', directory]);
  if (mounted.status !== 0) {
    t.skip(`mount -t tmpfs is not permitted here: ${String(mounted.stderr ?? mounted.error).trim()}`);
    return undefined;
  }
  atEnd(t, () => spawnSync('umount', ['--lazy', directory]));
  return directory;
}

/** Writes until there is no byte left. @return the function that frees it */
function fill(disk) {
  const file = path.join(disk, 'filler');
  const descriptor = openSync(file, 'w');
  for (let size = 1 << 20; size >= 512; size >>= 1) {
    const zeros = Buffer.alloc(size);
    for (;;) {
      try {
        if (writeSync(descriptor, zeros) < size) break;
      } catch (error) {
        assert.equal(error.code, 'ENOSPC');
        break;
      }
    }
  }
  closeSync(descriptor);
  return () => rmSync(file);
}

async function startOn(t, disk, environment) {
  const server = new Server(disk, await freePort(), environment);
  atEnd(t, () => server.kill());
  await server.run();
  return server;
}

describe('a full disk', { concurrency: true }, () => {
  test('makes publish 503 and /readyz red with the reason, and freeing it makes both good without a restart', async (t) => {
    const disk = smallDisk(t);
    if (!disk) return;
    const server = await startOn(t, disk, { RETRY_SCHEDULE: '1,1,1,1,1,1' });
    const receiver = await Receiver.start(t);
    await server.webhook('t1', receiver.url());
    const accepted = [await server.publish('t1')];
    await receiver.nth(accepted[0], 1);

    const free = fill(disk);
    const pad = 'x'.repeat(50_000);
    const body = { tenant_id: 't1', topic: 'user.created', data: { pad } };
    // What was allocated before may still be used, so the first few can be accepted; they are kept, too.
    const refused = await until('a publish that is refused', async () => {
      const answer = await server.call('POST', '/publish', { body });
      if (answer.status === 202) accepted.push(answer.json.id);
      else return answer;
    });
    assert.equal(refused.status, 503, refused.text);
    assert.equal(refused.json.status, 503);
    assert.equal((await server.call('POST', '/publish', { body })).status, 503, 'it stays so');
    const red = await until('/readyz to be red', async () => {
      const answer = await server.call('GET', '//readyz', { token: null });
      return answer.status === 503 && answer.json;
    });
    assert.equal(red.status, 'not_ready');
    assert.match(red.reasons.join(), /disk|space|full/i);
    assert.equal((await server.call('GET', '//livez', { token: null })).status, 200);
    assert.equal((await server.call('GET', `/events/${accepted[0]}`)).status, 200, 'reading goes on');
    t.diagnostic(`${accepted.length} accepted before the first 503; reason: ${red.reasons.join()}`);

    free();
    await until('/readyz to be green', async () => (await server.call('GET', '//readyz', { token: null })).status === 200);
    const after = await until('a publish that is accepted', async () => {
      const answer = await server.call('POST', '/publish', { body });
      return answer.status === 202 && answer.json.id;
    });
    accepted.push(after);
    for (const id of accepted) {
      await receiver.nth(id, 1);
      await server.untilAttempts(id, 1);
    }
    assert.doesNotMatch(server.log, new RegExp(pad.slice(0, 100)), 'no payloads in the log (C5)');
  });

  test('keeps the result of a send that was in flight, and records it once there is room (design §4)', async (t) => {
    const disk = smallDisk(t);
    if (!disk) return;
    const server = await startOn(t, disk);
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    const receiver = await Receiver.start(t, async () => { await held; return { status: 200 }; });
    await server.webhook('t1', receiver.url());
    const id = await server.publish('t1');
    await receiver.nth(id, 1);
    const free = fill(disk);
    const body = { tenant_id: 't1', topic: 'user.created', data: { pad: 'x'.repeat(50_000) } };
    await until('503', async () => (await server.call('POST', '/publish', { body })).status === 503);
    release();
    free();
    const attempts = await server.untilAttempts(id, 1);
    assert.deepEqual(attempts.map((one) => [one.attempt_number, one.status]), [[1, 'success']]);
    assert.equal(receiver.of(id).length, 1);
  });

  test('and then kill -9 loses nothing that was answered 202', async (t) => {
    const disk = smallDisk(t);
    if (!disk) return;
    const server = await startOn(t, disk, { RETRY_SCHEDULE: '1,1,1,1,1,1,1,1' });
    const receiver = await Receiver.start(t, { status: 500 });
    await server.webhook('t1', receiver.url());
    const accepted = [await server.publish('t1')];
    const free = fill(disk);
    const body = { tenant_id: 't1', topic: 'user.created', data: { pad: 'x'.repeat(20_000) } };
    await until('503', async () => {
      const answer = await server.call('POST', '/publish', { body });
      if (answer.status === 202) accepted.push(answer.json.id);
      return answer.status === 503;
    });
    await server.kill();
    free();
    receiver.answer = { status: 200 };
    await server.run();
    for (const id of accepted) {
      await until(`the success of ${id}`, async () => (await server.attempts(id)).at(-1)?.status === 'success');
    }
  });
});
