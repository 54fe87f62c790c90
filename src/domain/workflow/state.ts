import type { StepDefinition, WorkflowDefinition } from '#domain/definition/definition.ts';
import type { JsonObject } from '#domain/json.ts';
import type { WavelessPace } from '#domain/workflow/commands.ts';
import type { FailureCode, WorkflowCreation } from '#domain/workflow/events.ts';
import type {
  ErrorType,
  StepStatus,
  WorkflowPriority,
  WorkflowStatus,
} from '#domain/workflow/vocabulary.ts';

/** What a step that an event completes has to do with it, from the answer of its call on. Times are epoch ms. */
export type StepEvent =
  | {
      readonly state: 'awaited';
      /** What the event is about, in the words of the service. */
      readonly key: string;
      readonly since: number;
      readonly until: number;
    }
  /** It has come: the newest of `eventsTaken`. */
  | { readonly state: 'received' };

/** An event's name: CloudEvents source and id. */
export type EventName = { readonly source: string; readonly eventId: string };

/** One step of a running workflow. Times are epoch ms. */
export type StepState = {
  readonly stepId: string;
  readonly status: StepStatus;
  /** Retries since the step was (re)started by the workflow or an operator, one that is still due included. */
  readonly retryCount: number;
  /** The dispatch whose job may run it; null: not handed to the queue. */
  readonly dispatch: number | null;
  /** When the next attempt, or the end of a wait, is due; null: at once. */
  readonly dueAt: number | null;
  /** What is known of the step's effect at its service. */
  readonly outcome: 'not-applied' | 'unknown' | 'applied';
  /** While it waits for an event, and when it failed over it: the answer of its call. */
  readonly output: JsonObject | null;
  /** null: its call was not answered yet, or no event completes it. */
  readonly event: StepEvent | null;
  /** What has settled it, before it was begun anew as well: an event takes effect once. */
  readonly eventsTaken: readonly EventName[];
  /** An operator's corrected input, in place of the mapped one. */
  readonly inputData: JsonObject | null;
  /** true: run on an operator's wish although the workflow stands still; only in PAUSED and FAILED workflows. */
  readonly forced: boolean;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly error: { readonly code: ErrorType; readonly message: string } | null;
  /** Log version at which the effect was (or may have been) there: the order that compensation reverses. */
  readonly settledAt: number | null;
  /** Failed attempts of its undo. */
  readonly undoAttempts: number;
};

/** The state of a workflow: `fold` of its log. Never changed in place. */
export type WorkflowState = WorkflowCreation & {
  readonly workflowId: string;
  readonly definition: WorkflowDefinition;
  readonly status: WorkflowStatus;
  /** Number of events in the log. */
  readonly version: number;
  readonly steps: ReadonlyMap<string, StepState>;
  readonly output: JsonObject | null;
  readonly retryCount: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  /** The workflow's own deadline; moves on by the time that it was paused. */
  readonly deadlineAt: number | null;
  /** The class of its jobs: its own, or the one to which it had risen when it was released. */
  readonly urgency: WorkflowPriority;
  /** As an operator wished for the lane of this order. */
  readonly pace: WavelessPace;
  readonly pausedAt: number | null;
  readonly pausedBy: string | null;
  readonly lastDispatch: number;
  /** While calls that were under way at a failure may still report. */
  readonly drainUntil: number | null;
  readonly failure: {
    readonly code: FailureCode;
    readonly message: string;
    readonly stepId: string | null;
  } | null;
  /** Compensation follows as soon as the calls under way have reported. */
  readonly compensationPending: boolean;
  /** Compensation was begun; it stays true when it failed. */
  readonly compensationReason: string | null;
};

/** The definition of a step, which must exist. */
export function stepDefinition(definition: WorkflowDefinition, stepId: string): StepDefinition {
  const found = definition.steps.find((step) => step.stepId === stepId);
  if (!found) throw new Error(`step ${stepId} is not in definition ${definition.definitionId}`);
  return found;
}

/** A step of a workflow, which must exist. */
export function stepOf(state: WorkflowState, stepId: string): StepState {
  const found = state.steps.get(stepId);
  if (!found) throw new Error(`step ${stepId} is not in workflow ${state.workflowId}`);
  return found;
}

/** The state with every step changed. */
export function mapSteps(
  state: WorkflowState,
  change: (step: StepState) => StepState,
): WorkflowState {
  const steps = new Map([...state.steps].map(([stepId, step]) => [stepId, change(step)]));
  return { ...state, steps };
}
