import type { Json } from '#domain/json.ts';
import type { WaitStep } from '#domain/definition/definition.ts';
import { instantOf } from '#domain/definition/instant.ts';
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
  return instantOf(until.value) ?? { problem: notATime(until.value) };
}

function notATime(value: Json): string {
  return `the time to wait for is no ISO 8601 time with its offset: ${JSON.stringify(value)}`;
}
