/** The longest pause that a service can talk us into. */
const LONGEST_MS = 60_000;

/** The one date format that HTTP still sends (RFC 9110, IMF-fixdate). Date.parse alone would read a date into "-5". */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The pause that a Retry-After header asks for: seconds, or a date.
 * @param now epoch ms
 * @returns 0..60000 ms; null where there is no such header, or none that can be read
 */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  const value = header?.trim() ?? '';
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, LONGEST_MS);
  if (!HTTP_DATE.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.min(Math.max(at - now, 0), LONGEST_MS);
}
