/** A fake: stands still until it is moved. */
export function createFakeClock(start = Date.UTC(2026, 0, 1)) {
  let now = start;
  return {
    now: () => now,
    move(ms: number) {
      now += ms;
    },
  };
}
