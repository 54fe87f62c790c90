import { isJsonObject, type Json } from '#domain/json.ts';

/**
 * Deep equality of JSON values: objects regardless of the order of their keys, arrays in order, no conversion between types.
 * Keeps its own stack, because a reply may be nested deeper than the call stack goes.
 */
export function jsonEqual(left: Json, right: Json): boolean {
  const pending: [Json, Json][] = [[left, right]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [a, b] = pair;
    if (a === b) continue;
    const parts = pairsOfParts(a, b);
    if (parts === null) return false;
    for (const part of parts) pending.push(part);
  }
  return true;
}

/** The parts that must be equal for the wholes to be; null: the wholes differ already. */
function pairsOfParts(a: Json, b: Json): readonly [Json, Json][] | null {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return null;
  if (isJsonObject(a) !== isJsonObject(b)) return null;
  const inB = new Map<string, Json>(Object.entries(b));
  const entries = Object.entries<Json>(a);
  if (entries.length !== inB.size) return null;
  const pairs: [Json, Json][] = [];
  for (const [key, value] of entries) {
    const other = inB.get(key);
    if (other === undefined) return null;
    pairs.push([value, other]);
  }
  return pairs;
}
