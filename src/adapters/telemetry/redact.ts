const MASK = '***';
/** Longer texts are cut: a log line is not the place for a body. */
const MAX_TEXT = 8192;
const MAX_DEPTH = 6;
const MAX_ITEMS = 100;

/** Names of secrets, compared without case and separators: `X-Api-Key`, `apiKey` and `api_key` are one. */
const SECRET_NAME =
  /(?:password|passwd|passphrase|secret|token|authorization|apikey|privatekey|cookie|credentials?)$/;

/** `scheme://user:password@host`: what stands before the @ is nobody's business. */
const URL_CREDENTIALS = /:\/\/[^\s/@]+@/g;

/**
 * A copy of any value that JSON.stringify takes and a log may show: secrets masked, errors with stack and cause,
 * cycles, BigInt, functions and symbols named instead of thrown on, depth and size bounded.
 */
export function toLoggable(value: unknown): unknown {
  return copy(value, [], 0);
}

/** The same for the fields of a line. */
export function loggableFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return copyFields(Object.entries(fields), (value) => copy(value, [fields], 1));
}

/** Masks credentials in URLs and bounds the length. */
export function safeText(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length})` : text;
  return short.includes('://') ? short.replace(URL_CREDENTIALS, `://${MASK}@`) : short;
}

/** @param ancestors the objects that contain this one, to find cycles; one that only occurs twice is no cycle */
function copy(value: unknown, ancestors: readonly object[], depth: number): unknown {
  if (typeof value === 'string') return safeText(value);
  if (value === undefined || value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return `[function ${value.name}]`;
  if (ancestors.includes(value)) return '[circular]';
  if (depth >= MAX_DEPTH) return '[deeper]';
  const inner = (item: unknown) => copy(item, [...ancestors, value], depth + 1);
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Error) return errorFields(value, inner);
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(inner);
  if (value instanceof Map) return [...value].slice(0, MAX_ITEMS).map(inner);
  if (value instanceof Set) return [...value].slice(0, MAX_ITEMS).map(inner);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return copyFields(Object.entries(value), inner);
}

function copyFields(
  entries: readonly (readonly [string, unknown])[],
  inner: (item: unknown) => unknown,
): Record<string, unknown> {
  // fromEntries makes a field called __proto__ a field like any other
  return Object.fromEntries(
    entries.slice(0, MAX_ITEMS).map(([name, item]) => {
      const masked = isSecret(name) && item !== undefined && item !== null;
      return [name, masked ? MASK : inner(item)];
    }),
  );
}

/** message, stack and cause are not enumerable; code and what else an error carries is. */
function errorFields(error: Error, inner: (item: unknown) => unknown): Record<string, unknown> {
  const { name, message, stack } = error;
  const cause: unknown = error.cause;
  const own = Object.entries(error).filter(([key]) => key !== 'name' && key !== 'cause');
  const errors: unknown = error instanceof AggregateError ? error.errors : undefined;
  return {
    name,
    message: safeText(message),
    ...copyFields(own, inner),
    ...(stack !== undefined && { stack: safeText(stack) }),
    ...(cause !== undefined && { cause: inner(cause) }),
    ...(errors !== undefined && { errors: inner(errors) }),
  };
}

function isSecret(name: string): boolean {
  return SECRET_NAME.test(name.toLowerCase().replace(/[-_\s]/g, ''));
}
