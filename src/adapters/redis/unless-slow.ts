/** Asks Redis for something that can be done without. null: no answer in time, or Redis is not asked at the moment. */
export type UnlessSlow = <T>(command: () => Promise<T>) => Promise<T | null>;

const LATE = Symbol('late');

/** Redis answers in less than a millisecond, unless somebody is in trouble; after so long the store would have been quicker. */
const ANSWER_MS = 50;
const REST_MS = 1000;

/**
 * Bounds what an optimisation may cost: nobody waits longer than `answerMs`, and after a failure nobody asks for a second, so
 * that a Redis that is away costs next to nothing.
 */
export function createUnlessSlow(answerMs: number = ANSWER_MS): UnlessSlow {
  let restsUntil = -Infinity;

  return async (command) => {
    if (performance.now() < restsUntil) return null;
    const late = Promise.withResolvers<typeof LATE>();
    // what came in while this process was busy with something else is not late
    const giveUp = () => setImmediate(() => late.resolve(LATE));
    const timer = setTimeout(giveUp, answerMs);
    try {
      const answer = await Promise.race([command(), late.promise]);
      if (answer !== LATE) return answer;
    } catch {
      // Redis is away: its connection logs that
    } finally {
      clearTimeout(timer);
    }
    restsUntil = performance.now() + REST_MS;
    return null;
  };
}
