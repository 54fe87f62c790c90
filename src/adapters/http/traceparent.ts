import { randomUUID } from 'node:crypto';

const TRACE_ID = /^[0-9a-f]{32}$/;

/**
 * The W3C trace context of one call: all calls of a workflow are one trace, whose id is the workflow's, each a span of its own.
 * @returns null where the workflow's id is no uuid
 */
export function traceparent(workflowId: string): string | null {
  const traceId = workflowId.replaceAll('-', '').toLowerCase();
  return TRACE_ID.test(traceId) ? `00-${traceId}-${spanId()}-01` : null;
}

/** 16 hex digits; never all zero, which would be void: the version digit of the uuid is among them. randomUUID has a pool of bytes, randomBytes asks the kernel each time. */
function spanId(): string {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(14, 18);
}
