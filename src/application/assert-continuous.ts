import type { Commit } from '#application/ports/workflow-store.ts';

/**
 * What invariant 3 of WorkflowStore asks of a commit: one workflow, versions without a gap, the head at the last.
 * @throws TypeError when it is not so: a fault of the caller, not of the store
 */
export function assertContinuous({ expectedVersion, events, head, idempotency }: Commit): void {
  const continuous =
    events.length > 0 &&
    head.version === expectedVersion + events.length &&
    events.every(
      ({ workflowId, version }, index) =>
        workflowId === head.workflowId && version === expectedVersion + index + 1,
    ) &&
    (!idempotency || (expectedVersion === 0 && idempotency.workflowId === head.workflowId));
  if (!continuous) {
    throw new TypeError(
      `not a continuation of workflow ${head.workflowId} at version ${expectedVersion}`,
    );
  }
}
