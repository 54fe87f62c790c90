import { z } from 'zod';
import { isJsonObject, type JsonObject } from '#domain/json.ts';

const NO_CONTROL_CHARACTERS = /^[^\p{Cc}]*$/u;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Any JSON object: nesting and keys were checked on the raw body, so it is taken as it is. */
export const jsonObject = z
  .custom<JsonObject>(isJsonObject, 'must be a JSON object')
  .meta({ type: 'object', additionalProperties: true });

/** A name or a reason: one line, not blank, at most `longest` characters. */
export function line(longest: number) {
  return z
    .string()
    .min(1, 'must not be empty')
    .max(longest)
    .regex(/\S/, 'must not be blank')
    .regex(NO_CONTROL_CHARACTERS, 'must not hold control characters');
}

/** A value that travels in HTTP headers. */
export function headerText(longest: number) {
  return z
    .string()
    .min(1, 'must not be empty')
    .max(longest)
    .regex(PRINTABLE_ASCII, 'must be printable ASCII');
}

/** ISO 8601 with seconds and Z. */
export const isoTime = z.iso.datetime();

export const fieldProblem = z.object({
  field: z
    .string()
    .describe(
      'Dotted path such as `inputParameters.lines.0.sku`, name of a parameter or header, or `body`, `query`, `path` as a whole',
    ),
  message: z.string(),
});
