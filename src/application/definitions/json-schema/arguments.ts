import type { Check, KeywordContext } from '#application/definitions/json-schema/check.ts';
import type { Json } from '#domain/json.ts';

/** A keyword whose argument is a number of things: a whole number, not negative. */
export function withCount(
  argument: Json,
  context: KeywordContext,
  build: (count: number) => Check,
): Check {
  if (typeof argument === 'number' && Number.isSafeInteger(argument) && argument >= 0) {
    return build(argument);
  }
  return context.refuse('must be a whole number, not negative');
}

/** A keyword whose argument is any number. */
export function withNumber(
  argument: Json,
  context: KeywordContext,
  build: (bound: number) => Check,
): Check {
  return typeof argument === 'number' ? build(argument) : context.refuse('must be a number');
}
