import type { WorkflowResponse } from '#api/schemas/workflow.ts';

/** How an order ended, as the summary counts it. */
export type Ending = 'completed' | 'compensated' | 'failed' | 'cancelled';

/** @returns null: it goes on, or waits for somebody */
export function endingOf(workflow: WorkflowResponse): Ending | null {
  switch (workflow.status) {
    case 'COMPLETED':
      return 'completed';
    case 'COMPENSATED':
      // a cancellation that asks for it ends in COMPENSATED too (SPEC 2)
      return workflow.compensationReason?.startsWith('CANCELLED') === true
        ? 'cancelled'
        : 'compensated';
    case 'CANCELLED':
      return 'cancelled';
    case 'FAILED':
      return isUndoComing(workflow) ? null : 'failed';
    default:
      return null;
  }
}

/** Between its failure and the begin of its undo a workflow is FAILED too: calls under way may still report. */
function isUndoComing({ steps }: WorkflowResponse): boolean {
  return steps.some(({ status }) => status === 'EXECUTING');
}

/** Why it failed, without what differs from order to order. */
export function reasonOf({ failure, steps, compensationReason }: WorkflowResponse): string {
  const step = steps.find(({ stepId }) => stepId === failure?.stepId);
  if (step === undefined) return compensationReason ?? failure?.message ?? 'unknown';
  return `${step.stepName.toLowerCase()}: ${failure?.code}`;
}
