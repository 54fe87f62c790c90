import type {
  BreakerReport,
  DependencyHealth,
  EventBacklog,
  SystemHealth,
} from '#application/orchestration.ts';
import type { BreakerBoard } from '#application/ports/breaker-board.ts';
import type { Clock } from '#application/ports/clock.ts';
import { depthsOrNull } from '#application/queries/depths-or-null.ts';
import type { JobQueue } from '#application/ports/job-queue.ts';
import { systemUtilization, type LoadView } from '#application/ports/load-board.ts';
import type { ProcessLoad } from '#application/ports/process-load.ts';
import type { BreakerStatus, ServiceCaller } from '#application/ports/service-caller.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import { worstBreakers } from '#application/worst-breakers.ts';

/** What can be asked of the way out to the bus. */
export type BusWatch = {
  /** Rejects when the bus does not answer soon. */
  ping(): Promise<void>;
  backlog(): Promise<EventBacklog>;
};

/**
 * Health of the engine: DOWN without its store (nothing can be accepted), DEGRADED without its queue or with an open breaker
 * in any process (accepted work waits), or without its bus (events wait), else UP.
 */
export function getSystemHealth(parts: {
  readonly store: WorkflowStore;
  readonly queue: JobQueue;
  readonly services: ServiceCaller;
  readonly breakerBoard: BreakerBoard;
  readonly load: ProcessLoad;
  readonly getSystemLoad: () => Promise<LoadView | null>;
  readonly clock: Clock;
  /** null: there is no bus. */
  readonly bus: BusWatch | null;
  readonly version: string;
}) {
  return async (): Promise<SystemHealth> => {
    const { bus } = parts;
    const [[store], [counting, counts], [redis], reported, kafka, eventBacklog, load] =
      await Promise.all([
        ask(() => parts.store.ping()),
        ask(() => parts.store.counts()),
        ask(() => parts.queue.ping()),
        parts.breakerBoard.read(),
        bus && ask(() => bus.ping()),
        bus && ask(() => bus.backlog()),
        parts.getSystemLoad(),
      ]);
    const worst = worstBreakers([...parts.services.breakers(), ...reported]);
    const breakers = await withParked(parts.queue, worst);
    // what can't be read is worse than what can't be written
    const dependencies = {
      store: counting.status === 'DOWN' ? counting : store,
      redis,
      ...(kafka && { kafka: kafka[0] }),
    };
    const waits =
      Object.values(dependencies).some(({ status }) => status === 'DOWN') ||
      breakers.some(holdsWorkBack);
    const utilization = systemUtilization(load) ?? parts.load.utilization();
    const atBest = waits ? 'DEGRADED' : 'UP';
    return {
      status: dependencies.store.status === 'DOWN' ? 'DOWN' : atBest,
      version: parts.version,
      counts,
      systemUtilization: utilization * 100,
      dependencies,
      eventBacklog: eventBacklog && eventBacklog[1],
      breakers,
      at: parts.clock.now(),
    };
  };
}

/** An untried breaker that nothing waits for holds nobody back: the next call goes through. */
function holdsWorkBack({ state, parked }: BreakerReport): boolean {
  return state === 'open' || (state === 'half-open' && parked !== 0);
}

/** Adds how many jobs wait behind each breaker that is not closed. */
async function withParked(
  queue: JobQueue,
  breakers: readonly BreakerStatus[],
): Promise<readonly BreakerReport[]> {
  const anyShut = breakers.some(({ state }) => state !== 'closed');
  const depths = anyShut ? await depthsOrNull(queue) : null;
  return breakers.map((breaker) => {
    const own = depths?.find(({ serviceName }) => serviceName === breaker.serviceName);
    const parked = own === undefined ? null : own.waiting + own.delayed;
    return { ...breaker, parked: breaker.state === 'closed' ? 0 : parked };
  });
}

/** How a dependency is, and its answer; null: it gave none. */
async function ask<T>(question: () => Promise<T>): Promise<[DependencyHealth, T | null]> {
  try {
    const answer = await question();
    return [{ status: 'UP', why: null }, answer];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ status: 'DOWN', why }, null];
  }
}
