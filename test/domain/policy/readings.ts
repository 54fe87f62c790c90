import { loadMetrics, type LoadMetrics, type LoadReading } from '#domain/policy/load-score.ts';

/** A reading of an idle instance, with the given figures in place of its own. */
export function reading(figures: Partial<LoadReading> = {}): LoadReading {
  return {
    serviceId: 'inventory-1',
    serviceName: 'inventory-service',
    cpuUsagePercent: 0,
    memoryUsagePercent: 0,
    activeRequests: 0,
    queueDepth: 0,
    averageResponseTimeMs: 0,
    errorRate: 0,
    timestamp: 0,
    ...figures,
  };
}

/** As reading(), checked. */
export function metrics(figures: Partial<LoadReading> = {}): LoadMetrics {
  const result = loadMetrics(reading(figures));
  if ('kind' in result) throw new Error(result.reason);
  return result;
}

/** Metrics with exactly this score, 0..100, and no errors up to a score of 80. */
export function metricsOfScore(score: number, figures: Partial<LoadReading> = {}): LoadMetrics {
  const machine = (Math.min(score, 60) / 60) * 100;
  return metrics({
    cpuUsagePercent: machine,
    memoryUsagePercent: machine,
    queueDepth: (Math.min(Math.max(score - 60, 0), 20) / 20) * 1000,
    errorRate: Math.max(score - 80, 0) / 20,
    ...figures,
  });
}
