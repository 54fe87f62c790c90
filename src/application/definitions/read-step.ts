import {
  anyStepSchema,
  callStepSchema,
  waitStepSchema,
} from '#application/definitions/definition-schema.ts';
import { readWithRepairs } from '#application/definitions/read-with-repairs.ts';
import type { StepDefinition } from '#domain/definition/definition.ts';
import type { StepDraft } from '#domain/definition/validation/draft.ts';
import type { Problem } from '#domain/definition/validation/problem.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';

/** The fields of which each makes a step one of another kind than a call (SPEC 8). */
const KIND_FIELDS = ['wait', 'child', 'approval', 'forEach'] as const;

export type ReadStep = { readonly draft: StepDraft; readonly problems: readonly Problem[] };

/** Reads one authored step as far as it can be read. */
export function readStep(authored: Json, path: string): ReadStep {
  if (!isJsonObject(authored)) {
    const problems = [{ path, message: 'must be an object' }];
    return { draft: { stepId: null, dependencies: [], step: null }, problems };
  }
  const { step, problems } = readByKind(authored, path);
  const { stepId } = authored;
  const draft = {
    stepId: typeof stepId === 'string' ? stepId : null,
    dependencies: dependenciesIn(authored),
    step,
  };
  return { draft, problems };
}

function readByKind(
  authored: JsonObject,
  path: string,
): { readonly step: StepDefinition | null; readonly problems: readonly Problem[] } {
  const repairs = repairsFor(authored);
  const kinds = KIND_FIELDS.filter((field) => Object.hasOwn(authored, field));
  const [kind, ...others] = kinds;
  if (kind === undefined) {
    const { value, problems } = readWithRepairs(callStepSchema, authored, path, repairs);
    return { step: value, problems };
  }
  if (kind === 'wait' && others.length === 0) {
    const { value, problems } = readWithRepairs(waitStepSchema, authored, path, repairs);
    return { step: value, problems };
  }
  const { problems } = readWithRepairs(anyStepSchema, authored, path, repairs);
  const refusals =
    others.length > 0 ? [severalKinds(kinds, path)] : kindProblems(kind, authored, path);
  return { step: null, problems: [...problems, ...refusals] };
}

function kindProblems(kind: string, authored: JsonObject, path: string): readonly Problem[] {
  const at = `${path}/${kind}`;
  const problems = [{ path: at, message: `${kind} steps are not available yet` }];
  if (!isJsonObject(authored[kind])) problems.push({ path: at, message: 'must be an object' });
  return problems;
}

function severalKinds(kinds: readonly string[], path: string): Problem {
  return { path, message: `must be of one kind, has ${kinds.join(' and ')}` };
}

/** Stand-ins for faulty fields that have no default; whatever is said about them later is not passed on. */
function repairsFor(authored: JsonObject): JsonObject {
  return {
    stepId: '',
    serviceName: '',
    operation: '',
    compensation: { strategy: 'NONE' },
    wait: { durationMs: 1 },
    dependencies: dependenciesIn(authored),
  };
}

function dependenciesIn({ dependencies }: JsonObject): readonly string[] {
  if (!Array.isArray(dependencies)) return [];
  return dependencies.filter((id: Json) => typeof id === 'string');
}
