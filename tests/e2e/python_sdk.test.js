// The official Python SDK against the real binary; what is asked is in python_sdk.py (api.md §15).
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';

const skipped = 77;

/** The python that has the SDK, or why there is none. @return {{python} | {reason}} */
async function sdkPython() {
  try {
    const { stdout } = await promisify(execFile)('python3', ['python_packages.py', 'python_sdk']);
    return { python: path.join(stdout.trim(), 'python') };
  } catch (problem) {
    if (problem.code === 'ENOENT') return { reason: 'python3 is not installed' };
    if (problem.code === skipped) return { reason: problem.stderr.trim() };
    throw problem;
  }
}

test('the Python SDK works with every operation that it has', async (t) => {
  const { python, reason } = await sdkPython();
  if (reason) return t.skip(reason);
  const server = await Server.start(t, { TOPICS: 'user.created,user.deleted' });
  const receiver = await Receiver.start(t);
  const environment = { ...process.env, OUTPOST_URL: `${server.origin}/api/v1`, OUTPOST_KEY: server.key, RECEIVER_URL: receiver.url() };
  const child = spawn(python, ['python_sdk.py'], { env: environment });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => { output += bytes; });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, output);
  assert.match(output, /^Ran [1-9]\d* tests/m);
});
