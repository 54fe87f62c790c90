/**
 * How long after a failure a call that was under way may still report: its own timeout, plus this for the queue's
 * hand-over and for the age that a worker's cached state may have (it trusts it for at most 1 s).
 */
export const DRAIN_SLACK_MS = 2000;

/** Timeout of a service call where neither the step nor the service says otherwise (SPEC 3). */
export const DEFAULT_CALL_TIMEOUT_MS = 5000;

/** Deadline of a workflow where its definition says nothing (SPEC 3). */
export const DEFAULT_WORKFLOW_TIMEOUT_MS = 300_000;
