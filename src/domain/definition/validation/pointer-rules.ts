import type { Mapping } from '#domain/definition/definition.ts';
import { formatPointer, parsePointer } from '#domain/definition/json-pointer.ts';
import { isReference } from '#domain/definition/mapping.ts';
import { quoted, type Problem } from '#domain/definition/validation/problem.ts';
import { isJsonObject, type JsonObject } from '#domain/json.ts';

/** What pointers may look at in the place where they stand. */
export type PointerRules = {
  /** May the output of this step be read here? @returns why not; null: it may */
  readonly stepProblem: (stepId: string) => string | null;
  /** Is there an answer that was just received? */
  readonly reply: boolean;
};

/** Everything wrong with the references of a template. */
export function mappingProblems(
  template: Mapping,
  path: string,
  rules: PointerRules,
): readonly Problem[] {
  if (typeof template !== 'object' || template === null) return [];
  if (isJsonObject(template) && isReference(template)) {
    return referenceProblems(template, path, rules);
  }
  return Object.entries<Mapping>(template).flatMap(([key, part]) =>
    mappingProblems(part, path + formatPointer([key]), rules),
  );
}

/** The place itself must not be a reference: a step's input and a workflow's output are objects of named fields. */
export function fieldsProblems(
  template: JsonObject,
  path: string,
  rules: PointerRules,
): readonly Problem[] {
  if (!isReference(template)) return mappingProblems(template, path, rules);
  return [{ path: `${path}/$from`, message: 'must stand in a named field, not in place of all' }];
}

function referenceProblems(
  reference: JsonObject,
  path: string,
  rules: PointerRules,
): readonly Problem[] {
  const strangers = Object.keys(reference).filter((key) => key !== '$from' && key !== '$default');
  const problems: Problem[] = strangers.map((key) => ({
    path: path + formatPointer([key]),
    message: 'must not stand beside $from, only $default may',
  }));
  const fallback = reference['$default'];
  if (fallback !== undefined && holdsReference(fallback)) {
    problems.push({ path: `${path}/$default`, message: 'must be a literal, without $from' });
  }
  const pointer = reference['$from'];
  const message =
    typeof pointer === 'string' ? pointerProblem(pointer, rules) : 'must be a JSON Pointer';
  if (message !== null) problems.push({ path: `${path}/$from`, message });
  return problems;
}

function holdsReference(value: Mapping): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isJsonObject(value) && isReference(value)) return true;
  return Object.values<Mapping>(value).some(holdsReference);
}

function pointerProblem(pointer: string, rules: PointerRules): string | null {
  const tokens = parsePointer(pointer);
  if (tokens === null) return `${quoted(pointer)} is not a JSON Pointer (RFC 6901)`;
  // Nothing that is looked up has such a field, so this is a mistake or an attempt at one.
  if (tokens.includes('__proto__')) return `${quoted(pointer)} must not go through __proto__`;
  const [root, stepId, part] = tokens;
  switch (root) {
    case 'input':
    case 'context':
      return null;
    case 'reply':
      return rules.reply
        ? null
        : '/reply can be looked at in failWhen and completion.correlationKey only';
    case 'steps':
      if (stepId === undefined || part !== 'output') {
        return `${quoted(pointer)} must have the form /steps/<stepId>/output`;
      }
      return rules.stepProblem(stepId);
    default:
      return `${quoted(pointer)} must begin with /input, /steps/<stepId>/output, /context or /reply`;
  }
}
