import { z } from 'zod';

/** A text of this form; `allowed` completes "must be ...". */
export function text(pattern: RegExp, allowed: string) {
  return z.string().regex(pattern).describe(allowed);
}

/** Decimal digits only: Number() would also take '', ' 8 ', '0x50' and '8e1'. */
export function wholeNumber(min: number, max: number) {
  const digits = z.string().regex(/^\d{1,15}$/);
  return digits
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .describe(`a whole number, ${min} to ${max}`);
}

export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words).describe(`one of ${words.join(', ')}`);
}
