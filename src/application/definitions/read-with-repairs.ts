import type { z } from 'zod';
import { formatPointer } from '#domain/definition/json-pointer.ts';
import type { Problem } from '#domain/definition/validation/problem.ts';
import type { JsonObject } from '#domain/json.ts';

type Issue = z.core.$ZodIssue;

/**
 * Reads authored JSON by a schema and tells every fault. Where there are any, the fields at fault are left out, or replaced by
 * those of `repairs`, and it is read again: so the rest can still be checked for its meaning.
 * @returns value null: not even the repaired JSON can be read
 */
export function readWithRepairs<T>(
  schema: z.ZodType<T>,
  authored: JsonObject,
  path: string,
  repairs: JsonObject,
): { readonly value: T | null; readonly problems: readonly Problem[] } {
  const parsed = schema.safeParse(authored, { error: explain });
  if (parsed.success) return { value: parsed.data, problems: [] };
  const problems = parsed.error.issues.flatMap((issue) => toProblems(issue, path));
  const again = schema.safeParse(repaired(authored, parsed.error.issues, repairs));
  return { value: again.success ? again.data : null, problems };
}

function repaired(authored: JsonObject, issues: readonly Issue[], repairs: JsonObject): JsonObject {
  const faulty = new Set(
    issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' && issue.path.length === 0
        ? issue.keys
        : issue.path.slice(0, 1).map(String),
    ),
  );
  const sound = Object.entries(authored).filter(([field]) => !faulty.has(field));
  const replaced = Object.entries(repairs).filter(([field]) => faulty.has(field));
  return Object.fromEntries([...sound, ...replaced]);
}

/** Messages that read on from a field's name, and do not speak of `undefined`, which JSON does not have. */
function explain(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined) return 'is required';
  if (issue.code === 'invalid_type') {
    return `must be of type ${issue.expected === 'int' ? 'integer' : issue.expected}`;
  }
  if (issue.code === 'invalid_value') return oneOf(issue.values);
  if (issue.code === 'invalid_union' && Array.isArray(issue.options)) return oneOf(issue.options);
  return undefined;
}

function oneOf(values: readonly z.core.util.Primitive[]): string {
  return `must be ${values.length > 1 ? 'one of ' : ''}${values.map(String).join(', ')}`;
}

function toProblems(issue: Issue, base: string): readonly Problem[] {
  const path = base + formatPointer(issue.path.map(String));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: path + formatPointer([key]),
      message: 'unknown field',
    }));
  }
  if (issue.code === 'invalid_union') {
    const fitting = issue.errors.filter((branch) => !rejectsType(branch));
    const [only, ...others] = fitting;
    if (only && others.length === 0) return only.flatMap((inner) => toProblems(inner, path));
  }
  return [{ path, message: issue.message }];
}

/** Was an alternative not even of the value's type? Then its complaints are of no use to the author. */
function rejectsType(branch: readonly Issue[]): boolean {
  return branch.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0);
}
