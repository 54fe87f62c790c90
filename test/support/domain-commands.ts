import type { Json, JsonObject } from '#domain/json.ts';
import type {
  AttemptFailure,
  EventCommand,
  OperatorCommand,
  ReportCommand,
  WakeCommand,
} from '#domain/workflow/commands.ts';

/** Short forms of commands for tests; `by` and `reason` are the same everywhere. */

export const start: OperatorCommand = { type: 'start' };
export const pause: OperatorCommand = { type: 'pause', by: 'ann', reason: 'lunch' };
export const resume: OperatorCommand = { type: 'resume', by: 'ann' };
export const retry: OperatorCommand = { type: 'retry', by: 'ann', reason: 'again' };
export const compensate: OperatorCommand = { type: 'compensate', by: 'ann', reason: 'unwanted' };
export const cancel: OperatorCommand = {
  type: 'cancel',
  by: 'ann',
  reason: 'no longer needed',
  compensate: false,
};
export const enableWaveless: OperatorCommand = {
  type: 'enableWaveless',
  batchSize: 5,
  processingIntervalMs: null,
};
export const cancelAndUndo: OperatorCommand = { ...cancel, compensate: true };

export function retryStep(stepId: string): OperatorCommand {
  return { type: 'retryStep', stepId, by: 'ann' };
}

export function skipStep(stepId: string): OperatorCommand {
  return { type: 'skipStep', stepId, by: 'ann', reason: 'done by hand' };
}

export function executeStep(stepId: string, inputData: JsonObject | null = null): OperatorCommand {
  return { type: 'executeStep', stepId, by: 'ann', inputData };
}

export function wake(...lostStepIds: readonly string[]): WakeCommand {
  return { type: 'wake', lostStepIds };
}

export function succeeds(
  stepId: string,
  output: JsonObject = {},
  startedAt = 0,
): ReportCommand & { type: 'reportStepSuccess' } {
  return { type: 'reportStepSuccess', stepId, output, startedAt };
}

/** An attempt that may be tried again: by default a 503, which had no effect. */
export function stumbles(
  stepId: string,
  extra: Partial<AttemptFailure> & { outcome?: 'not-applied' | 'unknown'; startedAt?: number } = {},
): ReportCommand & { type: 'reportStepFailure' } {
  return {
    type: 'reportStepFailure',
    stepId,
    errorCode: 'SERVICE_UNAVAILABLE',
    errorMessage: 'busy',
    recoverable: true,
    retryAfterMs: null,
    outcome: 'not-applied',
    startedAt: 0,
    ...extra,
  };
}

/** An attempt that no other can mend, and that had no effect. */
export function fails(stepId: string): ReportCommand & { type: 'reportStepFailure' } {
  return stumbles(stepId, {
    errorCode: 'VALIDATION_ERROR',
    errorMessage: 'no',
    recoverable: false,
  });
}

/** The event that completes steps of `byEvent`, or another of that name. */
export function arrives(
  stepId: string,
  name = 'Done',
  data: Json = {},
  eventId = 'e-1',
): EventCommand {
  return { type: 'receiveStepEvent', stepId, name, source: '/tests', eventId, data };
}

export function giveUpEvent(stepId: string): EventCommand {
  return { type: 'giveUpEvent', stepId };
}

/** A worker takes up what another was never heard of over. */
export function stalls(stepId: string): ReportCommand {
  return { type: 'reportStall', stepId };
}

/** An attempt whose answer was lost, and that is not tried again. */
export function vanishes(stepId: string): ReportCommand & { type: 'reportStepFailure' } {
  return stumbles(stepId, {
    errorCode: 'TIMEOUT',
    errorMessage: 'no answer',
    recoverable: false,
    outcome: 'unknown',
  });
}

export function undone(
  stepId: string,
  resolution: 'undone' | 'nothing-to-undo' = 'undone',
): ReportCommand & { type: 'reportUndoSuccess' } {
  return { type: 'reportUndoSuccess', stepId, resolution };
}

export function undoFails(
  stepId: string,
  extra: Partial<AttemptFailure> = {},
): ReportCommand & { type: 'reportUndoFailure' } {
  return {
    type: 'reportUndoFailure',
    stepId,
    errorCode: 'BUSINESS_RULE_VIOLATION',
    errorMessage: 'too late',
    recoverable: false,
    retryAfterMs: null,
    ...extra,
  };
}

/** The lost answer was asked for again; null: the call never had its effect. */
export function outcome(
  stepId: string,
  output: JsonObject | null,
): ReportCommand & { type: 'reportOutcome' } {
  return { type: 'reportOutcome', stepId, output };
}
