// The numbered cases of api.md §19. Files of this folder add theirs when they are imported.

/** [{number, title, body}] */
export const cases = [];

/**
 * One case. `body` gets a World of its own, so that cases run in any order, at once, and again on the same server.
 * @param {string} title  what is expected, as a sentence
 */
export function conforms(number, title, body) {
  cases.push({ number, title, body });
}
