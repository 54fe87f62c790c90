import { readJson, type JsonLimits } from '#application/definitions/json-limits.ts';
import { textOf, UndecodableError } from '#application/inbound/message-text.ts';
import type { Json } from '#domain/json.ts';

/** The largest message that is read at all: what the API takes as a body, too. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

const LIMITS: JsonLimits = {
  depth: 64,
  values: 100_000,
  textLength: MAX_MESSAGE_BYTES,
  protoFields: false,
};

/** @param what completes "... is not valid JSON" @throws UndecodableError */
export function jsonOf(bytes: Uint8Array, what: string): Json {
  const text = textOf(bytes, what);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UndecodableError(`${what} is not valid JSON`, error);
  }
  const checked = readJson(parsed, LIMITS);
  if (checked.kind === 'json') return checked.value;
  const faults = checked.problems.slice(0, 3).map(({ path, message }) => `${path} ${message}`);
  throw new UndecodableError(`${what} can't be taken: ${faults.join('; ')}`);
}
