import type { Json } from '#domain/json.ts';

/** `Array.isArray` for JSON: of a readonly array it would make one of `any`. */
export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
