import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import type { EngineStore } from '#application/ports/engine-store.ts';
import type { WorkflowHead } from '#application/ports/workflow-store.ts';
import { beginRelayTerm, type RelayParts, type RelayTerm } from '#application/relay/relay-term.ts';
import type { RecordedEvent, WorkflowEvent } from '#domain/workflow/events.ts';
import { evolve } from '#domain/workflow/evolve.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import { continuation, creation, NOW } from '#test/contracts/workflow-store/fixtures.ts';
import { fakeEventBus, type FakeEventBus } from '#test/support/fake-event-bus.ts';
import { FAKE_DEFINITION } from '#test/support/fake-workflow.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';

export const TOPIC = 'orchestration.workflow.events';
export const DEAD = 'orchestration.dead-letters';

/** A relay on a store in memory and a fake bus. */
export function relayOn(store: EngineStore = createMemoryStore()) {
  const bus = fakeEventBus();
  const logger = recordingLogger();
  const parts: RelayParts = {
    store,
    bus,
    logger,
    workflows: { loadMany: (ids) => loadMany(store, ids) },
    clock: { now: () => NOW + 60_000 },
    outgoing: { topic: TOPIC, format: 'structured' },
    deadLetterTopic: DEAD,
  };
  return { store, bus, logger, parts, begin: () => beginRelayTerm(parts) };
}

/** A workflow that is created and started: one internal event, one that is published. */
export async function startedWorkflow(store: EngineStore): Promise<WorkflowHead> {
  const born = creation();
  await store.append(born);
  const started: WorkflowEvent = { type: 'WorkflowStarted', deadlineAt: NOW + 300_000 };
  return await happen(store, born.head, [started]);
}

/** Appends events; gives the head after them. */
export async function happen(
  store: EngineStore,
  head: WorkflowHead,
  events: readonly WorkflowEvent[],
): Promise<WorkflowHead> {
  const commit = continuation(head, {}, events);
  const { kind } = await store.append(commit);
  if (kind !== 'committed') throw new Error(kind);
  return commit.head;
}

/** States folded from the logs, on the fake's definition. */
export async function loadMany(
  store: EngineStore,
  ids: readonly string[],
): Promise<ReadonlyMap<string, WorkflowState>> {
  const states = new Map<string, WorkflowState>();
  for (const [id, log] of await store.readLogs(ids)) {
    const state = fold(log);
    if (state !== null) states.set(id, state);
  }
  return states;
}

function fold(log: readonly RecordedEvent[]): WorkflowState | null {
  let state: WorkflowState | null = null;
  for (const recorded of log) state = evolve(state, recorded, FAKE_DEFINITION);
  return state;
}

/** Publishes until nothing is left, whatever the bus does meanwhile. */
export async function publishRest(term: RelayTerm): Promise<void> {
  for (let idle = false; !idle;) {
    idle = (await term.publishNext().catch(() => 'again')) === 'idle';
  }
}

/**
 * What was sent of a workflow, each event where it came first, and what its log says should have been: all but its creation, which is
 * internal.
 */
export function firstOccurrences(
  { sent }: FakeEventBus,
  { workflowId, version }: WorkflowHead,
): { readonly sent: readonly string[]; readonly log: readonly string[] } {
  const ids: string[] = sent.map(({ value }) => JSON.parse(String(value)).id);
  return {
    sent: [...new Set(ids.filter((id) => id.startsWith(workflowId)))],
    log: Array.from({ length: version - 1 }, (_, n) => `${workflowId}.${n + 2}`),
  };
}
