import type { Heartbeat, LoadView, ServiceLoad } from '#application/ports/load-board.ts';

/** A heartbeat of a worker that serves one queue and has called one instance. */
export function heartbeatOf(processId: string, at: number): Heartbeat {
  return {
    processId,
    name: 'worker',
    at,
    queues: [{ queue: 'steps.picking-service', concurrency: 50 }],
    cpuPercent: 12.5,
    memoryPercent: 20,
    loopUtilization: 0.25,
    loopDelayMs: 1,
    calls: [
      {
        serviceName: 'picking-service',
        instance: 'http://127.0.0.1:1',
        calls: 10,
        failures: 1,
        latencyMs: 200,
        inFlight: 1,
        peakInFlight: 3,
      },
    ],
  };
}

/** A service with one instance that reports a load of 30. */
export function serviceLoadOf(
  serviceName: string,
  changes: Partial<ServiceLoad> = {},
): ServiceLoad {
  const url = 'http://127.0.0.1:1';
  return {
    serviceName,
    health: 'HEALTHY',
    score: 30,
    errorRate: 0,
    averageResponseTimeMs: 20,
    queueDepth: 0,
    freeCapacity: 70,
    instances: [
      {
        url,
        source: 'reported',
        reading: {
          serviceId: url,
          serviceName,
          cpuUsagePercent: 50,
          memoryUsagePercent: 50,
          activeRequests: 1,
          queueDepth: 0,
          averageResponseTimeMs: 20,
          errorRate: 0,
          timestamp: 1,
        },
        score: 30,
        acceptsWork: true,
        weight: 1,
      },
    ],
    throttle: { limit: 20, ceiling: 50, baselineMs: 20, since: 1, reason: 'latency rises' },
    ...changes,
  };
}

/** A view of the load with one snapshot of 30 points. */
export function loadViewOf(at: number, services: readonly ServiceLoad[]): LoadView {
  const snapshots = [{ at, score: 30, freeCapacity: 70, errorRate: 0 }];
  return { at, system: { snapshots }, services, lastRebalance: null };
}
