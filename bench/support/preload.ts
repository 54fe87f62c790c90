import { ANY_SERVICE } from '#application/definition-catalog.ts';
import { parseDefinition } from '#application/definitions/parse-definition.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import { headOf } from '#application/workflow-head.ts';
import { FIVE_STEPS } from '#bench/support/bench-engine.ts';
import { decide, decideCreation } from '#domain/workflow/decide.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';

/** Appends under way at a time: enough for group commit to pay. */
const AT_ONCE = 500;

/** Fills the store with workflows that are done: real logs, as the domain decides them. */
export async function preload(store: WorkflowStore, count: number): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const size = Math.min(AT_ONCE, count - from);
    await Promise.all(Array.from({ length: size }, (_, i) => store.append(finished(from + i))));
  }
}

function finished(index: number) {
  const parsed = parseDefinition(FIVE_STEPS, ANY_SERVICE);
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.problems));
  const at = Date.now() - 86_400_000 + index;
  const creation = {
    definitionId: FIVE_STEPS.definitionId,
    definitionVersion: 1,
    workflowName: 'bench',
    workflowType: 'PICKING',
    priority: 'NORMAL',
    triggeredBy: 'bench',
    correlationId: `order-${index}`,
    input: { orderId: `old-${index}` },
    waveless: false,
    maxRetries: 3,
    timeoutMs: 300_000,
    callbackUrl: null,
    metadata: {},
  } as const;
  const created = decideCreation(parsed.definition, `preloaded-${index}`, creation, at);
  let { state } = created;
  const events: RecordedEvent[] = [...created.events];
  for (const { stepId } of parsed.definition.steps) {
    const report = {
      type: 'reportStepSuccess',
      stepId,
      output: { ok: true },
      startedAt: at,
    } as const;
    const decision = decide(state, report, at);
    if (decision.kind === 'illegal') throw new Error(decision.message);
    events.push(...decision.events);
    state = decision.state;
  }
  return { expectedVersion: 0, events, head: headOf(state, 10_000) };
}
