import type { StepEvents } from '#application/awaited/step-events.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { EventWait } from '#application/ports/event-waits.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { CallResult, ServiceCaller } from '#application/ports/service-caller.ts';
import type { Workflows } from '#application/workflows.ts';
import type { AttemptFailure, ReportCommand } from '#domain/workflow/commands.ts';

/** What running a step takes. */
export type CallTools = {
  readonly workflows: Workflows;
  readonly services: ServiceCaller;
  /** What steps that an event completes wait for. */
  readonly stepEvents: Pick<StepEvents, 'expect' | 'seek'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Lets time pass; by default a timer does. */
  readonly pause?: (ms: number) => Promise<void>;
};

/**
 * A call either leads to a report, or was not made because the service's queue is parked, or what it was told proves nothing
 * before `until` (epoch ms) and is asked for again then.
 */
export type CallConclusion =
  | {
      readonly kind: 'report';
      readonly command: ReportCommand;
      readonly parkMs: number | null;
      /** What the step will wait for once this is reported; absent: nothing. */
      readonly wait?: EventWait;
    }
  | { readonly kind: 'parked'; readonly until: number }
  | { readonly kind: 'too-early'; readonly until: number };

/** The name of an effect (DESIGN 1.3): the same over all retries and dispatches; a do and its undo differ. */
export function idempotencyKey(workflowId: string, stepId: string, kind: 'do' | 'undo'): string {
  return `${workflowId}:${stepId}:${kind}`;
}

/** The failure of an attempt, as the domain takes it. */
export function failureOf(result: CallResult & { readonly kind: 'failed' }): AttemptFailure {
  return {
    errorCode: result.errorType,
    errorMessage: result.message,
    recoverable: result.recoverable,
    retryAfterMs: result.retryAfterMs,
  };
}

/** The failure of a mapping (SPEC 8): no attempt can mend it, an operator with corrected input can. */
export function missingValues(pointers: readonly string[]): AttemptFailure {
  return {
    errorCode: 'VALIDATION_ERROR',
    errorMessage: `no value and no default at ${pointers.join(', ')}`,
    recoverable: false,
    retryAfterMs: null,
  };
}
