import type { JsonObject } from '#domain/json.ts';

/** What a step may leave behind as its output: as much as a reply may have (SPEC 9). */
export const MAX_OUTPUT_BYTES = 256 * 1024;

/** How many bytes an output has as JSON in UTF-8. */
export function outputBytes(output: JsonObject): number {
  return new TextEncoder().encode(JSON.stringify(output)).byteLength;
}
