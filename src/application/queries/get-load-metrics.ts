import type { EngineMetrics } from '#application/orchestration.ts';
import { depthsOrNull } from '#application/queries/depths-or-null.ts';
import type { JobQueue } from '#application/ports/job-queue.ts';
import { systemUtilization, type LoadView } from '#application/ports/load-board.ts';
import type { ProcessLoad } from '#application/ports/process-load.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';

/**
 * Measured figures of the engine: counts from the store, depths from the queue, load of the system as the monitor sees it; while no
 * monitor is at work, of this process.
 */
export function getLoadMetrics(parts: {
  readonly store: WorkflowStore;
  readonly queue: JobQueue;
  readonly load: ProcessLoad;
  readonly getSystemLoad: () => Promise<LoadView | null>;
}) {
  return async (): Promise<EngineMetrics> => {
    const load = await parts.getSystemLoad();
    return {
      counts: await parts.store.counts(),
      queues: await depthsOrNull(parts.queue),
      systemLoad: systemUtilization(load) ?? parts.load.utilization(),
      load,
      additional: parts.load.figures(),
    };
  };
}
