/** Fewer than this say little about the slowest tenth. */
const ENOUGH_SAMPLES = 10;

/**
 * How long nine of ten take, by the nearest rank; what a cut-off is reckoned against.
 * @param durationsMs measured, in any order
 * @returns ms; null: too few were measured
 */
export function p90(durationsMs: readonly number[]): number | null {
  if (durationsMs.length < ENOUGH_SAMPLES) return null;
  const sorted = durationsMs.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.9) - 1] ?? null;
}
