import { withCount } from '#application/definitions/json-schema/arguments.ts';
import type { Check, Keyword } from '#application/definitions/json-schema/check.ts';
import { FORMATS } from '#application/definitions/json-schema/formats.ts';
import { plainPattern } from '#application/definitions/json-schema/plain-pattern.ts';

/** Keywords about texts. Lengths count code points, as the standard says. */
export const TEXT_KEYWORDS: Readonly<Record<string, Keyword>> = {
  minLength: (argument, context) =>
    withCount(argument, context, (count) =>
      onText((text) => lengthOf(text) >= count, `must have at least ${count} characters`),
    ),

  maxLength: (argument, context) =>
    withCount(argument, context, (count) =>
      onText((text) => lengthOf(text) <= count, `must have at most ${count} characters`),
    ),

  pattern: (argument, { refuse }) => {
    if (typeof argument !== 'string') return refuse('must be a text');
    const pattern = plainPattern(argument);
    if (pattern.kind === 'refused') return refuse(pattern.why);
    const { expression } = pattern;
    return onText((text) => expression.test(text), `must match ${argument}`);
  },

  format: (argument, { refuse }) => {
    const test = typeof argument === 'string' ? FORMATS.get(argument) : undefined;
    if (!test) return refuse(`must be one of ${[...FORMATS.keys()].join(', ')}`);
    return onText(test, `must be of the format ${JSON.stringify(argument)}`);
  },
};

function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

function onText(holds: (text: string) => boolean, message: string): Check {
  return (value, path, report) => {
    if (typeof value === 'string' && !holds(value)) report(path, message);
  };
}
