import type { Json } from '#domain/json.ts';
import type { StepState, WorkflowState } from '#domain/workflow/state.ts';

/** What a state and a step take in memory besides the data that they carry, about. */
const STATE_BYTES = 1500;
const STEP_BYTES = 500;
/** Of a value, a property and an element, beside its characters. */
const VALUE_BYTES = 16;

/**
 * About how many bytes a state takes, in memory or as JSON; the definition is not counted, for states share it.
 */
export function approximateBytes(state: WorkflowState): number {
  let bytes = STATE_BYTES + sizeOf(state.input) + sizeOf(state.metadata) + sizeOf(state.output);
  for (const step of state.steps.values()) bytes += stepBytes(step);
  return bytes;
}

/**
 * How many bytes more than an earlier state of the same workflow. Costs as much as its news: data never changes, and most of it
 * passes from state to state.
 */
export function bytesGained(earlier: WorkflowState, state: WorkflowState): number {
  let bytes = gained(earlier.input, state.input);
  bytes += gained(earlier.metadata, state.metadata) + gained(earlier.output, state.output);
  for (const [stepId, step] of state.steps) {
    const before = earlier.steps.get(stepId);
    if (before !== step) bytes += before === undefined ? stepBytes(step) : stepGained(before, step);
  }
  return bytes;
}

function stepGained(before: StepState, step: StepState): number {
  const data = gained(before.output, step.output) + gained(before.inputData, step.inputData);
  return data + errorBytes(step) - errorBytes(before);
}

function gained(before: Json, value: Json): number {
  return before === value ? 0 : sizeOf(value) - sizeOf(before);
}

function stepBytes(step: StepState): number {
  return STEP_BYTES + sizeOf(step.output) + sizeOf(step.inputData) + errorBytes(step);
}

function errorBytes({ error }: StepState): number {
  return error?.message.length ?? 0;
}

function sizeOf(value: Json): number {
  if (typeof value === 'string') return VALUE_BYTES + value.length;
  if (typeof value !== 'object' || value === null) return VALUE_BYTES;
  let bytes = VALUE_BYTES;
  for (const [key, part] of Object.entries(value)) bytes += key.length + sizeOf(part);
  return bytes;
}
