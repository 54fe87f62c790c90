import { runningAwaits } from '#domain/workflow/awaited-event.ts';
import { stepsUnderWay } from '#domain/workflow/compensation.ts';
import { stepsInQueue } from '#domain/workflow/due-work.ts';
import { stepDefinition, type StepState, type WorkflowState } from '#domain/workflow/state.ts';

/**
 * When somebody must look at the workflow although no job came: the earliest of its deadline, the end of its waits, the end of
 * a drain, for every step that a job should carry, the time by which that job should have been done, and for every one that waits
 * for an event, once a little later (who found it to have come early may have died over it), then the end of its time.
 * @param slackMs how long a job may take after it is due before the queue is asked whether it still has it
 * @param jobsSeenAt when the queue was last seen to hold the jobs, and events were last looked for (epoch ms); 0: never asked
 * @returns epoch ms; null: nothing but an operator moves it (PENDING, PAUSED, FAILED), or it has ended
 */
export function wakeAt(state: WorkflowState, slackMs: number, jobsSeenAt = 0): number | null {
  const times = stepsInQueue(state).map(
    (step) => Math.max(jobOverdueAt(state, step), jobsSeenAt) + slackMs,
  );
  if (state.status === 'EXECUTING') {
    if (state.deadlineAt !== null) times.push(state.deadlineAt);
    times.push(...waitEnds(state));
  }
  for (const { event } of runningAwaits(state)) {
    const soon = jobsSeenAt === 0 ? state.updatedAt + slackMs : event.until;
    times.push(Math.min(soon, event.until));
  }
  const draining = state.status === 'COMPENSATING' || state.status === 'FAILED';
  if (draining && stepsUnderWay(state).some((step) => !step.forced)) {
    times.push(state.drainUntil ?? state.updatedAt);
  }
  return times.length === 0 ? null : Math.min(...times);
}

function jobOverdueAt(state: WorkflowState, step: StepState): number {
  return Math.max(step.dueAt ?? 0, state.updatedAt);
}

function waitEnds(state: WorkflowState): readonly number[] {
  const ends: number[] = [];
  for (const step of state.steps.values()) {
    if (step.status !== 'EXECUTING' || step.dueAt === null) continue;
    if (stepDefinition(state.definition, step.stepId).kind === 'wait') ends.push(step.dueAt);
  }
  return ends;
}
