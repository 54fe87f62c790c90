import { targetLoad } from '#domain/policy/load-balancing.ts';

export type WeightedInstance = {
  readonly url: string;
  /** 0..100; null: unknown, it keeps its weight */
  readonly score: number | null;
  readonly weight: number;
};

/** However uneven the load is, each instance keeps some share: else nothing would ever be seen of it again. */
const LEAST_WEIGHT = 0.1;
const MOST_WEIGHT = 10;

/** Long beside the 30 s for which the rule rests after it acted, short beside a shift of people. */
const RELAXED_IN_MS = 10 * 60_000;

/** A share that changes by less is not worth an event. */
const NOTICEABLE = 0.01;

/**
 * Shares of the calls by which the instances of one service come nearer to the load that each should have (SPEC 4): the share of
 * one that should come from 96 to 68 falls to 68/96 of what it was. Only shares among them matter, so their mean stays 1.
 * @param target load that all should come to, 0..100; null: each by the rule of SPEC 4
 * @returns the new weights by url; null: nothing to shift (one instance, or all are as they should be)
 */
export function shiftWeights(
  instances: readonly WeightedInstance[],
  target: number | null,
): ReadonlyMap<string, number> | null {
  const known = instances.filter(({ score }) => score !== null);
  if (known.length < 2) return null;
  const shifted = instances.map(({ url, score, weight }) => {
    return { url, before: weight, weight: within(weight * factorOf(score, target)) };
  });
  const mean = shifted.reduce((sum, { weight }) => sum + weight, 0) / shifted.length;
  const weights = shifted.map(({ url, before, weight }) => {
    return { url, before, weight: within(weight / mean) };
  });
  if (weights.every(({ before, weight }) => Math.abs(before - weight) < NOTICEABLE)) return null;
  return new Map(weights.map(({ url, weight }) => [url, weight]));
}

/**
 * A share some time after it was shifted: it goes back to 1, by two thirds of the way in RELAXED_IN_MS. The load that it answered
 * passes, and an instance that was sick once must not be spared for ever. If it is still slower than the others it is rebalanced again.
 * @param passedMs since the share was as given
 */
export function relaxedWeight(weight: number, passedMs: number): number {
  return 1 + (weight - 1) * Math.exp(-Math.max(0, passedMs) / RELAXED_IN_MS);
}

function factorOf(score: number | null, target: number | null): number {
  if (score === null) return 1;
  const wanted = target ?? targetLoad(score);
  // an idle instance has no load to divide by: a point will do
  return typeof wanted === 'number' ? Math.max(wanted, 1) / Math.max(score, 1) : 1;
}

function within(weight: number): number {
  return Math.min(MOST_WEIGHT, Math.max(LEAST_WEIGHT, weight));
}
