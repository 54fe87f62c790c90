import { satisfies, type Check, type Keyword } from '#application/definitions/json-schema/check.ts';
import { jsonEqual } from '#domain/definition/json-equality.ts';
import { isJsonObject, type Json } from '#domain/json.ts';

const TYPES: ReadonlyMap<string, (value: Json) => boolean> = new Map([
  ['null', (value: Json) => value === null],
  ['boolean', (value: Json) => typeof value === 'boolean'],
  ['object', (value: Json) => isJsonObject(value)],
  ['array', (value: Json) => Array.isArray(value)],
  ['string', (value: Json) => typeof value === 'string'],
  ['number', (value: Json) => typeof value === 'number'],
  ['integer', (value: Json) => Number.isInteger(value)],
]);

/** A message shows at most so many of the values allowed. */
const SHOWN_VALUES = 20;

/** Keywords about values of every type. */
export const GENERAL_KEYWORDS: Readonly<Record<string, Keyword>> = {
  type: (argument, { refuse }) => {
    const names = (Array.isArray(argument) ? argument : [argument]).map(String);
    const tests = names.flatMap((name) => TYPES.get(name) ?? []);
    if (names.length === 0 || tests.length < names.length) {
      return refuse(`must be one or more of ${[...TYPES.keys()].join(', ')}`);
    }
    const message = `must be of type ${names.join(' or ')}`;
    return (value, path, report) => {
      if (!tests.some((test) => test(value))) report(path, message);
    };
  },

  enum: (argument, { refuse }) => {
    if (!Array.isArray(argument) || argument.length === 0)
      return refuse('must be a list of values');
    return isOneOf(argument);
  },

  const: (argument) => isOneOf([argument]),

  allOf: (argument, { path, compile, refuse }) => {
    const checks = compileEach(argument, path, compile);
    if (checks === null) return refuse('must be a list of schemas');
    return (value, at, report) => {
      for (const check of checks) check(value, at, report);
    };
  },

  anyOf: (argument, { path, compile, refuse }) => {
    const checks = compileEach(argument, path, compile);
    if (checks === null) return refuse('must be a list of schemas');
    return (value, at, report) => {
      if (!checks.some((check) => satisfies(check, value))) {
        report(at, `must match one of ${checks.length} alternatives`);
      }
    };
  },

  oneOf: (argument, { path, compile, refuse }) => {
    const checks = compileEach(argument, path, compile);
    if (checks === null) return refuse('must be a list of schemas');
    return (value, at, report) => {
      const matches = checks.filter((check) => satisfies(check, value)).length;
      if (matches !== 1) {
        report(at, `must match exactly one of ${checks.length} alternatives, matches ${matches}`);
      }
    };
  },

  not: (argument, { path, compile }) => {
    const check = compile(argument, path);
    return (value, at, report) => {
      if (satisfies(check, value)) report(at, 'is of a form that is not allowed');
    };
  },
};

function isOneOf(allowed: readonly Json[]): Check {
  const shown = allowed.slice(0, SHOWN_VALUES).map((value) => JSON.stringify(value));
  const more = allowed.length > SHOWN_VALUES ? ', ...' : '';
  const message = `must be ${allowed.length > 1 ? 'one of ' : ''}${shown.join(', ')}${more}`;
  return (value, path, report) => {
    if (!allowed.some((candidate) => jsonEqual(candidate, value))) report(path, message);
  };
}

function compileEach(
  schemas: Json,
  path: string,
  compile: (schema: Json, path: string) => Check,
): readonly Check[] | null {
  if (!Array.isArray(schemas) || schemas.length === 0) return null;
  return schemas.map((schema: Json, index) => compile(schema, `${path}/${index}`));
}
