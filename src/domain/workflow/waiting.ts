import type { WaitStep } from '#domain/definition/definition.ts';
import { resolveMapping } from '#domain/definition/mapping.ts';
import { mappingScope } from '#domain/workflow/scope.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/**
 * When a wait that begins now is over.
 * @returns epoch ms, or what is wrong with the time that the definition points to
 */
export function waitIsOverAt(
  step: WaitStep,
  state: WorkflowState,
  at: number,
): number | { readonly problem: string } {
  if ('durationMs' in step.wait) return at + step.wait.durationMs;
  const until = resolveMapping(step.wait.until, mappingScope(state));
  if (until.kind === 'missing') {
    return { problem: `the time to wait for is missing: ${until.pointers.join(', ')}` };
  }
  const time = typeof until.value === 'string' ? Date.parse(until.value) : until.value;
  if (typeof time !== 'number' || !Number.isFinite(time)) {
    return { problem: `the time to wait for is no ISO 8601 time: ${JSON.stringify(until.value)}` };
  }
  return time;
}
