import type { Json } from '#domain/json.ts';
import type { StepState, WorkflowState } from '#domain/workflow/state.ts';

/** What a state and a step take in memory besides the data that they carry, about. */
const STATE_BYTES = 1500;
const STEP_BYTES = 500;
/** Of a value, a property and an element, beside its characters. */
const VALUE_BYTES = 16;

/** Data never changes, and most of it passes from state to state: each piece is measured once. */
const measured = new WeakMap<object, number>();

/**
 * About how many bytes a state takes, in memory or as JSON; the definition is not counted, for states share it. Cheap: a state that
 * follows another costs as much as its news.
 */
export function approximateBytes(state: WorkflowState): number {
  let bytes = STATE_BYTES + sizeOf(state.input) + sizeOf(state.metadata) + sizeOf(state.output);
  for (const step of state.steps.values()) bytes += stepBytes(step);
  return bytes;
}

function stepBytes({ output, inputData, error }: StepState): number {
  return STEP_BYTES + sizeOf(output) + sizeOf(inputData) + (error?.message.length ?? 0);
}

function sizeOf(value: Json): number {
  if (typeof value === 'string') return VALUE_BYTES + value.length;
  if (typeof value !== 'object' || value === null) return VALUE_BYTES;
  const known = measured.get(value);
  if (known !== undefined) return known;
  let bytes = VALUE_BYTES;
  for (const [key, part] of Object.entries(value)) bytes += key.length + sizeOf(part);
  measured.set(value, bytes);
  return bytes;
}
