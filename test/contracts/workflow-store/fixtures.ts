import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import type {
  Commit,
  DefinitionStore,
  IdempotencyRecord,
  WorkflowHead,
  WorkflowStore,
} from '#application/ports/workflow-store.ts';
import type { JsonObject } from '#domain/json.ts';
import type { WorkflowEvent } from '#domain/workflow/events.ts';

export type Store = WorkflowStore & DefinitionStore;
export type OpenStore = (t: ExecutionContext) => Promise<Store>;

/** When all fixtures happen, epoch ms. */
export const NOW = 1_750_000_000_000;

/** The birth of a workflow: version 1, and as much of its head as a test cares for. */
export function creation(
  overrides: Partial<WorkflowHead> & { input?: JsonObject } = {},
): Commit & { readonly head: WorkflowHead } {
  const { input = {}, ...given } = overrides;
  const head: WorkflowHead = {
    workflowId: randomUUID(),
    version: 1,
    status: 'PENDING',
    workflowType: 'ORDER_FULFILLMENT',
    priority: 'NORMAL',
    correlationId: null,
    definitionId: 'order-fulfillment',
    definitionVersion: 1,
    createdAt: NOW,
    updatedAt: NOW,
    startedAt: null,
    completedAt: null,
    wakeAt: null,
    lane: null,
    cutOffAt: null,
    ...given,
  };
  const { workflowId, definitionId, definitionVersion, workflowType, priority, correlationId } =
    head;
  const event: WorkflowEvent = {
    type: 'WorkflowCreated',
    definitionId,
    definitionVersion,
    workflowName: 'A workflow',
    workflowType,
    priority,
    triggeredBy: 'test',
    correlationId,
    input,
    waveless: false,
    maxRetries: 3,
    timeoutMs: 300_000,
    callbackUrl: null,
    metadata: {},
  };
  return {
    expectedVersion: 0,
    events: [{ workflowId, version: 1, occurredAt: head.createdAt, event }],
    head,
  };
}

/** What follows on a head: by default one event that changes nothing else. */
export function continuation(
  head: WorkflowHead,
  changes: Partial<WorkflowHead> = {},
  events: readonly WorkflowEvent[] = [paused('a reason')],
): Commit {
  const { workflowId, version, updatedAt } = head;
  return {
    expectedVersion: version,
    events: events.map((event, index) => ({
      workflowId,
      version: version + index + 1,
      occurredAt: updatedAt + index + 1,
      event,
    })),
    head: { ...head, updatedAt: updatedAt + 1, ...changes, version: version + events.length },
  };
}

export function paused(reason: string): WorkflowEvent {
  return { type: 'WorkflowPaused', reason, pausedBy: 'ops', currentStepId: null };
}

/** A creation that is to be remembered under a key. */
export function remembered(
  key: string,
  overrides: Partial<IdempotencyRecord> & { at?: number } = {},
): Commit & { readonly idempotency: IdempotencyRecord } {
  const { at = NOW, ...given } = overrides;
  const commit = creation({ createdAt: at, updatedAt: at });
  const { workflowId } = commit.head;
  const idempotency: IdempotencyRecord = {
    key,
    fingerprint: 'digest',
    workflowId,
    response: { id: workflowId, steps: [] },
    expiresAt: at + 1000,
    ...given,
  };
  return { ...commit, idempotency };
}

/** Appends what must be committed; gives the head. */
export async function committed(
  t: ExecutionContext,
  store: WorkflowStore,
  commit: Commit,
): Promise<WorkflowHead> {
  t.deepEqual(await store.append(commit), { kind: 'committed' });
  return commit.head;
}

/** The head as the store has it. */
export async function storedHead(
  store: WorkflowStore,
  workflowId: string,
): Promise<WorkflowHead | undefined> {
  const heads = await store.list({}, null, 10_000);
  return heads.find((head) => head.workflowId === workflowId);
}
