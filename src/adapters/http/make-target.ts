import { failure } from '#adapters/http/judge.ts';
import { requestTarget, type RequestTarget } from '#adapters/http/request-target.ts';
import type { CallResult, ServiceCall } from '#application/ports/service-caller.ts';

/** The request, or the failure of a call that can't be written down. */
export function makeTarget(call: ServiceCall): RequestTarget | CallResult {
  try {
    const made = requestTarget(call);
    if (made.kind === 'target') return made.target;
    return failure('VALIDATION_ERROR', 'not-applied', { message: made.problem });
  } catch (error) {
    // An input nested so deep that JSON.stringify gives up, for one.
    const message = `the input can't be written down: ${String(error)}`;
    return failure('VALIDATION_ERROR', 'not-applied', { message });
  }
}
