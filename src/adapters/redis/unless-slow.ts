/** Asks Redis for something that can be done without. null: no answer in time, or Redis is not asked at the moment. */
export type UnlessSlow = <T>(command: () => Promise<T>) => Promise<T | null>;

const LATE = Symbol('late');

/**
 * Bounds what an optimisation may cost: nobody waits longer than `limitMs`, and after a failure nobody asks for `restMs`, so
 * that a Redis that is away costs next to nothing.
 */
export function createUnlessSlow(options: {
  readonly limitMs: number;
  readonly restMs: number;
}): UnlessSlow {
  let restsUntil = -Infinity;

  return async (command) => {
    if (performance.now() < restsUntil) return null;
    const late = Promise.withResolvers<typeof LATE>();
    // what came in while this process was busy with something else is not late
    const giveUp = () => setImmediate(() => late.resolve(LATE));
    const timer = setTimeout(giveUp, options.limitMs);
    try {
      const answer = await Promise.race([command(), late.promise]);
      if (answer !== LATE) return answer;
    } catch {
      // Redis is away: its connection logs that
    } finally {
      clearTimeout(timer);
    }
    restsUntil = performance.now() + options.restMs;
    return null;
  };
}
