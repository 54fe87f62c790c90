import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import type { JsonObject } from '#domain/json.ts';

/** A definition as its author would write it (SPEC 8), every default spelt out. */
export function authoredOf(definition: WorkflowDefinition): JsonObject {
  const steps = definition.steps.map(({ kind: _, ...step }) => step);
  const authored: JsonObject = JSON.parse(JSON.stringify({ ...definition, steps }));
  return authored;
}
