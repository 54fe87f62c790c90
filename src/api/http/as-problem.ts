import { HttpProblem } from '#api/http/problem.ts';
import {
  internalError,
  invalid,
  payloadTooLarge,
  unavailable,
  unsupportedMediaType,
} from '#api/http/problems.ts';
import { QueueUnavailableError, StoreUnavailableError } from '#application/ports/errors.ts';

/**
 * The refusal that anything thrown below a route amounts to: the one place where failures become HTTP statuses.
 * Whatever is not known to be the client's fault or a server that is away is a 500 without a word of what it was.
 */
export function asProblem(thrown: unknown, requestId: string): HttpProblem {
  if (thrown instanceof HttpProblem) return thrown;
  if (thrown instanceof StoreUnavailableError) {
    return unavailable(
      'The store can not be reached or takes no writes (GET /orchestration/health says why); nothing was changed',
    );
  }
  if (thrown instanceof QueueUnavailableError) {
    return unavailable('The queue can not be reached');
  }
  // The router marks its own; any other URIError is a fault of ours.
  if (thrown instanceof URIError && 'status' in thrown && thrown.status === 400) {
    return invalid([{ field: 'path', message: 'is not valid percent-encoding' }]);
  }
  return bodyProblem(thrown) ?? internalError(requestId);
}

/** Errors of Express's body reader carry a `type`. */
function bodyProblem(thrown: unknown): HttpProblem | null {
  if (!(thrown instanceof Error) || !('type' in thrown)) return null;
  switch (thrown.type) {
    case 'entity.too.large':
      return payloadTooLarge(
        'limit' in thrown && typeof thrown.limit === 'number' ? thrown.limit : 0,
      );
    case 'encoding.unsupported':
      return unsupportedMediaType('A body must be sent without Content-Encoding');
    case 'request.aborted':
    case 'request.size.invalid':
      return invalid([{ field: 'body', message: 'does not have the announced length' }]);
    default:
      return null;
  }
}
