import { z } from 'zod';

/*
 * Kinds of values of SERVICES_FILE. Whatever is wrong with one, its fault says what is allowed, in words that complete "<path>: ...".
 */

/** @param least 1 by default */
export function wholeNumber(most: number, least = 1) {
  const error = must(`be a whole number from ${least} to ${most}`);
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** A whole number from 1 without a bound of its own. */
export function count() {
  const error = must('be a whole number from 1');
  return z.int({ error }).min(1, { error });
}

/** Above 0, and up to 1. */
export function share() {
  const error = must('be a number above 0 and up to 1');
  return z.number({ error }).gt(0, { error }).max(1, { error });
}

/** @param allowed in words that complete "must be ..." */
export function text(pattern: RegExp, allowed: string) {
  const error = must(`be ${allowed}`);
  return z.string({ error }).regex(pattern, { error });
}

/** @param allowed in words that complete "must be ..." */
export function list<T extends z.ZodType>(element: T, allowed: string) {
  return z.array(element, { error: must(`be ${allowed}`) });
}

/** An object of just these fields. */
export function fields<T extends z.ZodRawShape>(shape: T) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code, input }) =>
      code === 'unrecognized_keys'
        ? `is not known here; there are ${known}`
        : lacking(input, `be an object of ${known}`),
  });
}

/** @param allowed in words that complete "must be an object of ..." */
export function byName<K extends z.ZodString, T extends z.ZodType>(
  name: K,
  value: T,
  allowed: string,
) {
  return z.record(name, value, { error: must(`be an object of ${allowed}`) });
}

function must(be: string): z.core.$ZodErrorMap {
  return ({ input }) => lacking(input, be);
}

function lacking(input: unknown, be: string): string {
  return input === undefined ? `is missing: it must ${be}` : `must ${be}`;
}
