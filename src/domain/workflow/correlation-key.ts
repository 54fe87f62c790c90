import type { EventStep } from '#domain/definition/event-steps.ts';
import { resolveMapping } from '#domain/definition/mapping.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import { mappingScope } from '#domain/workflow/scope.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/** What names a thing between systems travels in headers: printable ASCII, 1 to 200 characters. */
export const CORRELATION_KEY = /^[\x20-\x7e]{1,200}$/;

/**
 * The key of the event that a step waits for, once its call was answered. The same whenever it is asked for: what it may look at was
 * settled before the step.
 */
export function correlationKeyOf(
  { completion }: EventStep,
  state: WorkflowState,
  reply: JsonObject,
): { readonly key: string } | { readonly problem: string } {
  const resolved = resolveMapping(completion.correlationKey, mappingScope(state, reply));
  if (resolved.kind === 'missing') {
    const pointers = resolved.pointers.join(', ');
    return { problem: `no value and no default for the correlation key at ${pointers}` };
  }
  const key = textOf(resolved.value);
  if (key !== null && CORRELATION_KEY.test(key)) return { key };
  const form = 'must be 1 to 200 printable ASCII characters, or a whole number';
  return { problem: `the correlation key of event ${completion.event} ${form}` };
}

/** As keys of events are read: a text, or a whole number that a double holds. */
function textOf(value: Json): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  return typeof value === 'string' ? value : null;
}
