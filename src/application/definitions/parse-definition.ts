import type { FieldProblem } from '#application/orchestration.ts';
import { headerSchema } from '#application/definitions/definition-schema.ts';
import { compileInputSchema } from '#application/definitions/input-schema.ts';
import { readJson, type JsonLimits } from '#application/definitions/json-limits.ts';
import { readStep } from '#application/definitions/read-step.ts';
import { readWithRepairs } from '#application/definitions/read-with-repairs.ts';
import { isJsonArray } from '#domain/definition/json-array.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import type { ServiceCatalogue } from '#domain/definition/validation/draft.ts';
import { MAX_STEPS, stepCountProblems } from '#domain/definition/validation/graph-rules.ts';
import type { Problem } from '#domain/definition/validation/problem.ts';
import { definitionProblems } from '#domain/definition/validation/validate.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';

export type ParsedDefinition =
  | {
      readonly kind: 'ok';
      readonly definition: WorkflowDefinition;
      /** What was authored, unchanged: this is what is stored. */
      readonly source: JsonObject;
    }
  /** `field` is a JSON Pointer into the authored JSON, e.g. `/steps/3/input/sku`; '' for the whole. */
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] };

/** Far above what 200 steps need. Names and literals are short texts; a field `__proto__` is no field of anything. */
const SOURCE_LIMITS: JsonLimits = {
  depth: 64,
  values: 50_000,
  textLength: 16_384,
  protoFields: false,
};

/** A hopeless source need not be answered by a megabyte. */
const MAX_PROBLEMS = 500;

/**
 * Reads an authored definition (SPEC 8): untrusted JSON of any shape and size.
 * @param catalogue the services and operations that steps may call; null: any, for what was accepted once and is read again
 * @returns the definition with every default filled in, or all that is wrong with it
 */
export function parseDefinition(
  source: unknown,
  catalogue: ServiceCatalogue | null,
): ParsedDefinition {
  const json = readJson(source, SOURCE_LIMITS);
  if (json.kind === 'refused') return invalid([...tooManySteps(source), ...json.problems]);
  if (!isJsonObject(json.value)) return invalid([{ path: '', message: 'must be an object' }]);
  return parseObject(json.value, catalogue);
}

function parseObject(source: JsonObject, catalogue: ServiceCatalogue | null): ParsedDefinition {
  const header = readWithRepairs(headerSchema, source, '', HEADER_REPAIRS);
  const authoredSteps = stepsIn(source);
  const steps = authoredSteps.map((step, index) => readStep(step, `/steps/${index}`));
  const unreadable = [...header.problems, ...steps.flatMap((step) => step.problems)];
  if (header.value === null) return invalid(unreadable);

  const { inputSchema, ...rest } = header.value;
  const drafts = steps.map((step) => step.draft);
  const draft = { header: rest, steps: drafts, output: rest.output };
  const faulty = new Set(unreadable.map(({ path }) => path));
  const meaningless = [
    ...inputSchemaProblems(inputSchema),
    ...definitionProblems(draft, catalogue),
  ].filter(({ path }) => !isWithinAny(path, faulty));
  const problems = [...unreadable, ...meaningless];
  if (problems.length > 0) return invalid(problems);
  const definition = {
    ...header.value,
    steps: drafts.flatMap(({ step }) => (step === null ? [] : [step])),
  };
  return { kind: 'ok', definition, source };
}

/** Stand-ins for faulty fields that have no default; whatever is said about them later is not passed on. */
const HEADER_REPAIRS: JsonObject = {
  definitionId: '',
  version: 1,
  workflowType: 'ORDER_FULFILLMENT',
  name: '',
  steps: [],
};

function stepsIn({ steps }: JsonObject): readonly Json[] {
  return isJsonArray(steps) ? steps : [];
}

/** Said even of a source too large to be read: it is the likeliest reason. */
function tooManySteps(source: unknown): readonly Problem[] {
  const steps = isJsonObject(source) ? source['steps'] : undefined;
  return Array.isArray(steps) && steps.length > MAX_STEPS ? stepCountProblems(steps.length) : [];
}

function inputSchemaProblems(schema: Json): readonly Problem[] {
  if (schema === null) return [];
  const compiled = compileInputSchema(schema);
  return compiled.kind === 'ok' ? [] : compiled.problems;
}

/** Does a path lie in a part that could not be read? What is there was not authored, but put in its place. */
function isWithinAny(path: string, faulty: ReadonlySet<string>): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (faulty.has(path.slice(0, end))) return true;
  }
  return false;
}

function invalid(problems: readonly Problem[]): ParsedDefinition {
  const shown = problems
    .slice(0, MAX_PROBLEMS)
    .map(({ path, message }) => ({ field: path, message }));
  const hidden = problems.length - shown.length;
  if (hidden > 0) shown.push({ field: '', message: `and ${hidden} more problems` });
  return { kind: 'invalid', problems: shown };
}
