import type { CallStep } from '#domain/definition/definition.ts';
import type { StepState } from '#domain/workflow/state.ts';

/**
 * How old the state may be on which a worker begins a call: its cached one (trusted for at most 1 s, and clocks differ a little).
 * So a call may still begin this long after the workflow stopped.
 */
export const STALE_STATE_MS = 1000;

/** How long after a failure a call may still report, beside its own timeout: a late beginning, and the queue's hand-over. */
export const DRAIN_SLACK_MS = STALE_STATE_MS + 1000;

/**
 * By how much clocks of different machines may differ. A workflow whose last event lies further in the future than that was written
 * by a clock that has been put back.
 */
export const CLOCK_TOLERANCE_MS = 10_000;

/** Timeout of a service call where neither the step nor the service says otherwise (SPEC 3). */
export const DEFAULT_CALL_TIMEOUT_MS = 5000;

/** How long a call of the step may take, in ms. */
export function callTimeoutMs({ timeoutMs }: CallStep): number {
  return timeoutMs ?? DEFAULT_CALL_TIMEOUT_MS;
}

/**
 * Until when (epoch ms) a request whose answer was lost may still be at work at its service: twice as long as its caller would have
 * waited (ADR 6). Before that a service that refuses the same call, or knows nothing of it, has proven nothing.
 */
export function atWorkUntil(step: StepState, definition: CallStep): number {
  const lastHeardOf = step.completedAt ?? step.startedAt ?? 0;
  return lastHeardOf + 2 * callTimeoutMs(definition);
}
