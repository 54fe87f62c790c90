import type { ServiceCatalogue } from '#domain/definition/validation/draft.ts';
import type { Json, JsonObject } from '#domain/json.ts';

export const CATALOGUE: ServiceCatalogue = new Map([
  ['stock', { operations: new Set(['reserve', 'release', 'read']) }],
  ['stock-alias', { operations: new Set(['reserve', 'release', 'read']) }],
  ['anything', { operations: null }],
]);

/** A sound authored step with what is given changed or added. */
export function authoredStep(stepId: string, changes: JsonObject = {}): JsonObject {
  return {
    stepId,
    serviceName: 'stock',
    operation: 'reserve',
    compensation: { strategy: 'NONE' },
    ...changes,
  };
}

/** A sound authored definition with these steps, and what is given changed or added. */
export function authored(steps: readonly Json[], changes: JsonObject = {}): JsonObject {
  return {
    definitionId: 'sample',
    version: 1,
    workflowType: 'PICKING',
    name: 'Sample',
    steps,
    ...changes,
  };
}
