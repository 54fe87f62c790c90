import { faultOf, refuse, type Refusal } from '#domain/policy/refusal.ts';

/** What one instance of a service says of its load (SPEC 4). */
export type LoadReading = {
  /** The instance; several instances share a serviceName. */
  readonly serviceId: string;
  readonly serviceName: string;
  /** 0..100 */
  readonly cpuUsagePercent: number;
  /** 0..100 */
  readonly memoryUsagePercent: number;
  readonly activeRequests: number;
  readonly queueDepth: number;
  readonly averageResponseTimeMs: number;
  /** 0..1 */
  readonly errorRate: number;
  /** epoch ms */
  readonly timestamp: number;
};

declare const checked: unique symbol;

/** A reading whose every figure is within its range: only such a one has a score. */
export type LoadMetrics = LoadReading & { readonly [checked]: true };

export type ServiceHealth = 'HEALTHY' | 'WARNING' | 'DEGRADED' | 'CRITICAL';

/** Scores from which on an instance is overloaded, and needs rebalancing (SPEC 4). */
export const OVERLOADED_AT = 95;
export const REBALANCE_AT = 85;

/** A queue this deep counts as full (SPEC 4). */
const FULL_QUEUE = 1000;
const REFUSING_ERROR_RATE = 0.5;

/** Takes a reading in; a figure that is NaN, infinite or out of its range is refused with all faults named. */
export function loadMetrics(reading: LoadReading): LoadMetrics | Refusal {
  return isFaultless(reading) ? reading : refuse(faultsIn(reading).join('; '));
}

function isFaultless(reading: LoadReading): reading is LoadMetrics {
  return faultsIn(reading).length === 0;
}

function faultsIn(reading: LoadReading): readonly string[] {
  return [
    faultOf('cpuUsagePercent', reading.cpuUsagePercent, 0, 100),
    faultOf('memoryUsagePercent', reading.memoryUsagePercent, 0, 100),
    faultOf('activeRequests', reading.activeRequests, 0, Infinity),
    faultOf('queueDepth', reading.queueDepth, 0, Infinity),
    faultOf('averageResponseTimeMs', reading.averageResponseTimeMs, 0, Infinity),
    faultOf('errorRate', reading.errorRate, 0, 1),
    faultOf('timestamp', reading.timestamp, 0, Infinity),
  ].filter((fault) => fault !== null);
}

/**
 * 0.3 cpu + 0.3 memory + 0.2 queue + 0.2 errors, each as a percentage (SPEC 4).
 * @returns 0..100, to six decimals: the noise of the sum must not keep a load of 95 below the threshold of 95
 */
export function loadScore(metrics: LoadMetrics): number {
  const queuePercent = Math.min((metrics.queueDepth / FULL_QUEUE) * 100, 100);
  const score =
    0.3 * metrics.cpuUsagePercent +
    0.3 * metrics.memoryUsagePercent +
    0.2 * queuePercent +
    0.2 * metrics.errorRate * 100;
  return Math.round(score * 1e6) / 1e6;
}

/** A score as a share, 0..1, without the noise of the division. */
export function shareOf(score: number): number {
  return Math.round(score * 1e4) / 1e6;
}

export function isOverloaded(metrics: LoadMetrics): boolean {
  return loadScore(metrics) >= OVERLOADED_AT;
}

export function needsRebalancing(metrics: LoadMetrics): boolean {
  return loadScore(metrics) >= REBALANCE_AT;
}

/** May new work be given to this instance (SPEC 4)? */
export function acceptsWork(metrics: LoadMetrics): boolean {
  return !needsRebalancing(metrics) && metrics.errorRate < REFUSING_ERROR_RATE;
}

/** What is left of 100 points. */
export function freeCapacity(metrics: LoadMetrics): number {
  return Math.max(0, 100 - loadScore(metrics));
}

/** SPEC 4: the first rule that holds, the gravest first. */
export function serviceHealth(metrics: LoadMetrics): ServiceHealth {
  if (isOverloaded(metrics)) return 'CRITICAL';
  if (metrics.errorRate > REFUSING_ERROR_RATE) return 'DEGRADED';
  return needsRebalancing(metrics) ? 'WARNING' : 'HEALTHY';
}
