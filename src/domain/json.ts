/** A value as JSON knows it: what crosses every border of the engine and what the log keeps. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object: inputs, outputs, metadata. */
export type JsonObject = { readonly [key: string]: Json };

/** True for a JSON object: not null, not an array, not a scalar. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
