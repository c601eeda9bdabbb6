// Waiting for something to become true, and the limits in time that the tests use.
import { setTimeout as sleep } from 'node:timers/promises';

/** Stretches every limit; E2E_SLOWER=5 for sanitizer builds. */
export const slower = Number(process.env.E2E_SLOWER ?? 1);

/** How late something due may be seen from here, in ms: design says within a second; the rest is this machine. */
export const lateMs = 1000 * slower;

const defaultLimitMs = 15_000 * slower;
const pollMs = 10;

/**
 * Calls `look` until it answers something truthy, and returns that.
 * @param {string} what  ends the sentence "waited 15 s for …"
 */
export async function until(what, look, limitMs = defaultLimitMs) {
  const end = performance.now() + limitMs;
  let problem;
  for (;;) {
    try {
      const found = await look();
      if (found) return found;
      problem = undefined;
    } catch (error) {
      problem = error;
    }
    if (performance.now() > end) {
      throw new Error(`waited ${limitMs / 1000} s for ${what}`, { cause: problem });
    }
    await sleep(pollMs);
  }
}

export { sleep };
