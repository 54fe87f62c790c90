import type { Clock, SteadyClock } from '#application/ports/clock.ts';

/** A fake: stands still until it is moved. */
export type FakeClock = Clock &
  SteadyClock & {
    /** Time passes. */
    move(ms: number): void;
    /** Somebody sets the clock on the wall, forwards or back; no time passes. */
    set(ms: number): void;
  };

export function createFakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  let elapsed = 0;
  return {
    now: () => now,
    elapsed: () => elapsed,
    move(ms) {
      now += ms;
      elapsed += ms;
    },
    set(ms) {
      now += ms;
    },
  };
}
