import type { DefinitionCatalog } from '#application/definition-catalog.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import { evolve } from '#domain/workflow/evolve.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/**
 * The state after the events that follow on it.
 * @param state null: the log is read from its beginning
 * @returns null for an unknown workflow: no state, and no events
 * @throws DefinitionMissingError; Error for events that do not follow on the state
 */
export async function continueState(
  definitions: DefinitionCatalog,
  state: WorkflowState | null,
  events: readonly RecordedEvent[],
): Promise<WorkflowState | null> {
  const first = events[0];
  if (first === undefined) return state;
  const definition = state?.definition ?? (await definitions.ofLog(first));
  let next = state;
  for (const recorded of events) next = evolve(next, recorded, definition);
  return next;
}
