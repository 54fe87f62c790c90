import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import type { RecordedEvent, WorkflowEvent } from '#domain/workflow/events.ts';
import { evolve } from '#domain/workflow/evolve.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/**
 * A decision in the making: the events decided so far and the state they lead to, so that each rule sees the outcome of the
 * one before it. Local to one call of `decide`; nothing of it escapes but the events and the last state.
 */
export type Draft = {
  state: WorkflowState;
  readonly events: RecordedEvent[];
  /** The time of the decision, epoch ms. */
  readonly at: number;
};

export function draftOf(state: WorkflowState, at: number): Draft {
  return { state, events: [], at };
}

/** A draft for a workflow that does not exist yet. */
export function draftOfNew(
  definition: WorkflowDefinition,
  workflowId: string,
  created: WorkflowEvent,
  at: number,
): Draft {
  const recorded = { workflowId, version: 1, occurredAt: at, event: created };
  return { state: evolve(null, recorded, definition), events: [recorded], at };
}

/** Decides one more event. */
export function emit(draft: Draft, event: WorkflowEvent): void {
  const { state } = draft;
  const recorded: RecordedEvent = {
    workflowId: state.workflowId,
    version: state.version + 1,
    occurredAt: draft.at,
    event,
  };
  draft.state = evolve(state, recorded, state.definition);
  draft.events.push(recorded);
}
