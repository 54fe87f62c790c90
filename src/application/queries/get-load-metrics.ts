import type { EngineMetrics } from '#application/orchestration.ts';
import type { JobQueue, QueueDepth } from '#application/ports/job-queue.ts';
import type { ProcessLoad } from '#application/ports/process-load.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';

/** Measured figures of the engine: counts from the store, depths from the queue, load of this process. */
export function getLoadMetrics(parts: {
  readonly store: WorkflowStore;
  readonly queue: JobQueue;
  readonly load: ProcessLoad;
}) {
  return async (): Promise<EngineMetrics> => ({
    counts: await parts.store.counts(),
    queues: await depthsOrNull(parts.queue),
    systemLoad: parts.load.utilization(),
    additional: parts.load.figures(),
  });
}

async function depthsOrNull(queue: JobQueue): Promise<readonly QueueDepth[] | null> {
  try {
    return await queue.depths();
  } catch {
    return null;
  }
}
