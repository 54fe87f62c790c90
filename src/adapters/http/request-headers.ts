import type { ServiceCall } from '#application/ports/service-caller.ts';
import { traceparent } from '#adapters/http/traceparent.ts';

/** Printable ASCII without the spaces at the ends that a receiver would cut off. */
const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Headers that are the same for every call of a service, as name, value, name, value. */
export function fixedHeaders(headers: Readonly<Record<string, string>>): readonly string[] {
  // identity: so small a body gains nothing by compression, and what arrives is what the cap counts.
  return [
    'accept',
    'application/json',
    'accept-encoding',
    'identity',
    ...Object.entries(headers).flat(),
  ];
}

/** The headers of one call (SPEC 9), as name, value, name, value. */
export function callHeaders(
  fixed: readonly string[],
  call: ServiceCall,
  hasBody: boolean,
): string[] {
  const headers = [
    ...fixed,
    'Idempotency-Key',
    headerValue(call.idempotencyKey),
    'X-Workflow-Id',
    headerValue(call.workflowId),
    'X-Step-Id',
    headerValue(call.stepId),
  ];
  if (call.correlationId !== null) {
    headers.push('X-Correlation-Id', headerValue(call.correlationId));
  }
  const trace = traceparent(call.workflowId);
  if (trace !== null) headers.push('traceparent', trace);
  if (hasBody) headers.push('content-type', 'application/json');
  return headers;
}

/** A header holds printable ASCII only; any other text (a correlation id is free text of the caller's) is sent URL-encoded. */
function headerValue(text: string): string {
  return PLAIN.test(text) ? text : encodeURIComponent(text.toWellFormed());
}
