/**
 * How old the state may be on which a worker begins a call: its cached one (trusted for at most 1 s, and clocks differ a little).
 * So a call may still begin this long after the workflow stopped.
 */
export const STALE_STATE_MS = 1000;

/** How long after a failure a call may still report, beside its own timeout: a late beginning, and the queue's hand-over. */
export const DRAIN_SLACK_MS = STALE_STATE_MS + 1000;

/** Timeout of a service call where neither the step nor the service says otherwise (SPEC 3). */
export const DEFAULT_CALL_TIMEOUT_MS = 5000;
