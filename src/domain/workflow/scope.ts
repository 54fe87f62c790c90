import type { Scope } from '#domain/definition/mapping.ts';
import type { JsonObject } from '#domain/json.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/**
 * What mappings and conditions of a workflow may look at (SPEC 8): `/input`, `/steps/<id>/output`, `/context` and, where an
 * answer was just received, `/reply`.
 */
export function mappingScope(state: WorkflowState, reply?: JsonObject): Scope {
  const steps: Record<string, { readonly output: JsonObject }> = {};
  for (const [stepId, step] of state.steps) {
    // one that was skipped after its call was answered has no output either: only its own undo still sees it
    if (step.output !== null && step.status !== 'SKIPPED') steps[stepId] = { output: step.output };
  }
  const scope = { input: state.input, steps, context: contextOf(state) };
  return reply === undefined ? scope : { ...scope, reply };
}

/** What is known of a workflow before any of its steps has run. */
export function startScope(state: WorkflowState): Scope {
  return { input: state.input, context: contextOf(state) };
}

function contextOf(state: WorkflowState): JsonObject {
  return {
    workflowId: state.workflowId,
    workflowName: state.workflowName,
    workflowType: state.workflowType,
    definitionId: state.definitionId,
    definitionVersion: state.definitionVersion,
    priority: state.priority,
    correlationId: state.correlationId,
    triggeredBy: state.triggeredBy,
    waveless: state.waveless,
    metadata: state.metadata,
  };
}
