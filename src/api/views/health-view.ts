import type { HealthResponse } from '#api/schemas/orchestration.ts';
import { iso, isoOrNull } from '#api/views/iso.ts';
import type { SystemHealth } from '#application/orchestration.ts';
import { isActive, WORKFLOW_STATUSES } from '#domain/workflow/vocabulary.ts';

/** GET /orchestration/health (SPEC 5). Counts that the store can't give are null, not 0. */
export function healthView(health: SystemHealth): HealthResponse {
  const byStatus = health.counts?.byStatus ?? null;
  return {
    status: health.status,
    version: health.version,
    activeWorkflows:
      byStatus &&
      WORKFLOW_STATUSES.filter(isActive).reduce((sum, status) => sum + byStatus[status], 0),
    pendingWorkflows: byStatus && byStatus.PENDING,
    completedWorkflows: byStatus && byStatus.COMPLETED,
    failedWorkflows: byStatus && byStatus.FAILED,
    systemUtilization: health.systemUtilization,
    timestamp: iso(health.at),
    dependencies: { ...health.dependencies },
    eventBacklog: health.eventBacklog,
    breakers: health.breakers.map((breaker) => ({
      serviceName: breaker.serviceName,
      state: breaker.state,
      since: iso(breaker.since),
      openUntil: isoOrNull(breaker.openUntil),
      reason: breaker.reason,
      parked: breaker.parked,
    })),
  };
}
