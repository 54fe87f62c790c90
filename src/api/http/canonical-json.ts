import { createHash } from 'node:crypto';
import { isJsonObject, type Json } from '#domain/json.ts';

/** JSON with the keys of every object sorted and no white space: equal values have equal text. Recursion is bounded by DEEPEST_JSON. */
export function canonicalJson(value: Json): string {
  if (isJsonObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
    return `{${members.join(',')}}`;
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  return JSON.stringify(value);
}

/** SHA-256 of the canonical JSON, in hex: tells whether a repeated request says the same. */
export function fingerprint(value: Json): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
