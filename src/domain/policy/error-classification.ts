import type { ErrorType } from '#domain/workflow/vocabulary.ts';

/** What an answer that is not a success means for the step that asked. */
export type StatusClass = {
  readonly errorType: ErrorType;
  /** May the step be tried again? */
  readonly recoverable: boolean;
  /** May the request have had its effect all the same? */
  readonly outcome: 'not-applied' | 'unknown';
};

const RECOVERABLE: ReadonlySet<ErrorType> = new Set([
  'TIMEOUT',
  'SERVICE_UNAVAILABLE',
  'NETWORK_ERROR',
]);

/**
 * Is an error of this type retried (SPEC 1)?
 *
 * INTERNAL_ERROR is not: raised by the engine itself it would only happen again. The INTERNAL_ERROR of a service's 5xx is
 * the one exception, and carries its own flag: see classifyStatus.
 */
export function isRecoverable(errorType: ErrorType): boolean {
  return RECOVERABLE.has(errorType);
}

/**
 * The meaning of an HTTP status (table of SPEC 1); statuses that the table leaves out are read by their hundred.
 *
 * @param status status code of a final answer
 * @returns null for a success (2xx)
 */
export function classifyStatus(status: number): StatusClass | null {
  if (status >= 200 && status <= 299) return null;
  const errorType = errorTypeOf(status);
  return {
    errorType,
    recoverable: isRecoverable(errorType) || isServerFault(status),
    outcome: outcomeOf(status),
  };
}

function errorTypeOf(status: number): ErrorType {
  switch (status) {
    case 408:
    case 504:
      return 'TIMEOUT';
    case 429:
    case 502:
    case 503:
      return 'SERVICE_UNAVAILABLE';
    case 401:
    case 403:
      return 'PERMISSION_DENIED';
    case 404:
    case 410:
      return 'RESOURCE_NOT_FOUND';
    case 409:
      return 'BUSINESS_RULE_VIOLATION';
    default:
  }
  // A redirect: the operation is not where the definition or the registry says (SPEC 9: redirects are errors).
  if (status >= 300 && status <= 399) return 'RESOURCE_NOT_FOUND';
  // 400, 422 and every other 4xx: the request is at fault, and will be the next time too.
  if (status >= 400 && status <= 499) return 'VALIDATION_ERROR';
  return 'INTERNAL_ERROR';
}

/**
 * 408 and 504 are timeouts, and a 502 is a gateway's word for a connection that broke behind it: what happened there nobody
 * knows (SPEC 2). 302 and 303 are what a form answers after it has done its work. Any other answer is taken at its word.
 */
function outcomeOf(status: number): StatusClass['outcome'] {
  switch (status) {
    case 302:
    case 303:
    case 408:
    case 502:
    case 504:
      return 'unknown';
    default:
      return 'not-applied';
  }
}

function isServerFault(status: number): boolean {
  return status >= 500 && status <= 599;
}
