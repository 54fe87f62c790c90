import { freeCapacity, loadScore, type LoadMetrics } from '#domain/policy/load-score.ts';
import { faultOf, refuse, type Refusal } from '#domain/policy/refusal.ts';

/** The load of all instances at one moment. */
export type LoadSnapshot = {
  /** epoch ms */
  readonly at: number;
  /** Mean score of the instances, 0..100. */
  readonly score: number;
  /** Mean free capacity of the instances, 0..100. */
  readonly freeCapacity: number;
  /** Mean error rate of the instances, 0..1. */
  readonly errorRate: number;
};

/** The recent past of the system's load, oldest first. */
export type SystemLoad = { readonly snapshots: readonly LoadSnapshot[] };

export type LoadTrend = 'INCREASING' | 'DECREASING' | 'STABLE';

/** SPEC 4 */
const KEPT_SNAPSHOTS = 100;
const TREND_SAMPLES = 5;
const MEAN_SPAN_MS = 5 * 60_000;

export const NO_LOAD_YET: SystemLoad = { snapshots: [] };

/**
 * Adds the readings of one moment and forgets what is older than the last 100.
 * Refused: a moment that is no time or lies before the newest snapshot, and one without readings.
 */
export function recordLoad(
  load: SystemLoad,
  at: number,
  metrics: readonly LoadMetrics[],
): SystemLoad | Refusal {
  const newest = load.snapshots.at(-1);
  const fault = faultOf('at', at, newest?.at ?? 0, Infinity);
  if (fault !== null) return refuse(fault);
  if (metrics.length === 0) return refuse('a snapshot needs the reading of one instance at least');
  const snapshot = {
    at,
    score: mean(metrics.map(loadScore)),
    freeCapacity: mean(metrics.map(freeCapacity)),
    errorRate: mean(metrics.map((reading) => reading.errorRate)),
  };
  return { snapshots: [...load.snapshots, snapshot].slice(-KEPT_SNAPSHOTS) };
}

/**
 * Where the load goes (SPEC 4): INCREASING when the newest score exceeds the one 4 earlier by more than 10 %, DECREASING when
 * it is below 90 % of the mean of the last 5 minutes. Compared in whole multiples, so that exactly 10 % is not "more than".
 */
export function loadTrend(load: SystemLoad): LoadTrend {
  const newest = load.snapshots.at(-1);
  const earlier = load.snapshots.at(-TREND_SAMPLES);
  if (!newest || !earlier) return 'STABLE';
  if (newest.score * 10 > earlier.score * 11) return 'INCREASING';
  const recent = load.snapshots.filter((snapshot) => snapshot.at > newest.at - MEAN_SPAN_MS);
  const recentMean = mean(recent.map((snapshot) => snapshot.score));
  return newest.score * 10 < recentMean * 9 ? 'DECREASING' : 'STABLE';
}

/** Free capacity of the system now: the mean over its instances; 100 while nothing is known (SPEC 4). */
export function systemFreeCapacity(load: SystemLoad): number {
  return load.snapshots.at(-1)?.freeCapacity ?? 100;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
