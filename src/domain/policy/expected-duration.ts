/** What is known of how long something takes, ms. */
export type ExpectedDuration = {
  /** Nine of ten take at most as long (p90): what a cut-off is reckoned against. */
  readonly slowMs: number;
  /** One of ten takes at most as long (p10): who has less time than this left is late. */
  readonly fastMs: number;
};

/** Nothing is known: whatever has a cut-off may still be in time until then. */
export const UNKNOWN_DURATION: ExpectedDuration = { slowMs: 0, fastMs: 0 };

/** Fewer than this say little about the slowest tenth. */
const ENOUGH_SAMPLES = 10;

/**
 * How long it takes, by the nearest rank.
 * @param durationsMs measured, in any order
 * @returns null: too few were measured
 */
export function expectedDuration(durationsMs: readonly number[]): ExpectedDuration | null {
  if (durationsMs.length < ENOUGH_SAMPLES) return null;
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const rank = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return { slowMs: rank(0.9), fastMs: rank(0.1) };
}
