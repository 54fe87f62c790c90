import type { WorkflowState } from '#domain/workflow/state.ts';

/** A state without its definition, which every process has by id and version. */
export type SharedState = Omit<WorkflowState, 'definition'>;

/**
 * States of active workflows that processes leave for one another (Redis). Never the truth: whoever takes one asks the store
 * whether it is the newest. It holds so many and no more, it can be wiped, and it can be away. No method throws, or takes long.
 */
export interface SharedStates {
  /** null: not there, none of ours, or no answer in time. */
  get(workflowId: string): Promise<SharedState | null>;
  /** Leaves a state, unless a newer one is there. */
  put(state: SharedState): Promise<void>;
  drop(workflowId: string): Promise<void>;
}
