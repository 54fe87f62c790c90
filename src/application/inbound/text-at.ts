import { lookup } from '#domain/definition/json-pointer.ts';
import type { Json } from '#domain/json.ts';

/** What names something: a text, or a whole number that a double holds, as text. null: there is no such thing at the pointer. */
export function textAt(value: Json, pointer: string): string | null {
  const found = lookup(value, pointer);
  if (!found.found) return null;
  if (typeof found.value === 'number') {
    return Number.isSafeInteger(found.value) ? String(found.value) : null;
  }
  return typeof found.value === 'string' ? found.value : null;
}
