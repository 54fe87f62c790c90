import { HttpProblem } from '#api/http/problem.ts';
import type { FieldProblem } from '#application/orchestration.ts';

/** Faults that are told one by one; of the rest only the number. A hostile body must not make a hostile answer. */
const LISTED_FAULTS = 100;
const LONGEST_FIELD = 200;

/** Seconds after which a client may try again when the store or Redis is away. */
const RETRY_AFTER_SECONDS = '2';

/** 400 with every fault at once. */
export function invalid(problems: readonly FieldProblem[]): HttpProblem {
  const listed = problems.slice(0, LISTED_FAULTS).map(({ field, message }) => ({
    field: field.length > LONGEST_FIELD ? `${field.slice(0, LONGEST_FIELD)}…` : field,
    message,
  }));
  const unlisted = problems.length - listed.length;
  const detail =
    listed
      .slice(0, 3)
      .map(({ field, message }) => `${field}: ${message}`)
      .join('; ') + (problems.length > 3 ? `; and ${problems.length - 3} more` : '');
  return new HttpProblem({
    status: 400,
    code: 'VALIDATION_ERROR',
    title: 'The request is not valid',
    detail,
    validationErrors: listed,
    ...(unlisted > 0 && { extensions: { unlistedValidationErrors: unlisted } }),
  });
}

/** 404 for an unknown id or route. @param what such as `workflow 123` */
export function notFound(what: string): HttpProblem {
  return new HttpProblem({
    status: 404,
    code: 'RESOURCE_NOT_FOUND',
    title: 'Not found',
    detail: `There is no ${what}`,
  });
}

export function methodNotAllowed(method: string, allowed: readonly string[]): HttpProblem {
  const allow = allowed.join(', ');
  return new HttpProblem({
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
    title: 'Method not allowed',
    detail: `${method} is not possible here; allowed: ${allow}`,
    headers: { Allow: allow },
  });
}

/** 409: the command is not allowed in the workflow's state; nothing changed (SPEC 2). */
export function illegalCommand(
  status: string,
  message: string,
  allowed: readonly string[],
): HttpProblem {
  const commands = allowed.length === 0 ? 'none' : allowed.join(', ');
  // what the domain says names the state already
  return new HttpProblem({
    status: 409,
    code: 'ILLEGAL_STATE',
    title: 'Not allowed in this state',
    detail: `${message}; allowed commands: ${commands}`,
    extensions: { workflowStatus: status, allowedCommands: allowed },
  });
}

export function idempotencyKeyReused(workflowId: string): HttpProblem {
  return new HttpProblem({
    status: 409,
    code: 'IDEMPOTENCY_KEY_REUSED',
    title: 'Idempotency key used before',
    detail: `This Idempotency-Key started workflow ${workflowId} with another body`,
    extensions: { workflowId },
  });
}

/** 409 @param detail names source and id */
export function eventIdReused(detail: string): HttpProblem {
  return new HttpProblem({
    status: 409,
    code: 'EVENT_ID_REUSED',
    title: 'Another event of this name was here before',
    detail,
  });
}

export function versionConflict(definitionId: string, version: number): HttpProblem {
  return new HttpProblem({
    status: 409,
    code: 'VERSION_CONFLICT',
    title: 'A version is immutable',
    detail: `Version ${version} of definition ${definitionId} exists with other content; save it under a new version`,
    extensions: { definitionId, version },
  });
}

export function payloadTooLarge(limitBytes: number): HttpProblem {
  return new HttpProblem({
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    title: 'The body is too large',
    detail: `A request body may have at most ${limitBytes} bytes`,
  });
}

export function unsupportedMediaType(detail: string): HttpProblem {
  return new HttpProblem({
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    title: 'Unsupported content',
    detail,
    headers: { Accept: 'application/json' },
  });
}

export function tooManyRequests(what: string): HttpProblem {
  return new HttpProblem({
    status: 429,
    code: 'TOO_MANY_REQUESTS',
    title: 'Too many requests',
    detail: `${what}; try again shortly`,
    headers: { 'Retry-After': '1' },
  });
}

export function unauthorized(): HttpProblem {
  return new HttpProblem({
    status: 401,
    code: 'UNAUTHORIZED',
    title: 'Authentication needed',
    detail: 'This page needs a user and a password',
    headers: { 'WWW-Authenticate': 'Basic realm="queues", charset="UTF-8"' },
  });
}

export function forbidden(detail: string): HttpProblem {
  return new HttpProblem({
    status: 403,
    code: 'PERMISSION_DENIED',
    title: 'Not permitted',
    detail,
  });
}

/** 503: nothing was acknowledged, the same request may be sent again. */
export function unavailable(detail: string): HttpProblem {
  return new HttpProblem({
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
    title: 'Unavailable for now',
    detail,
    headers: { 'Retry-After': RETRY_AFTER_SECONDS },
  });
}

/** 500: what went wrong is in the log under the request id, never in the answer. */
export function internalError(requestId: string): HttpProblem {
  return new HttpProblem({
    status: 500,
    code: 'INTERNAL_ERROR',
    title: 'Internal error',
    detail: `The request failed inside the engine; it is logged under request id ${requestId}`,
  });
}
