import { chainsOf } from '#application/dispatch.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { JobQueue } from '#application/ports/job-queue.ts';
import type { Logger } from '#application/ports/logger.ts';
import type {
  AppendResult,
  IdempotencyRecord,
  WorkflowStore,
} from '#application/ports/workflow-store.ts';
import { TRUST_MS, type StateCache } from '#application/state-cache.ts';
import { headOf } from '#application/workflow-head.ts';
import type { DefinitionCatalog } from '#application/definition-catalog.ts';
import type { OperatorCommandType, WorkflowCommand } from '#domain/workflow/commands.ts';
import { decide, type Decision } from '#domain/workflow/decide.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import { evolve } from '#domain/workflow/evolve.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/**
 * Loading, deciding and committing: the one way in which a workflow changes.
 *
 * Invariants
 * 1. Every change is `decide` on a state, then one compare-and-set append at that state's version; a conflict means that
 *    somebody else was first: load again, decide again.
 * 2. Jobs are added after the commit. A crash in between leaves a workflow whose wakeAt brings the reconciler to it.
 * 3. A failing queue never undoes or hides a commit.
 */
export type Workflows = {
  /** null: unknown. Without `fresh` the state may be up to TRUST_MS old. */
  load(workflowId: string, options?: { readonly fresh: boolean }): Promise<WorkflowState | null>;
  loadMany(workflowIds: readonly string[]): Promise<ReadonlyMap<string, WorkflowState>>;
  handle(workflowId: string, command: WorkflowCommand): Promise<HandleResult>;
  create(
    decision: Decision & { readonly kind: 'decided' },
    idempotency?: IdempotencyRecord,
  ): Promise<AppendResult>;
};

export type HandleResult =
  | {
      readonly kind: 'done';
      readonly state: WorkflowState;
      readonly events: readonly RecordedEvent[];
    }
  | { readonly kind: 'unknown-workflow' }
  | {
      readonly kind: 'illegal';
      readonly state: WorkflowState;
      readonly message: string;
      readonly allowed: readonly OperatorCommandType[];
    };

/** Each conflict means that another commit went through, so trying again is progress; past this many something is wrong. */
const MAX_CONFLICTS = 50;

export function createWorkflows(parts: {
  readonly store: WorkflowStore;
  readonly definitions: DefinitionCatalog;
  readonly queue: JobQueue;
  readonly cache: StateCache;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly dispatchSlackMs: number;
}): Workflows {
  const { store, definitions, queue, cache, clock, logger, dispatchSlackMs } = parts;

  async function load(workflowId: string, options = { fresh: false }) {
    const now = clock.now();
    const cached = cache.get(workflowId);
    const age = cached === undefined ? Infinity : now - cached.checkedAt;
    if (cached !== undefined && !options.fresh && age >= 0 && age <= TRUST_MS) return cached.state;
    const log = await store.readLog(workflowId, cached?.state.version ?? 0);
    const state = await continueFrom(cached?.state ?? null, log);
    if (state !== null) cache.put(state, now);
    return state;
  }

  async function continueFrom(state: WorkflowState | null, log: readonly RecordedEvent[]) {
    const first = log[0];
    if (first === undefined) return state;
    const definition = state?.definition ?? (await definitions.ofLog(first));
    let next = state;
    for (const recorded of log) next = evolve(next, recorded, definition);
    return next;
  }

  async function dispatch(events: readonly RecordedEvent[], state: WorkflowState): Promise<void> {
    const chains = chainsOf(events, state, clock.now());
    if (chains.length === 0) return;
    try {
      await queue.dispatch(chains);
    } catch (error) {
      logger.warn('jobs not added: the reconciler will add them when the queue is back', {
        workflowId: state.workflowId,
        error,
      });
    }
  }

  async function append(
    decision: Decision & { readonly kind: 'decided' },
    idempotency?: IdempotencyRecord,
  ): Promise<AppendResult> {
    const { state, events } = decision;
    const result = await store.append({
      expectedVersion: state.version - events.length,
      events,
      head: headOf(state, dispatchSlackMs),
      ...(idempotency === undefined ? {} : { idempotency }),
    });
    if (result.kind !== 'committed') return result;
    cache.put(state, clock.now());
    await dispatch(events, state);
    return result;
  }

  async function handle(workflowId: string, command: WorkflowCommand): Promise<HandleResult> {
    let state = await load(workflowId);
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
      if (state === null) return { kind: 'unknown-workflow' };
      const decision = decide(state, command, clock.now());
      if (decision.kind === 'illegal' || decision.events.length === 0) {
        const newest = await load(workflowId, { fresh: true });
        if (newest !== null && newest.version !== state.version) {
          state = newest;
          continue;
        }
        if (decision.kind === 'illegal') return { ...decision, state };
        return { kind: 'done', state, events: [] };
      }
      const result = await append(decision);
      if (result.kind === 'committed') {
        return { kind: 'done', state: decision.state, events: decision.events };
      }
      state = await load(workflowId, { fresh: true });
    }
    throw new Error(`workflow ${workflowId}: ${MAX_CONFLICTS} conflicting commits in a row`);
  }

  return {
    load,
    handle,
    create: append,
    async loadMany(workflowIds) {
      const logs = await store.readLogs(workflowIds);
      const states = new Map<string, WorkflowState>();
      for (const [workflowId, log] of logs) {
        const state = await continueFrom(null, log);
        if (state !== null) states.set(workflowId, state);
      }
      return states;
    },
  };
}
