import { createHash } from 'node:crypto';
import { canonicalJson } from '#application/definitions/canonical-json.ts';
import type { Json } from '#domain/json.ts';

/** SHA-256 of the canonical JSON, in hex: tells whether a repeated request says the same. */
export function fingerprint(value: Json): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
