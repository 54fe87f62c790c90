import { BusUnavailableError, MessageRefusedError } from '#application/ports/event-bus.ts';

/** Answers of a broker that speak of the message: sent again it will be refused again. */
const ABOUT_THE_MESSAGE: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_TIMESTAMP',
  'INVALID_RECORD',
]);

/**
 * An error of kafkajs as the port knows it: refused where the broker refuses the message itself, else unavailable. The latter
 * includes missing rights and topics: somebody can put those right, and until then nothing is lost by waiting.
 */
export function asBusError(error: unknown, what: string): Error {
  const type = protocolType(error);
  if (type !== null && ABOUT_THE_MESSAGE.has(type)) return new MessageRefusedError(type, error);
  const why = error instanceof Error ? error.message : String(error);
  return new BusUnavailableError(`${what}: ${type === null ? why : `${type}: ${why}`}`, error);
}

/** The name of the broker's answer, such as TOPIC_AUTHORIZATION_FAILED, wherever kafkajs has wrapped it. */
export function protocolType(error: unknown): string | null {
  for (let cause = error; cause instanceof Error; cause = innerOf(cause)) {
    if ('type' in cause && typeof cause.type === 'string') return cause.type;
  }
  return null;
}

function innerOf(error: Error): unknown {
  const several: unknown = 'errors' in error ? error.errors : undefined;
  return Array.isArray(several) ? several[0] : error.cause;
}
