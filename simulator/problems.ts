import type { z } from 'zod';

/** What is wrong with a configuration or a request body, and where. */
export type Problem = { readonly path: string; readonly message: string };

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Validates untrusted data, with all problems at once. */
export function parseWith<S extends z.ZodType>(schema: S, data: unknown): Parsed<z.output<S>> {
  const result = schema.safeParse(data);
  if (result.success) return { ok: true, value: result.data };
  const problems = result.error.issues.map((issue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.message,
  }));
  return { ok: false, problems };
}

/** The simulator was given something that it can't use. */
class InvalidInputError extends Error {
  readonly code = 'INVALID_INPUT';
  readonly retryable = false;
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${path || 'input'}: ${message}`).join('; '));
    this.name = 'InvalidInputError';
    this.problems = problems;
  }
}

/** As `parseWith`, for callers within the process. @throws InvalidInputError */
export function parseOrThrow<S extends z.ZodType>(schema: S, data: unknown): z.output<S> {
  const parsed = parseWith(schema, data);
  if (!parsed.ok) throw new InvalidInputError(parsed.problems);
  return parsed.value;
}
