import type { Clock } from '#application/ports/clock.ts';

/** A fake: stands still until it is moved, also backwards. */
export type FakeClock = Clock & { move(ms: number): void };

export function createFakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  return {
    now: () => now,
    move(ms) {
      now += ms;
    },
  };
}
