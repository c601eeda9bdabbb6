// Every case of api.md §19 against the real binary: twice on the same servers, in an order of chance, many at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conformanceExceptions } from './conformance/exceptions.js';
import { cases } from './conformance/registry.js';
import { jwtSecret, topics, World } from './conformance/world.js';
import './conformance/transport.js';
import './conformance/tenants.js';
import './conformance/destinations.js';
import './conformance/publish.js';
import './conformance/log.js';
import './conformance/metrics.js';
import './conformance/seed_era.js';
import { Server } from './harness/outpost.js';
import { Receiver } from './harness/receiver.js';

const lastCase = 171;
const runs = 2;
const atOnce = 16;

/** Numbers between 0 and 1 that follow from a seed (mulberry32). */
function numbersFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(list, random) {
  const copy = [...list];
  for (let end = copy.length - 1; end > 0; --end) {
    const other = Math.floor(random() * (end + 1));
    [copy[end], copy[other]] = [copy[other], copy[end]];
  }
  return copy;
}

test(`cases 1 to ${lastCase} are each a test, and exceptions are cases with a reason`, () => {
  const all = Array.from({ length: lastCase }, (_, index) => index + 1);
  assert.deepEqual(cases.map((one) => one.number).sort((a, b) => a - b), all);
  for (const [number, { missingType, why }] of Object.entries(conformanceExceptions)) {
    assert.ok(all.includes(Number(number)) && missingType && why, number);
  }
});

test('api.md §19', { concurrency: atOnce }, async (t) => {
  const environment = { API_JWT_SECRET: jwtSecret, TOPICS: topics.join(','), RETRY_SCHEDULE: '1,1' };
  const [main, open, wildcards, noTopics] = await Promise.all([
    Server.start(t, environment),
    Server.start(t, { ...environment, API_KEY: undefined, API_ALLOW_OPEN: 'true' }),
    Server.start(t, { ...environment, TOPICS_ALLOW_WILDCARDS: 'true' }),
    Server.start(t, { ...environment, TOPICS: undefined }),
  ]);
  const receiver = await Receiver.start(t, (request) =>
    ({ status: request.path.startsWith('/fail') || request.text().includes('"bad":true') ? 500 : 200, body: 'thank you' }));
  const servers = { main, open, wildcards, noTopics };
  const types = (await main.expect(200, 'GET', '/destination-types')).map((one) => one.type);
  /** Why a case can't be asked of this build, if so. */
  const skip = (number) => {
    const exception = conformanceExceptions[number];
    return exception && !types.includes(exception.missingType) && `this build has no ${exception.missingType}: ${exception.why}`;
  };
  const seed = Number(process.env.E2E_SEED ?? Date.now() % 2 ** 31);
  t.diagnostic(`E2E_SEED=${seed} repeats this order`);
  const planned = Array.from({ length: runs }, (_, index) => cases.map((one) => ({ ...one, run: index + 1 }))).flat();
  await Promise.all(shuffled(planned, numbersFrom(seed)).map(({ number, title, body, run }) =>
    t.test(`case ${number}: ${title} (run ${run} of ${runs})`, { skip: skip(number) }, async () => body(await World.make(servers, receiver)))));
});
