import type { Registry } from '@prometheus-io/client';
import { gaugeMaker } from '#api/telemetry/gauge-maker.ts';
import type { LoadView } from '#application/ports/load-board.ts';
import { loadTrend, systemFreeCapacity, type LoadTrend } from '#domain/policy/system-load.ts';

const TRENDS: readonly LoadTrend[] = ['INCREASING', 'DECREASING', 'STABLE'];

/**
 * Load per service as gauges of a registry.
 * @returns shows a view; null empties the gauges: old figures would be false ones
 */
export function createLoadGauges(registry: Registry): (view: LoadView | null) => void {
  const gauge = gaugeMaker(registry);

  const trend = gauge('system_load_trend', '1: the load goes this way', 'trend');
  const free = gauge(
    'system_free_capacity',
    'Mean free capacity of all instances, 0..100',
    'scope',
  );
  const score = gauge('service_load_score', 'Load of a service, 0..100', 'service');
  const errors = gauge('service_error_rate', 'Share of calls that fail, 0..1', 'service');
  const latency = gauge('service_response_ms', 'Mean response time', 'service');
  const limit = gauge('service_concurrency_limit', 'Calls at once that it gets now', 'service');
  const health = gauge('service_health', '1: the service is in this health', 'service', 'health');
  const all = [trend, free, score, errors, latency, limit, health];

  return (view) => {
    for (const each of all) each.reset();
    if (view === null) return;
    const now = loadTrend(view.system);
    for (const each of TRENDS) trend.set({ trend: each }, each === now ? 1 : 0);
    free.set({ scope: 'system' }, systemFreeCapacity(view.system));
    for (const service of view.services) {
      const labels = { service: service.serviceName };
      health.set({ ...labels, health: service.health }, 1);
      limit.set(labels, service.throttle.limit);
      if (service.score !== null) score.set(labels, service.score);
      if (service.errorRate !== null) errors.set(labels, service.errorRate);
      if (service.averageResponseTimeMs !== null)
        latency.set(labels, service.averageResponseTimeMs);
    }
  };
}
