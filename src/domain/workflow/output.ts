import type { Json, JsonObject } from '#domain/json.ts';
import { resolveMapping } from '#domain/definition/mapping.ts';
import { mappingScope } from '#domain/workflow/scope.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/**
 * The output parameters of a workflow that has done all its steps. A field whose source is not there (a skipped step's answer)
 * is left out: the work is done, and no mapping may turn that into a failure.
 */
export function workflowOutput(state: WorkflowState): JsonObject {
  const scope = mappingScope(state);
  const fields: [string, Json][] = [];
  for (const [name, template] of Object.entries(state.definition.output)) {
    const resolved = resolveMapping(template, scope);
    if (resolved.kind === 'value') fields.push([name, resolved.value]);
  }
  return Object.fromEntries(fields);
}
