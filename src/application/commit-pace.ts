import type { SteadyClock } from '#application/ports/clock.ts';

/** Above this, in ms, jobs would wait in the hands of workers for a store that is at its limit: they come after the commit. */
const QUICK_MS = 5;

/** How long commits of this process take, for those who would like to do something meanwhile. */
export type CommitPace = {
  /** What the last commit took says what the next one will. */
  isQuick(): boolean;
  /** @returns what came of the commit, and what it took in ms */
  time<T>(commit: () => Promise<T>): Promise<{ readonly result: T; readonly tookMs: number }>;
};

export function createCommitPace(clock: SteadyClock): CommitPace {
  let lastMs = 0;
  return {
    isQuick: () => lastMs <= QUICK_MS,
    async time(commit) {
      const begunAt = clock.elapsed();
      try {
        const result = await commit();
        return { result, tookMs: clock.elapsed() - begunAt };
      } finally {
        lastMs = clock.elapsed() - begunAt;
      }
    },
  };
}
