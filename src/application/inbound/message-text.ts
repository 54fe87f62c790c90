/** What can't be read is undecodable; the message completes "the message ...". */
export class UndecodableError extends Error {
  readonly code = 'UNDECODABLE';
  readonly retryable = false;
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'UndecodableError';
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @param what completes "... is not valid UTF-8" @throws UndecodableError */
export function textOf(bytes: Uint8Array, what: string): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new UndecodableError(`${what} is not valid UTF-8`, error);
  }
}

/** The text of a header, or undefined where there is none. @throws UndecodableError */
export function headerText(
  headers: ReadonlyMap<string, Uint8Array>,
  name: string,
): string | undefined {
  const bytes = headers.get(name) ?? caseless(headers, name);
  return bytes && textOf(bytes, `header ${name}`);
}

/** Some producers write `Content-Type`; Kafka itself compares names letter by letter. */
function caseless(headers: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array | undefined {
  for (const [given, bytes] of headers) if (given.toLowerCase() === name) return bytes;
  return undefined;
}
