import type { JobChain, StepJob } from '#application/ports/job-queue.ts';
import type { EventOf, RecordedEvent } from '#domain/workflow/events.ts';
import { stepDefinition, type WorkflowState } from '#domain/workflow/state.ts';

/** The chains of jobs that a commit asks for: one per StepsDispatched event. */
export function chainsOf(
  events: readonly RecordedEvent[],
  state: WorkflowState,
  now: number,
): readonly JobChain[] {
  const chains: JobChain[] = [];
  for (const { event } of events) {
    if (event.type === 'StepsDispatched') chains.push(chainOf(event, state, now));
  }
  return chains;
}

function chainOf(event: EventOf<'StepsDispatched'>, state: WorkflowState, now: number): JobChain {
  const jobs = event.stepIds.map((stepId) => jobOf(stepId, event.dispatch, state, now));
  return { priority: state.priority, direction: event.direction, jobs };
}

function jobOf(stepId: string, dispatch: number, state: WorkflowState, now: number): StepJob {
  const definition = stepDefinition(state.definition, stepId);
  const dueAt = state.steps.get(stepId)?.dueAt ?? now;
  return {
    workflowId: state.workflowId,
    stepId,
    dispatch,
    serviceName: definition.kind === 'call' ? definition.serviceName : null,
    attempts: definition.kind === 'call' ? definition.retry.retries + 1 : 1,
    delayMs: Math.max(0, dueAt - now),
  };
}
