import { isJsonObject, type Json } from '#domain/json.ts';
import type { LoadSnapshot, SystemLoad } from '#domain/policy/system-load.ts';

/** The load as it was kept; null: this is none. */
export function storedSystemLoad(value: Json): SystemLoad | null {
  if (!isJsonObject(value) || !Array.isArray(value['snapshots'])) return null;
  const snapshots: LoadSnapshot[] = [];
  for (const entry of value['snapshots']) {
    if (!isJsonObject(entry)) return null;
    const { at, score, freeCapacity, errorRate } = entry;
    const isSnapshot =
      isWithin(at, Infinity) && isWithin(score, 100) && isWithin(freeCapacity, 100);
    if (!isSnapshot || !isWithin(errorRate, 1)) return null;
    snapshots.push({ at, score, freeCapacity, errorRate });
  }
  return { snapshots };
}

function isWithin(value: Json | undefined, max: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= max;
}
