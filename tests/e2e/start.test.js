// Starting: secrets, locks, ports, and what stops a start (decisions A15, D1, D3, D12; T-11, T-12).
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { describe, test } from 'node:test';
import { atEnd } from './harness/cleanup.js';
import { runCommand, Server, temporaryDirectory } from './harness/outpost.js';
import { freePort } from './harness/ports.js';
import { Receiver } from './harness/receiver.js';

const mode = (file) => (statSync(file).mode & 0o777).toString(8);

/** `outpost serve` that is expected to end by itself. */
async function serve(t, environment) {
  const directory = temporaryDirectory(t);
  return runCommand(['serve'],
    { DATA_DIR: path.join(directory, 'data'), API_HOST: '127.0.0.1', API_PORT: String(await freePort()), ...environment }, directory);
}

describe('a start', { concurrency: true }, () => {
  test('without API_KEY makes one, which `outpost key` prints (A15)', async (t) => {
    const server = await Server.start(t, { API_KEY: undefined });
    const { code, stdout } = await runCommand(['key'], { DATA_DIR: server.dataDirectory });
    assert.equal(code, 0);
    const key = stdout.trim();
    assert.match(key, /^\S{32,}$/);
    assert.equal((await server.call('GET', '/topics', { token: key })).status, 200);
    const refused = await server.call('GET', '/topics', { token: null });
    assert.equal(refused.status, 401);
    assert.equal(refused.json.status, 401, 'the envelope (A1)');
    assert.equal((await server.call('GET', '/topics', { token: `${key}x` })).status, 401);
    assert.ok(!server.log.includes(key), 'the banner shows it only on a terminal');
    assert.equal(mode(server.dataDirectory), '700');
    assert.equal(mode(path.join(server.dataDirectory, 'secrets', 'api_key')), '600');
    await server.kill();
    await server.run();
    assert.equal((await server.call('GET', '/topics', { token: key })).status, 200, 'it is the same after a restart');
  });

  test('with API_ALLOW_OPEN lets everyone in, and says so', async (t) => {
    const server = await Server.start(t, { API_KEY: undefined, API_ALLOW_OPEN: 'true' });
    assert.equal((await server.call('GET', '/topics', { token: null })).status, 200);
    assert.match(server.log, /API_ALLOW_OPEN|open/);
  });

  test('on a directory that is in use says who holds it, and exits 1 (T-12)', async (t) => {
    const server = await Server.start(t);
    const second = await serve(t, { DATA_DIR: server.dataDirectory });
    assert.equal(second.code, 1);
    assert.ok(second.stderr.includes(String(server.pid)), second.stderr);
    assert.ok(second.stderr.includes(server.dataDirectory), second.stderr);
    assert.equal((await server.call('GET', '/topics')).status, 200, 'the first one serves on');
  });

  test('on a port that is in use says so, and exits 1 (D12)', async (t) => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    atEnd(t, () => other.close());
    const port = String(other.address().port);
    const ended = await serve(t, { API_PORT: port });
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: address (already )?in use`, 'i'));
  });

  test('with a data directory that can\'t be made names it, and exits 1 (T-11)', async (t) => {
    const directory = temporaryDirectory(t);
    const file = path.join(directory, 'file');
    writeFileSync(file, 'not a directory');
    const ended = await serve(t, { DATA_DIR: path.join(file, 'data') });
    assert.equal(ended.code, 1);
    assert.ok(ended.stderr.includes(path.join(file, 'data')), ended.stderr);
  });

  test('with the key that seals credentials gone says so, instead of sending without them (D3)', async (t) => {
    const server = await Server.start(t);
    await server.webhook('t1', 'http://127.0.0.1:9/');
    await server.kill();
    rmSync(path.join(server.dataDirectory, 'secrets', 'aes_encryption_secret'));
    const ended = await serve(t, { DATA_DIR: server.dataDirectory });
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /^Error: .*AES_ENCRYPTION_SECRET/m);
  });

  test('on files that are no database names the file, and exits 1 (T-06)', async (t) => {
    const server = await Server.start(t);
    await server.publish('t1');
    await server.stop(); // so that all of it is in these files, and nothing in those that hold newer pages
    for (const file of ['control.db', path.join('log', '00000001.db')]) {
      const copy = path.join(temporaryDirectory(t), 'data');
      cpSync(server.dataDirectory, copy, { recursive: true });
      writeFileSync(path.join(copy, file), 'x'.repeat(8192));
      const ended = await serve(t, { DATA_DIR: copy });
      assert.equal(ended.code, 1, ended.stderr);
      assert.ok(ended.stderr.includes(path.join(copy, file)), ended.stderr);
    }
  });

  const refused = [
    ['a port that is no number', { API_PORT: 'abc' }, /API_?PORT/i],
    ['a broken RETRY_SCHEDULE', { RETRY_SCHEDULE: '5,soon' }, /RETRY_?SCHEDULE/i],
    ['variables of brokered mode', { REDIS_HOST: 'localhost', POSTGRES_URL: 'postgres://x' }, /REDIS_HOST/],
    ['a broken signature template', { DESTINATIONS_WEBHOOK_SIGNATURE_CONTENT_TEMPLATE: '{{.Nope' }, /signature content template/],
    ['an egress mode that does not exist', { DESTINATIONS_EGRESS_MODE: 'no' }, /EGRESS_MODE|egress/i],
    ['a configuration file that is missing', { CONFIG: '/nonexistent/outpost.yaml' }, /nonexistent\/outpost\.yaml/],
  ];
  for (const [what, environment, words] of refused) {
    test(`with ${what} says why, and exits 1`, async (t) => {
      const ended = await serve(t, environment);
      assert.equal(ended.code, 1, ended.stderr);
      assert.match(ended.stderr, words);
    });
  }

  test('reads outpost.yaml from the working directory, and the environment wins', async (t) => {
    const directory = temporaryDirectory(t);
    writeFileSync(path.join(directory, '.outpost.yaml'), 'topics:\n  - user.created\n  - user.deleted\napi_key: from-the-file\n');
    const server = new Server(directory, await freePort(), { API_KEY: undefined });
    server.key = 'from-the-file';
    atEnd(t, () => server.kill());
    await server.run();
    assert.deepEqual((await server.call('GET', '/topics')).json, ['user.created', 'user.deleted']);
    await server.kill();
    server.environment.TOPICS = 'only.this';
    await server.run();
    assert.deepEqual((await server.call('GET', '/topics')).json, ['only.this']);
  });

  test('after a crash that left the directory half made still works', async (t) => {
    const directory = temporaryDirectory(t);
    mkdirSync(path.join(directory, 'data', 'secrets'), { recursive: true, mode: 0o700 });
    writeFileSync(path.join(directory, 'data', 'secrets', 'api_key.new'), 'half');
    const server = new Server(directory, await freePort());
    atEnd(t, () => server.kill());
    await server.run();
    const receiver = await Receiver.start(t);
    await server.webhook('t1', receiver.url());
    await receiver.nth(await server.publish('t1'), 1);
  });

  test('is not needed to ask for the version or for help', async () => {
    const version = await runCommand(['--version']);
    assert.equal(version.code, 0);
    assert.match(version.stdout, /^outpost version \S+\n$/);
    assert.equal((await runCommand(['--help'])).code, 0);
    const unknown = await runCommand(['no-such-command']);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /^Error: .*no-such-command/);
  });
});
