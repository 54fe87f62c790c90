import { loadView } from '#api/views/load-view.ts';
import type { MetricsResponse } from '#api/schemas/orchestration.ts';
import type { EngineMetrics } from '#application/orchestration.ts';
import type { WorkflowCounts } from '#application/ports/workflow-store.ts';

/** GET /orchestration/metrics (SPEC 5). */
export function metricsView({
  counts,
  queues,
  systemLoad,
  load,
  additional,
}: EngineMetrics): MetricsResponse {
  const { HIGH, NORMAL, LOW } = counts.activeByPriority;
  return {
    totalWorkflows: Object.values(counts.byStatus).reduce((sum, count) => sum + count, 0),
    activeWorkflows: HIGH + NORMAL + LOW,
    highPriorityWorkflows: HIGH,
    normalPriorityWorkflows: NORMAL,
    lowPriorityWorkflows: LOW,
    averageExecutionTimeMs: counts.averageExecutionTimeMs ?? 0,
    successRate: successRate(counts),
    systemLoad,
    queueDepth:
      queues &&
      queues.reduce((sum, queue) => sum + queue.waiting + queue.active + queue.delayed, 0),
    load: load && loadView(load),
    additionalMetrics: { ...additional },
  };
}

/**
 * Percent COMPLETED of all workflows that ran to an end. CANCELLED is left out: somebody's wish is neither success nor failure.
 * While there is none nothing has failed: 100.
 */
function successRate({ byStatus }: WorkflowCounts): number {
  const ended = byStatus.COMPLETED + byStatus.FAILED + byStatus.COMPENSATED;
  return ended === 0 ? 100 : (byStatus.COMPLETED / ended) * 100;
}
