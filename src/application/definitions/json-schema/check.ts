import type { Problem } from '#domain/definition/validation/problem.ts';
import type { Json, JsonObject } from '#domain/json.ts';

/** Tells what is wrong with a value; `path` is a JSON Pointer to the place. */
export type Report = (path: string, message: string) => void;

/** One compiled demand on a value. A check says nothing about values of a type that it is not about. */
export type Check = (value: Json, path: string, report: Report) => void;

/** What a keyword can use while it is compiled. */
export type KeywordContext = {
  /** Where the keyword stands in the schema. */
  readonly path: string;
  /** The schema that the keyword stands in. */
  readonly schema: JsonObject;
  /** Compiles a schema within this one. */
  readonly compile: (schema: Json, path: string) => Check;
  /** Refuses the schema. @returns the check that demands nothing */
  readonly refuse: (message: string) => Check;
};

/** Compiles one keyword: its argument to a check, or a refusal. */
export type Keyword = (argument: Json, context: KeywordContext) => Check;

export const NO_DEMAND: Check = () => undefined;

/** Does a value satisfy a check? For keywords that try alternatives. */
export function satisfies(check: Check, value: Json): boolean {
  const problems: Problem[] = [];
  check(value, '', (path, message) => problems.push({ path, message }));
  return problems.length === 0;
}
