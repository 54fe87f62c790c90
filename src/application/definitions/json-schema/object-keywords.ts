import { withCount } from '#application/definitions/json-schema/arguments.ts';
import type { Check, Keyword, Report } from '#application/definitions/json-schema/check.ts';
import { formatPointer } from '#domain/definition/json-pointer.ts';
import { isJsonObject, type JsonObject } from '#domain/json.ts';

/** Keywords about objects; only own fields count. */
export const OBJECT_KEYWORDS: Readonly<Record<string, Keyword>> = {
  properties: (argument, { path, compile, refuse }) => {
    if (!isJsonObject(argument)) return refuse('must be an object of schemas');
    const checks = Object.entries(argument).map(
      ([name, schema]) => [name, compile(schema, path + formatPointer([name]))] as const,
    );
    return onObject((value, at, report) => {
      for (const [name, check] of checks) {
        const field = Object.hasOwn(value, name) ? value[name] : undefined;
        if (field !== undefined) check(field, at + formatPointer([name]), report);
      }
    });
  },

  required: (argument, { refuse }) => {
    if (!Array.isArray(argument)) return refuse('must be a list of field names');
    const names = argument.filter((name) => typeof name === 'string');
    if (names.length < argument.length) return refuse('must be a list of field names');
    return onObject((value, at, report) => {
      for (const name of names) {
        if (!Object.hasOwn(value, name)) report(at + formatPointer([name]), 'is required');
      }
    });
  },

  additionalProperties: (argument, { path, schema, compile }) => {
    const check = compile(argument, path);
    const { properties } = schema;
    const named = new Set(isJsonObject(properties) ? Object.keys(properties) : []);
    return onObject((value, at, report) => {
      for (const [name, field] of Object.entries(value)) {
        if (!named.has(name)) check(field, at + formatPointer([name]), report);
      }
    });
  },

  minProperties: (argument, context) =>
    withCount(argument, context, (count) =>
      onObject((value, at, report) => {
        if (Object.keys(value).length < count) report(at, `must have at least ${count} fields`);
      }),
    ),

  maxProperties: (argument, context) =>
    withCount(argument, context, (count) =>
      onObject((value, at, report) => {
        if (Object.keys(value).length > count) report(at, `must have at most ${count} fields`);
      }),
    ),
};

function onObject(check: (value: JsonObject, path: string, report: Report) => void): Check {
  return (value, path, report) => {
    if (isJsonObject(value)) check(value, path, report);
  };
}
