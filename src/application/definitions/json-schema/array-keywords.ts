import { canonicalJson } from '#application/definitions/canonical-json.ts';
import { withCount } from '#application/definitions/json-schema/arguments.ts';
import {
  NO_DEMAND,
  type Check,
  type Keyword,
  type Report,
} from '#application/definitions/json-schema/check.ts';
import type { Json } from '#domain/json.ts';

/** Keywords about arrays. */
export const ARRAY_KEYWORDS: Readonly<Record<string, Keyword>> = {
  items: (argument, { path, compile }) => {
    const check = compile(argument, path);
    return onArray((value, at, report) => {
      for (const [index, item] of value.entries()) check(item, `${at}/${index}`, report);
    });
  },

  minItems: (argument, context) =>
    withCount(argument, context, (count) =>
      onArray((value, at, report) => {
        if (value.length < count) report(at, `must have at least ${count} items`);
      }),
    ),

  maxItems: (argument, context) =>
    withCount(argument, context, (count) =>
      onArray((value, at, report) => {
        if (value.length > count) report(at, `must have at most ${count} items`);
      }),
    ),

  uniqueItems: (argument, { refuse }) => {
    if (typeof argument !== 'boolean') return refuse('must be true or false');
    return argument ? onArray(reportRepeated) : NO_DEMAND;
  },
};

function reportRepeated(items: readonly Json[], path: string, report: Report): void {
  const places = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const text = canonicalJson(item);
    const first = places.get(text);
    if (first === undefined) places.set(text, index);
    else report(`${path}/${index}`, `must not repeat item ${first}`);
  }
}

function onArray(check: (value: readonly Json[], path: string, report: Report) => void): Check {
  return (value, path, report) => {
    if (Array.isArray(value)) check(value, path, report);
  };
}
