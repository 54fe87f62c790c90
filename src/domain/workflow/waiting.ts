import type { Json } from '#domain/json.ts';
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
  return instantOf(until.value) ?? { problem: notATime(until.value) };
}

/** With its offset: a time without one would mean something else on every machine. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** epoch ms of an ISO 8601 time with its offset, or of a number that is that already; null: neither. */
function instantOf(value: Json): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : null;
  if (typeof value !== 'string' || !INSTANT.test(value)) return null;
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : time;
}

function notATime(value: Json): string {
  return `the time to wait for is no ISO 8601 time with its offset: ${JSON.stringify(value)}`;
}
