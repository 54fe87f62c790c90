import type { LoadReading } from '#domain/policy/load-score.ts';

/** What the engine sees of an instance that does not report its load itself. */
export type MeasuredInstance = {
  readonly serviceName: string;
  readonly url: string;
  /** Mean of its recent calls; null: there were none. */
  readonly latencyMs: number | null;
  /** Latency when nobody presses it; null: not known yet. */
  readonly baselineMs: number | null;
  /** 0..1 of its recent calls */
  readonly errorRate: number;
  readonly inFlight: number;
  /** Calls at once that it could get. */
  readonly ceiling: number;
  /** Jobs that wait for its service, by its share of them. */
  readonly queueDepth: number;
};

/**
 * Measurements of calls in the shape of LoadMetrics (SPEC 4), where a service has no `load` path.
 *
 * Processor: in a queue with one server a call takes R = S / (1 - u), where S is the time of the work itself and u how busy the
 * server is; so u = 1 - S/R. S is the baseline, R what calls take now. Memory: calls hold it, so the share of calls under way of
 * all that there may be. Both are estimates of how pressed the instance is, on the scale on which reported figures are.
 * @param now epoch ms
 */
export function measuredReading(measured: MeasuredInstance, now: number): LoadReading {
  const { latencyMs, baselineMs, inFlight, ceiling } = measured;
  const busy =
    latencyMs === null || baselineMs === null || latencyMs <= baselineMs
      ? 0
      : 1 - baselineMs / latencyMs;
  return {
    serviceId: measured.url,
    serviceName: measured.serviceName,
    cpuUsagePercent: busy * 100,
    memoryUsagePercent: Math.min(1, inFlight / Math.max(1, ceiling)) * 100,
    activeRequests: inFlight,
    queueDepth: measured.queueDepth,
    averageResponseTimeMs: latencyMs ?? 0,
    errorRate: Math.min(1, Math.max(0, measured.errorRate)),
    timestamp: now,
  };
}
