import type { DependencyHealth, SystemHealth } from '#application/orchestration.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { JobQueue } from '#application/ports/job-queue.ts';
import type { ProcessLoad } from '#application/ports/process-load.ts';
import type { ServiceCaller } from '#application/ports/service-caller.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';

/**
 * Health of the engine: DOWN without its store (nothing can be accepted), DEGRADED without its queue or with an open breaker
 * (accepted work waits), else UP.
 */
export function getSystemHealth(parts: {
  readonly store: WorkflowStore;
  readonly queue: JobQueue;
  readonly services: ServiceCaller;
  readonly load: ProcessLoad;
  readonly clock: Clock;
  readonly version: string;
}) {
  return async (): Promise<SystemHealth> => {
    const [store, redis] = await Promise.all([
      healthOf(() => parts.store.ping()),
      healthOf(() => parts.queue.ping()),
    ]);
    const counts = store.status === 'UP' ? await parts.store.counts() : null;
    const breakers = parts.services.breakers();
    const degraded =
      redis.status === 'DOWN' || breakers.some((breaker) => breaker.state !== 'closed');
    return {
      status: store.status === 'DOWN' ? 'DOWN' : degraded ? 'DEGRADED' : 'UP',
      version: parts.version,
      counts,
      systemUtilization: parts.load.utilization() * 100,
      dependencies: { store, redis },
      breakers,
      at: parts.clock.now(),
    };
  };
}

async function healthOf(ping: () => Promise<void>): Promise<DependencyHealth> {
  try {
    await ping();
    return { status: 'UP', why: null };
  } catch (error) {
    return { status: 'DOWN', why: error instanceof Error ? error.message : String(error) };
  }
}
