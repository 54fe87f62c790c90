import type { WorkflowState } from '#domain/workflow/state.ts';
import { waiting, type Waiting } from '#domain/workflow/waiting-reason.ts';

/** Why a workflow as a whole goes neither on nor back; null: it does not stand still. */
export function whyItStandsStill(state: WorkflowState, now: number): Waiting | null {
  if (state.status === 'PAUSED') {
    const { pausedBy: subject, pausedAt: since } = state;
    const detail = `was paused by ${subject ?? 'somebody'}`;
    return waiting(null, 'paused', { subject, since, detail, action: 'resume it' });
  }
  if (state.drainUntil !== null && state.drainUntil > now && isUnwinding(state)) {
    const { drainUntil: until, updatedAt: since } = state;
    const detail = 'calls that were under way may still report';
    return waiting(null, 'reports', { since, until, detail, action: 'they report' });
  }
  if (state.status !== 'FAILED' || state.compensationPending) return null;
  const detail = `failed: ${state.failure?.message ?? 'no reason is known'}`;
  const action = 'retry or compensate it, or repair its failed steps';
  const since = state.completedAt;
  return waiting(null, 'operator', { subject: 'an operator', since, detail, action });
}

function isUnwinding({ status }: WorkflowState): boolean {
  return status === 'FAILED' || status === 'COMPENSATING';
}
