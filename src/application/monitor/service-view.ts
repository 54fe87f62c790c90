import type { KnownReading } from '#application/monitor/instance-readings.ts';
import type { InstanceLoad, ServiceLoad, ThrottleView } from '#application/ports/load-board.ts';
import {
  acceptsWork,
  freeCapacity,
  loadScore,
  serviceHealth,
  type LoadMetrics,
  type ServiceHealth,
} from '#domain/policy/load-score.ts';

export type InstanceReading = {
  readonly url: string;
  /** null: unknown */
  readonly known: KnownReading | null;
  readonly weight: number;
};

const BY_GRAVITY: readonly ServiceHealth[] = ['CRITICAL', 'DEGRADED', 'WARNING', 'HEALTHY'];

/** A service as the world sees it: means over the instances that are known, and the health of the worst of them (SPEC 4). */
export function viewOfService(
  serviceName: string,
  instances: readonly InstanceReading[],
  queueDepth: number,
  throttle: ThrottleView,
): ServiceLoad {
  const known = instances.flatMap(({ known: reading }) => reading?.metrics ?? []);
  return {
    serviceName,
    health:
      BY_GRAVITY.find((health) => known.some((each) => serviceHealth(each) === health)) ??
      'UNKNOWN',
    score: mean(known, loadScore),
    errorRate: mean(known, (metrics) => metrics.errorRate),
    averageResponseTimeMs: mean(known, (metrics) => metrics.averageResponseTimeMs),
    freeCapacity: mean(known, freeCapacity),
    queueDepth,
    instances: instances.map(viewOfInstance),
    throttle,
  };
}

function viewOfInstance({ url, known, weight }: InstanceReading): InstanceLoad {
  if (known === null) {
    return { url, source: 'unknown', reading: null, score: null, acceptsWork: true, weight };
  }
  const { source, metrics } = known;
  const score = loadScore(metrics);
  return { url, source, reading: metrics, score, acceptsWork: acceptsWork(metrics), weight };
}

function mean(
  known: readonly LoadMetrics[],
  figure: (metrics: LoadMetrics) => number,
): number | null {
  if (known.length === 0) return null;
  return known.reduce((sum, metrics) => sum + figure(metrics), 0) / known.length;
}
