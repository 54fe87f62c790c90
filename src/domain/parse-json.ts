import type { Json } from '#domain/json.ts';

/**
 * JSON.parse, with the type that its results have.
 * @throws SyntaxError
 */
export function parseJson(text: string): Json {
  const value: unknown = JSON.parse(text);
  if (isJson(value)) return value;
  throw new SyntaxError('not a JSON value');
}

/** Looks at the outside only: JSON.parse puts nothing else inside. */
function isJson(value: unknown): value is Json {
  return ['object', 'string', 'number', 'boolean'].includes(typeof value);
}
