/** A time in the form the API speaks: ISO 8601 in UTC with milliseconds. */
export function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

export function isoOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : iso(epochMs);
}

/** Milliseconds between two times, 0 where a clock was put back in between; null while one of them is not known. */
export function durationMs(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, to - from);
}
