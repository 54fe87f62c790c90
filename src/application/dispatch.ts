import type { JobChain, StepJob } from '#application/ports/job-queue.ts';
import type { EventOf, RecordedEvent } from '#domain/workflow/events.ts';
import { stepDefinition, type StepState, type WorkflowState } from '#domain/workflow/state.ts';

/**
 * When the job of a segment's next step comes into the queue (ADR 4):
 * - early: while the step before it is being committed, as long as commits are quick (ADR 27).
 * - commit: when the step before it was committed.
 * - flow: together with the first, as one flow of BullMQ.
 * An undo, which is known in full when it begins, is one flow in any case, added after the commit.
 */
export const HAND_OVERS = ['early', 'commit', 'flow'] as const;
export type HandOver = (typeof HAND_OVERS)[number];

/** A commit: the state before it (null: there was none), what was decided, and the state that it leads to. */
export type Committed = {
  readonly before: WorkflowState | null;
  readonly events: readonly RecordedEvent[];
  readonly state: WorkflowState;
};

/** The chains of jobs that a commit asks for. @param now epoch ms, from which delays are counted */
export function chainsOf(
  { before, events, state }: Committed,
  handOver: HandOver,
  now: number,
): readonly JobChain[] {
  const chains = events.flatMap(({ event }) => {
    if (event.type !== 'StepsDispatched') return [];
    return handOver === 'flow' || event.direction === 'undo' ? chainOf(event, state, now) : [];
  });
  return handOver === 'flow' ? chains : [...chains, ...begunSteps(before, state, now)];
}

/** Whether jobs may be there before what asks for them is committed: whoever takes one up then waits for that (ADR 27). */
export function mayComeEarly(chains: readonly JobChain[]): boolean {
  return chains.every(
    ({ direction, jobs }) => direction === 'do' && jobs.every(({ delayMs }) => delayMs === 0),
  );
}

function chainOf(event: EventOf<'StepsDispatched'>, state: WorkflowState, now: number): JobChain {
  const { direction, dispatch, stepIds } = event;
  const place = direction === 'do' ? stepsDone(state) : 0;
  const jobs = stepIds.map((stepId, index) =>
    jobOf(state, { stepId, dispatch }, place + index, now),
  );
  return { priority: state.urgency, direction, jobs };
}

/** Each step that may begin since this commit, as a chain of its own. */
function begunSteps(
  before: WorkflowState | null,
  state: WorkflowState,
  now: number,
): readonly JobChain[] {
  const place = stepsDone(state);
  return [...state.steps.values()].flatMap((step) => {
    const { stepId, dispatch } = step;
    if (dispatch === null || !hasBegun(step)) return [];
    const earlier = before?.steps.get(stepId);
    if (earlier?.dispatch === dispatch && hasBegun(earlier)) return [];
    const jobs = [jobOf(state, { stepId, dispatch }, place, now)];
    return { priority: state.urgency, direction: 'do', jobs };
  });
}

function hasBegun(step: StepState): boolean {
  return step.status === 'EXECUTING';
}

/** How far the workflow has come. */
function stepsDone(state: WorkflowState): number {
  let done = 0;
  for (const { status } of state.steps.values()) {
    if (status !== 'PENDING' && status !== 'EXECUTING') done += 1;
  }
  return done;
}

function jobOf(
  state: WorkflowState,
  { stepId, dispatch }: { readonly stepId: string; readonly dispatch: number },
  place: number,
  now: number,
): StepJob {
  const definition = stepDefinition(state.definition, stepId);
  const dueAt = state.steps.get(stepId)?.dueAt ?? now;
  return {
    workflowId: state.workflowId,
    stepId,
    dispatch,
    place,
    serviceName: definition.kind === 'call' ? definition.serviceName : null,
    attempts: definition.kind === 'call' ? definition.retry.retries + 1 : 1,
    delayMs: Math.max(0, dueAt - now),
  };
}
