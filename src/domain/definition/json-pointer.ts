import { isJsonArray } from '#domain/definition/json-array.ts';
import type { Json } from '#domain/json.ts';

/** What a pointer led to. `null` is a value; absence is `found: false`. */
export type Lookup = { readonly found: true; readonly value: Json } | { readonly found: false };

const NOT_FOUND: Lookup = { found: false };
const ARRAY_INDEX = /^(?:0|[1-9][0-9]*)$/;
const BAD_ESCAPE = /~(?![01])/;

/**
 * Splits a JSON Pointer (RFC 6901) into its unescaped reference tokens.
 * @returns `[]` for `''`, the whole document; null when it is malformed (no leading `/`, or a `~` that is not `~0` or `~1`)
 */
export function parsePointer(pointer: string): readonly string[] | null {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || BAD_ESCAPE.test(pointer)) return null;
  return pointer.slice(1).split('/').map(unescapeToken);
}

/** Joins tokens to a JSON Pointer: the inverse of `parsePointer`. */
export function formatPointer(tokens: readonly (string | number)[]): string {
  return tokens.map((token) => `/${escapeToken(String(token))}`).join('');
}

/**
 * Follows a JSON Pointer (RFC 6901). Only own properties and existing array elements are seen: what JavaScript adds to a value
 * (`__proto__`, `constructor`, the `length` of arrays and strings) leads nowhere, and so do `-`, `01` and a malformed pointer.
 */
export function lookup(document: Json, pointer: string): Lookup {
  const tokens = parsePointer(pointer);
  if (tokens === null) return NOT_FOUND;
  let value = document;
  for (const token of tokens) {
    const child = childOf(value, token);
    if (child === undefined) return NOT_FOUND;
    value = child;
  }
  return { found: true, value };
}

function childOf(value: Json, token: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isJsonArray(value)) return ARRAY_INDEX.test(token) ? value[Number(token)] : undefined;
  return Object.hasOwn(value, token) ? value[token] : undefined;
}

// The order matters both ways: `~01` is the text `~1`, not a slash.
function unescapeToken(token: string): string {
  return token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token;
}

function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
