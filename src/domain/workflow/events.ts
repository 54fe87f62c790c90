import type { JsonObject } from '#domain/json.ts';
import type { WavelessPace } from '#domain/workflow/commands.ts';
import type { ErrorType, WorkflowPriority, WorkflowType } from '#domain/workflow/vocabulary.ts';

/**
 * The facts a workflow's log is made of. The first twelve are the published ones of SPEC 6 (SystemLoadRebalanced is of no
 * workflow and in no log); the others are internal: replay needs them, the bus does not.
 * An event holds what can't be derived; `public-event.ts` turns it into the published form.
 * Times are epoch milliseconds; the time of the fact itself is `occurredAt` of the recorded event.
 */
export type WorkflowEvent =
  // ---- published
  | {
      readonly type: 'WorkflowStarted';
      readonly deadlineAt: number;
      /** The class of its jobs, where its wait or its cut-off had raised it by then; absent: its own. */
      readonly releasedAs?: WorkflowPriority;
    }
  | { readonly type: 'WorkflowCompleted'; readonly output: JsonObject }
  | {
      readonly type: 'WorkflowFailed';
      readonly errorCode: FailureCode;
      readonly errorMessage: string;
      readonly failedStepId: string | null;
      readonly retryable: boolean;
      readonly compensationRequired: boolean;
      /** Until when calls that were under way may still report. */
      readonly drainUntil: number | null;
    }
  | {
      readonly type: 'WorkflowPaused';
      readonly reason: string;
      readonly pausedBy: string;
      readonly currentStepId: string | null;
    }
  | {
      readonly type: 'WorkflowResumed';
      readonly resumedBy: string;
      readonly resumeFromStepId: string | null;
      readonly deadlineAt: number;
    }
  | { readonly type: 'WorkflowCancelled'; readonly reason: string; readonly cancelledBy: string }
  | {
      readonly type: 'WorkflowRetry';
      readonly retryAttempt: number;
      readonly maxRetries: number;
      readonly reason: string;
      readonly deadlineAt: number;
    }
  | {
      readonly type: 'WorkflowStepExecuted';
      readonly stepId: string;
      readonly stepName: string;
      readonly output: JsonObject;
      readonly startedAt: number;
      readonly executionTimeMs: number;
    }
  | {
      readonly type: 'WorkflowStepFailed';
      readonly stepId: string;
      readonly stepName: string;
      readonly errorCode: ErrorType;
      readonly errorMessage: string;
      /** Failed attempts of this step so far, this one included. */
      readonly attempt: number;
      /** When the next attempt is due; null: no further attempt. */
      readonly nextRetryAt: number | null;
      /** Sticky: once an attempt's outcome was unknown it stays so until a success. */
      readonly outcome: 'not-applied' | 'unknown';
      readonly startedAt: number;
      /** Where the call was answered and the step can't go on with that; absent: there is no answer, or it is known. */
      readonly reply?: JsonObject;
    }
  | {
      readonly type: 'WorkflowCompensationStarted';
      readonly reason: string;
      readonly stepsToCompensate: readonly string[];
      /** Until when calls that were under way may still report; null: none was. */
      readonly drainUntil: number | null;
    }
  | {
      readonly type: 'WorkflowCompensationCompleted';
      readonly compensatedStepIds: readonly string[];
      readonly successful: boolean;
      readonly errorMessage: string | null;
    }
  | ({ readonly type: 'WavelessProcessingEnabled' } & WavelessPace)
  // ---- internal
  | ({ readonly type: 'WorkflowCreated' } & WorkflowCreation)
  | {
      readonly type: 'StepsDispatched';
      /** Number of this dispatch in the workflow; part of the job ids, never reused. */
      readonly dispatch: number;
      readonly direction: 'do' | 'undo';
      /** In the order in which they are to run. */
      readonly stepIds: readonly string[];
      /** For a wait step: when it is over. */
      readonly dueAt: number | null;
    }
  | {
      readonly type: 'StepSkipped';
      readonly stepId: string;
      readonly cause: 'condition' | 'optional' | 'operator';
      readonly reason: string;
    }
  | {
      /** The call was answered; an event that bears this key completes the step. */
      readonly type: 'StepEventAwaited';
      readonly stepId: string;
      /** For readers of the log: the definition says it too. */
      readonly event: string;
      readonly key: string;
      readonly awaitedUntil: number;
      readonly output: JsonObject;
      readonly startedAt: number;
    }
  | {
      /** The step is settled by the event after this one. */
      readonly type: 'StepEventReceived';
      readonly stepId: string;
      readonly event: string;
      /** CloudEvents source and id; `eventId` is the name of this entry of the log, in its public form. */
      readonly source: string;
      readonly sourceEventId: string;
    }
  | { readonly type: 'StepAbandoned'; readonly stepId: string }
  /** Its worker was taken for dead over it: the call may have been made, and may still be. */
  | { readonly type: 'StepStalled'; readonly stepId: string }
  /** The event before it lies in the future by so much: the clock that wrote it has been put back since. */
  | { readonly type: 'ClockPutBack'; readonly aheadMs: number }
  | { readonly type: 'StepRetryRequested'; readonly stepId: string; readonly requestedBy: string }
  | {
      readonly type: 'StepExecutionRequested';
      readonly stepId: string;
      readonly requestedBy: string;
      /** Replaces the mapped input; null: the mapping stands. */
      readonly inputData: JsonObject | null;
    }
  | {
      readonly type: 'StepCompensated';
      readonly stepId: string;
      /** nothing-to-undo: the service knows of no effect of the step. */
      readonly resolution: 'undone' | 'nothing-to-undo';
    }
  | {
      readonly type: 'StepCompensationFailed';
      readonly stepId: string;
      readonly errorCode: ErrorType;
      readonly errorMessage: string;
      readonly attempt: number;
      readonly nextRetryAt: number | null;
    }
  | {
      /** The lost answer of a step with unknown outcome was asked for again, before its undo. */
      readonly type: 'StepOutcomeResolved';
      readonly stepId: string;
      /** null: it turned out that the effect was never applied. */
      readonly output: JsonObject | null;
    };

export type WorkflowEventType = WorkflowEvent['type'];
export type EventOf<T extends WorkflowEventType> = Extract<WorkflowEvent, { type: T }>;

/** Why a workflow failed: a step's error, or an operator's wish to undo it. */
export type FailureCode = ErrorType | 'MANUAL_COMPENSATION';

/** All that a workflow is born with. */
export type WorkflowCreation = {
  readonly definitionId: string;
  readonly definitionVersion: number;
  readonly workflowName: string;
  readonly workflowType: WorkflowType;
  readonly priority: WorkflowPriority;
  readonly triggeredBy: string;
  readonly correlationId: string | null;
  readonly input: JsonObject;
  readonly waveless: boolean;
  readonly maxRetries: number;
  readonly timeoutMs: number;
  readonly callbackUrl: string | null;
  readonly metadata: JsonObject;
};

/** An event in the log. Versions of a workflow run 1..n without a gap. */
export type RecordedEvent = {
  readonly workflowId: string;
  readonly version: number;
  /** epoch ms */
  readonly occurredAt: number;
  readonly event: WorkflowEvent;
};

/** Identity of an event: the same at every redelivery, derived from its place in the log. */
export function eventId(recorded: Pick<RecordedEvent, 'workflowId' | 'version'>): string {
  return `${recorded.workflowId}.${recorded.version}`;
}
