/** How often expired rows are looked for. */
const SWEEP_EVERY_MS = 60_000;
/** How many are removed in one write: a few milliseconds. */
const SWEEP_LIMIT = 1000;
/** While there are more, the next ones wait this long: a backlog shrinks by some 20,000 a second, in a tenth of the time. */
const SWEEP_AGAIN_MS = 50;

/**
 * Removes expired rows beside the writes that make new ones, a bounded number at a time, until none is left.
 * @param remove deletes at most `limit` rows that have expired at `now` (epoch ms). @returns how many it has found
 * @returns to be called inside the transaction of a write, with its time
 */
export function createSweep(remove: (now: number, limit: number) => number): (now: number) => void {
  let sweptAt = -Infinity;
  /** By the steady clock; null: nothing was left. */
  let goOnAt: number | null = null;
  return (now) => {
    const isDue = goOnAt === null ? now - sweptAt >= SWEEP_EVERY_MS : performance.now() >= goOnAt;
    if (!isDue) return;
    goOnAt = remove(now, SWEEP_LIMIT) < SWEEP_LIMIT ? null : performance.now() + SWEEP_AGAIN_MS;
    sweptAt = now;
  };
}
