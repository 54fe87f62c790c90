import { readJson, type JsonLimits } from '#application/definitions/json-limits.ts';
import {
  compileSchema,
  type CompiledSchema,
} from '#application/definitions/json-schema/compile.ts';
import type { Check } from '#application/definitions/json-schema/check.ts';
import type { FieldProblem } from '#application/orchestration.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { parsePointer } from '#domain/definition/json-pointer.ts';
import type { Json, JsonObject } from '#domain/json.ts';

/** Where the input stands in a start request. */
const ROOT = 'inputParameters';
const MAX_PROBLEMS = 100;

/** Data, not names: long texts and odd field names are the services' concern. Depth is ours: we walk it recursively. */
const INPUT_LIMITS: JsonLimits = {
  depth: 64,
  values: 1_000_000,
  textLength: 16 * 1024 * 1024,
  protoFields: true,
};

const checks = new WeakMap<WorkflowDefinition, Check | null>();

/** Compiles the `inputSchema` of a definition that is to be saved; problems lie under `/inputSchema`. */
export function compileInputSchema(schema: Json): CompiledSchema {
  return compileSchema(schema, '/inputSchema');
}

/**
 * Checks the inputParameters of a start against the definition's inputSchema (SPEC 8), where it has one. The schema is compiled
 * once per definition object.
 * @returns what is wrong, `field` as for the other faults of a start request: `inputParameters.lines.0.sku`; at most 100
 */
export function inputProblems(
  definition: WorkflowDefinition,
  input: JsonObject,
): readonly FieldProblem[] {
  const json = readJson(input, INPUT_LIMITS);
  if (json.kind === 'refused') {
    return json.problems.map(({ path, message }) => ({ field: fieldAt(path), message }));
  }
  const problems: FieldProblem[] = [];
  checkOf(definition)?.(json.value, '', (path, message) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ field: fieldAt(path), message });
  });
  return problems;
}

/** null: any object will do. */
function checkOf(definition: WorkflowDefinition): Check | null {
  const known = checks.get(definition);
  if (known !== undefined) return known;
  const compiled =
    definition.inputSchema === null ? null : compileInputSchema(definition.inputSchema);
  if (compiled?.kind === 'invalid') {
    throw new Error(`definition ${definition.definitionId} was saved with a bad inputSchema`);
  }
  const check = compiled?.check ?? null;
  checks.set(definition, check);
  return check;
}

/** A JSON Pointer into the input as the dotted field names of requests. */
function fieldAt(path: string): string {
  return [ROOT, ...(parsePointer(path) ?? [])].join('.');
}
