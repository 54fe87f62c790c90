import { errorExcerpt, printable } from '#adapters/http/error-excerpt.ts';
import { REPLY_LIMIT, type ExchangeEnd } from '#adapters/http/exchange.ts';
import { readReply } from '#adapters/http/read-reply.ts';
import { headerOf, type ResponseHeaders } from '#adapters/http/response-headers.ts';
import { retryAfterMs } from '#adapters/http/retry-after.ts';
import type { CallResult } from '#application/ports/service-caller.ts';
import { classifyStatus, isRecoverable } from '#domain/policy/error-classification.ts';
import type { ErrorType } from '#domain/workflow/vocabulary.ts';

export type FailedCall = Extract<CallResult, { kind: 'failed' }>;

/** What was asked, for messages and for the reading of the answer. */
export type Asked = {
  /** `inventory-service (http://10.0.0.7:8080)` */
  readonly whom: string;
  /** `POST /allocations/bulk` */
  readonly what: string;
  readonly replyNeeded: boolean;
  readonly timeoutMs: number;
};

/**
 * What the end of an exchange means for the step (SPEC 1, 2 and 9).
 *
 * The outcome is 'not-applied' only where that is certain: no byte was sent, or the service itself said no. A time-out, a
 * connection that broke under way and a 2xx whose reply can't be used leave it 'unknown'.
 *
 * @param now epoch ms, for a Retry-After that is a date
 */
export function judge(end: ExchangeEnd, asked: Asked, now: number): CallResult {
  switch (end.kind) {
    case 'answered':
      return judgeAnswer(end, asked, now);
    case 'oversized':
      return unusable(end.status, `is larger than ${REPLY_LIMIT} bytes`, asked);
    case 'timed-out':
      return end.sent
        ? failure('TIMEOUT', 'unknown', {
            message: `${asked.whom} did not finish answering ${asked.what} within ${asked.timeoutMs} ms`,
            status: end.status,
          })
        : failure('NETWORK_ERROR', 'not-applied', {
            message: `no connection to ${asked.whom} within ${asked.timeoutMs} ms`,
          });
    case 'broken':
      return end.sent
        ? failure('NETWORK_ERROR', 'unknown', {
            message: `the connection to ${asked.whom} broke during ${asked.what}: ${causeOf(end.error)}`,
            status: end.status,
          })
        : judgeUnsent(end.error, asked);
  }
}

function judgeAnswer(
  answer: Extract<ExchangeEnd, { kind: 'answered' }>,
  asked: Asked,
  now: number,
): CallResult {
  const { status, headers, body } = answer;
  const meaning = classifyStatus(status);
  if (meaning !== null) {
    return {
      kind: 'failed',
      ...meaning,
      message: refusalMessage(answer, asked),
      status,
      retryAfterMs: pauseAskedFor(status, headers, now),
    };
  }
  if (!asked.replyNeeded) return { kind: 'replied', reply: {} };
  const read = readReply(status, headers, body);
  return read.kind === 'reply'
    ? { kind: 'replied', reply: read.reply }
    : unusable(status, read.problem, asked);
}

function refusalMessage(
  { status, headers, body }: Extract<ExchangeEnd, { kind: 'answered' }>,
  asked: Asked,
): string {
  const location = status < 400 ? headerOf(headers, 'location') : undefined;
  const redirect = location === undefined ? '' : ` (a redirect to ${printable(location)})`;
  const excerpt = errorExcerpt(headers, body);
  return `${asked.whom} answered ${status}${redirect} to ${asked.what}${excerpt && `: ${excerpt}`}`;
}

function pauseAskedFor(status: number, headers: ResponseHeaders, now: number): number | null {
  if (status !== 429 && status !== 503) return null;
  return retryAfterMs(headerOf(headers, 'retry-after'), now);
}

/** undici itself would not send it: the request can't be written down as HTTP. Anything else is the way there. */
function judgeUnsent(error: Error, asked: Asked): CallResult {
  const malformed = codeOf(error) === 'UND_ERR_INVALID_ARG';
  return failure(malformed ? 'VALIDATION_ERROR' : 'NETWORK_ERROR', 'not-applied', {
    message: malformed
      ? `${asked.what} can't be sent to ${asked.whom}: ${causeOf(error)}`
      : `no connection to ${asked.whom}: ${causeOf(error)}`,
  });
}

/** The service did what was asked, but what it said of it is lost. */
function unusable(status: number, problem: string, asked: Asked): FailedCall {
  return failure('DATA_INTEGRITY_ERROR', 'unknown', {
    message: `the reply of ${asked.whom} to ${asked.what} ${problem}`,
    status,
  });
}

/** A failed call that no status explains. */
export function failure(
  errorType: ErrorType,
  outcome: FailedCall['outcome'],
  told: { message: string; status?: number | null },
): FailedCall {
  return {
    kind: 'failed',
    errorType,
    recoverable: isRecoverable(errorType),
    message: told.message,
    status: told.status ?? null,
    outcome,
    retryAfterMs: null,
  };
}

/** Code and message; an AggregateError (every address of a name refused) has only the code. */
function causeOf(error: Error): string {
  return printable([codeOf(error), error.message].filter((part) => part).join(' '));
}

function codeOf(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}
