import type { Json, JsonObject } from '#domain/json.ts';
import type { ErrorType, WorkflowPriority } from '#domain/workflow/vocabulary.ts';

/** What an operator, or a program in an operator's place, may ask of a workflow (SPEC 2). */
export type OperatorCommand =
  /** releasedAs: the class to which its wait or its cut-off has raised it; absent: its own. */
  | { readonly type: 'start'; readonly releasedAs?: WorkflowPriority }
  | { readonly type: 'pause'; readonly by: string; readonly reason: string }
  | { readonly type: 'resume'; readonly by: string }
  | {
      readonly type: 'cancel';
      readonly by: string;
      readonly reason: string;
      readonly compensate: boolean;
    }
  | { readonly type: 'compensate'; readonly by: string; readonly reason: string }
  | { readonly type: 'retry'; readonly by: string; readonly reason: string }
  | { readonly type: 'retryStep'; readonly stepId: string; readonly by: string }
  | {
      readonly type: 'skipStep';
      readonly stepId: string;
      readonly by: string;
      readonly reason: string;
    }
  | {
      readonly type: 'executeStep';
      readonly stepId: string;
      readonly by: string;
      readonly inputData: JsonObject | null;
    }
  | ({ readonly type: 'enableWaveless' } & WavelessPace);

/** How fast the lane of an order may be released while the order waits; null: as the load allows (SPEC 4). */
export type WavelessPace = {
  /** Orders of the lane in one batch, 1..20. */
  readonly batchSize: number | null;
  /** At least this long between two batches of the lane. */
  readonly processingIntervalMs: number | null;
};

/** What a worker reports of a call that it made. A report that comes too late to matter leaves no event. */
export type ReportCommand =
  | {
      readonly type: 'reportStepSuccess';
      readonly stepId: string;
      readonly output: JsonObject;
      readonly startedAt: number;
    }
  | ({
      readonly type: 'reportStepFailure';
      readonly stepId: string;
      readonly startedAt: number;
      /** What is known of the effect of this attempt. */
      readonly outcome: 'not-applied' | 'unknown';
    } & AttemptFailure)
  | {
      /** An earlier attempt was taken up and never heard of: its worker died, or froze and may still report. */
      readonly type: 'reportStall';
      readonly stepId: string;
    }
  | {
      readonly type: 'reportUndoSuccess';
      readonly stepId: string;
      readonly resolution: 'undone' | 'nothing-to-undo';
    }
  | ({ readonly type: 'reportUndoFailure'; readonly stepId: string } & AttemptFailure)
  | {
      /** The answer, asked for again, of a step whose outcome was unknown. output null: it was never applied. */
      readonly type: 'reportOutcome';
      readonly stepId: string;
      readonly output: JsonObject | null;
    };

/** Why one attempt of a call failed. */
export type AttemptFailure = {
  readonly errorCode: ErrorType;
  readonly errorMessage: string;
  /** May another attempt help (SPEC 1)? */
  readonly recoverable: boolean;
  /** The service asked for at least this pause; null: it did not. */
  readonly retryAfterMs: number | null;
};

/** Time has passed: deadlines, waits that are over, and steps whose job the queue has lost. */
export type WakeCommand = { readonly type: 'wake'; readonly lostStepIds: readonly string[] };

/** About a step whose call was answered and that waits for an event. One that waits for nothing of the kind stays as it is. */
export type EventCommand =
  | {
      readonly type: 'receiveStepEvent';
      readonly stepId: string;
      /** As definitions call it. */
      readonly name: string;
      /** CloudEvents source and id. */
      readonly source: string;
      readonly eventId: string;
      readonly data: Json;
    }
  /** Its time is over, and whoever says so has just looked whether the event is there after all. */
  | { readonly type: 'giveUpEvent'; readonly stepId: string };

export type WorkflowCommand = OperatorCommand | ReportCommand | EventCommand | WakeCommand;

export type OperatorCommandType = OperatorCommand['type'];

/** All of them, in the order of the table of SPEC 2. */
export const OPERATOR_COMMAND_TYPES: readonly OperatorCommandType[] = [
  'start',
  'pause',
  'resume',
  'cancel',
  'retry',
  'compensate',
  'retryStep',
  'skipStep',
  'executeStep',
  'enableWaveless',
];
