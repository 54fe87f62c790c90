import type { Problem } from '#domain/definition/validation/problem.ts';

/** Step ids are parts of job ids (`a.1.b`), idempotency keys (`a:b:do`) and pointers, so none of their separators is allowed. */
const STEP_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** No `@`: it parts the id from the version. */
const DEFINITION_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const MAX_NAME_LENGTH = 200;

/** A step id: letters, digits, `-` and `_`, at most 64. */
export function idProblems(stepId: string, path: string): readonly Problem[] {
  return STEP_ID.test(stepId) ? [] : [{ path, message: `must match ${STEP_ID.source}` }];
}

/** A definition id: letters, digits, `.`, `-` and `_`, at most 128. */
export function definitionIdProblems(definitionId: string, path: string): readonly Problem[] {
  return DEFINITION_ID.test(definitionId)
    ? []
    : [{ path, message: `must match ${DEFINITION_ID.source}` }];
}

/** A name for people: not blank, at most 200 characters. */
export function nameProblems(name: string, path: string): readonly Problem[] {
  if (name.trim() !== '' && name.length <= MAX_NAME_LENGTH) return [];
  return [{ path, message: `must be 1 to ${MAX_NAME_LENGTH} characters, not only blanks` }];
}
