import {
  NO_DEMAND,
  type Check,
  type Keyword,
  type KeywordContext,
} from '#application/definitions/json-schema/check.ts';
import { ANNOTATIONS, KEYWORDS } from '#application/definitions/json-schema/keywords.ts';
import { formatPointer } from '#domain/definition/json-pointer.ts';
import type { Problem } from '#domain/definition/validation/problem.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';

export type CompiledSchema =
  | { readonly kind: 'ok'; readonly check: Check }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/**
 * Compiles a JSON Schema (draft 2020-12) of the subset in `keywords.ts`. What is outside of it is refused and never ignored: a
 * demand that is not enforced is worse than one that can't be made. Not in the subset, on purpose, is what can make the time of a
 * check grow faster than value and schema do: `$ref` (exponential by doubling) and regular expressions but the plainest.
 * @param path where the schema stands, for its problems
 */
export function compileSchema(schema: Json, path: string): CompiledSchema {
  const problems: Problem[] = [];
  const refuse = (at: string, message: string): Check => {
    problems.push({ path: at, message });
    return NO_DEMAND;
  };

  function compile(inner: Json, at: string): Check {
    if (inner === true) return NO_DEMAND;
    if (inner === false) return (_, place, report) => report(place, 'is not allowed');
    if (!isJsonObject(inner)) return refuse(at, 'must be a schema: an object, true or false');
    const checks = Object.keys(inner).map((name) => compileKeyword(name, inner, at));
    return (value, place, report) => {
      for (const check of checks) check(value, place, report);
    };
  }

  function compileKeyword(name: string, inner: JsonObject, at: string): Check {
    if (ANNOTATIONS.has(name)) return NO_DEMAND;
    const place = at + formatPointer([name]);
    const keyword: Keyword | undefined = KEYWORDS.get(name);
    if (!keyword) return refuse(place, 'this keyword is not supported');
    const context: KeywordContext = {
      path: place,
      schema: inner,
      compile,
      refuse: (message) => refuse(place, message),
    };
    return keyword(inner[name] ?? null, context);
  }

  const check = compile(schema, path);
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'ok', check };
}
