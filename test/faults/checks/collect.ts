import { createDefinitionCatalog } from '#application/definition-catalog.ts';
import type { DefinitionStore, WorkflowStore } from '#application/ports/workflow-store.ts';
import { evolve } from '#domain/workflow/evolve.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import { WORKFLOW_STATUSES } from '#domain/workflow/vocabulary.ts';
import type { WorkflowResponse } from '#api/schemas/workflow.ts';
import type { EngineApi } from '../../../scripts/processes/engine-api.ts';
import type { EngineProcesses } from '../../../scripts/processes/engine-processes.ts';
import type { Evidence, Start, Stored } from './evidence.ts';
import { completionOrder, undoableSteps } from './undo-order.ts';

const PAGE = 500;

/**
 * Looks at an engine from outside.
 * @param store a reader of the engine's store
 */
export async function collectEvidence(
  engine: EngineProcesses,
  store: WorkflowStore & DefinitionStore,
  starts: readonly Start[],
  healedAt: number | null,
): Promise<Evidence> {
  const stored = await readStore(store);
  const outcomes = [...stored].flatMap(([workflowId, workflow]) => {
    const status = workflow.states.at(-1)?.status;
    const compensable = undoableSteps(workflow);
    const order = completionOrder(workflow.log);
    return status === undefined ? [] : { workflowId, status, compensable, completionOrder: order };
  });
  const served = await engine.api.list();
  return {
    starts,
    served,
    servedById: await readEach(engine.api, served),
    stored,
    effects: await engine.simulator.effects(),
    ledger: await engine.simulator.check(outcomes),
    healedAt,
  };
}

async function readEach(
  api: EngineApi,
  listed: readonly WorkflowResponse[],
): Promise<readonly WorkflowResponse[]> {
  const served: WorkflowResponse[] = [];
  for (const { id } of listed) served.push(await api.get(id));
  return served;
}

async function readStore(
  store: WorkflowStore & DefinitionStore,
): Promise<ReadonlyMap<string, Stored>> {
  // names as they were saved: the workflows of this suite use no aliases
  const definitions = createDefinitionCatalog(store, { find: () => undefined });
  const stored = new Map<string, Stored>();
  let after: { createdAt: number; workflowId: string } | null = null;
  for (;;) {
    const heads = await store.list({ status: WORKFLOW_STATUSES }, after, PAGE);
    for (const head of heads) {
      const log = await store.readLog(head.workflowId, 0);
      const first = log[0];
      const states = first === undefined ? [] : statesOf(log, await definitions.ofLog(first));
      const moving = head.wakeAt !== null;
      stored.set(head.workflowId, { log, states, headVersion: head.version, moving });
    }
    const last = heads.at(-1);
    if (last === undefined || heads.length < PAGE) return stored;
    after = last;
  }
}

/** The states that a log leads through, up to its first gap. */
export function statesOf(
  log: readonly RecordedEvent[],
  definition: WorkflowState['definition'],
): readonly WorkflowState[] {
  const states: WorkflowState[] = [];
  for (const recorded of log) {
    if (recorded.version !== states.length + 1) break; // a gap: the check of the log tells of it
    states.push(evolve(states.at(-1) ?? null, recorded, definition));
  }
  return states;
}
