// The only place in the tests with a timer: waits until something holds.

const slow = Number(process.env.SLOW || 1); // programs under a sanitizer take their time

// condition: may be async; its first truthy value is returned, an error it throws counts as "not yet". After timeout (ms) the
// last error, or what, is thrown.
export async function waitFor(condition, { timeout = 10_000, every = 25, what = 'the condition' } = {}) {
  const end = Date.now() + timeout * slow;
  let last;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${what} did not come about within ${timeout * slow} ms`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
