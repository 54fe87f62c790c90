import { withNumber } from '#application/definitions/json-schema/arguments.ts';
import type { Check, Keyword } from '#application/definitions/json-schema/check.ts';

/** Keywords about numbers. */
export const NUMBER_KEYWORDS: Readonly<Record<string, Keyword>> = {
  minimum: bound('must be at least', (value, limit) => value >= limit),
  maximum: bound('must be at most', (value, limit) => value <= limit),
  exclusiveMinimum: bound('must be greater than', (value, limit) => value > limit),
  exclusiveMaximum: bound('must be less than', (value, limit) => value < limit),

  multipleOf: (argument, context) =>
    typeof argument === 'number' && argument > 0
      ? onNumber((value) => isMultiple(value, argument), `must be a multiple of ${argument}`)
      : context.refuse('must be a number greater than 0'),
};

function bound(demand: string, holds: (value: number, limit: number) => boolean): Keyword {
  return (argument, context) =>
    withNumber(argument, context, (limit) =>
      onNumber((value) => holds(value, limit), `${demand} ${limit}`),
    );
}

/** 0.07 is a multiple of 0.01 to everybody but the binary floating point: within its error the nearest multiple counts. */
function isMultiple(value: number, unit: number): boolean {
  const ratio = value / unit;
  return Math.abs(ratio - Math.round(ratio)) <= Number.EPSILON * Math.max(1, Math.abs(ratio)) * 4;
}

function onNumber(holds: (value: number) => boolean, message: string): Check {
  return (value, path, report) => {
    if (typeof value === 'number' && !holds(value)) report(path, message);
  };
}
