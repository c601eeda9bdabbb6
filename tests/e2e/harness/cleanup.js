// What a test must undo, last thing first: node's own after() goes the other way round.
const stacks = new WeakMap();

/** Runs `undo` when the test has ended, before what was registered earlier; a failing one does not stop the others. */
export function atEnd(test, undo) {
  if (!stacks.has(test)) {
    const stack = [];
    stacks.set(test, stack);
    test.after(async () => {
      const problems = [];
      for (const each of stack.reverse()) await Promise.resolve().then(each).catch((error) => problems.push(error));
      if (problems.length) throw problems[0];
    });
  }
  stacks.get(test).push(undo);
}
