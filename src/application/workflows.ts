import { continueState } from '#application/continue-state.ts';
import { chainsOf } from '#application/dispatch.ts';
import { loadMany } from '#application/load-many.ts';
import type { Clock, SteadyClock } from '#application/ports/clock.ts';
import type { JobQueue } from '#application/ports/job-queue.ts';
import type { Logger } from '#application/ports/logger.ts';
import type {
  AppendResult,
  IdempotencyRecord,
  WorkflowStore,
} from '#application/ports/workflow-store.ts';
import { TRUST_MS, type StateCache } from '#application/state-cache.ts';
import { createTurns } from '#application/turns.ts';
import { headOf } from '#application/workflow-head.ts';
import type { DefinitionCatalog } from '#application/definition-catalog.ts';
import type { OperatorCommandType, WorkflowCommand } from '#domain/workflow/commands.ts';
import { decide, type Decision } from '#domain/workflow/decide.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/**
 * Loading, deciding and committing: the one way in which a workflow changes.
 *
 * Invariants
 * 1. Every change is `decide` on a state, then one compare-and-set append at that state's version; a conflict means that
 *    somebody else was first: load again, decide again.
 * 2. Jobs are added after the commit. A crash in between leaves a workflow whose wakeAt brings the reconciler to it.
 * 3. A failing queue never undoes or hides a commit.
 * 4. Commands of one workflow take turns within this process: the branches of a wide fork that end together would otherwise
 *    all but one be refused, in every round anew. Between processes the compare-and-set alone decides.
 * 5. That a command comes to nothing (refused, or too late) is only ever decided on the newest state.
 */
export type Workflows = {
  /** null: unknown. Without `fresh` the state may be up to TRUST_MS old. */
  load(workflowId: string, options?: { readonly fresh: boolean }): Promise<WorkflowState | null>;
  /** The newest states; unknown workflows, and those that can't be read, are absent. */
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
  readonly clock: Clock & SteadyClock;
  readonly logger: Logger;
  readonly dispatchSlackMs: number;
}): Workflows {
  const { store, definitions, queue, cache, clock, logger, dispatchSlackMs } = parts;

  const inTurn = createTurns();

  async function load(workflowId: string, options = { fresh: false }) {
    const now = clock.elapsed();
    const cached = cache.get(workflowId);
    const age = cached === undefined ? Infinity : now - cached.checkedAt;
    if (cached !== undefined && !options.fresh && age <= TRUST_MS) return cached.state;
    const log = await store.readLog(workflowId, cached?.state.version ?? 0);
    const state = await continueState(definitions, cached?.state ?? null, log);
    if (state !== null) cache.put(state, now);
    return state;
  }

  async function dispatch({ state, events }: Decided): Promise<void> {
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

  async function commit(
    { state, events }: Decided,
    idempotency?: IdempotencyRecord,
  ): Promise<AppendResult> {
    // from before the write: it may take its time, and others may commit before we hear of it
    const checkedAt = clock.elapsed();
    const result = await store.append({
      expectedVersion: state.version - events.length,
      events,
      head: headOf(state, dispatchSlackMs),
      ...(idempotency === undefined ? {} : { idempotency }),
    });
    if (result.kind === 'committed') cache.put(state, checkedAt);
    return result;
  }

  async function decideAndCommit(
    workflowId: string,
    command: WorkflowCommand,
  ): Promise<HandleResult> {
    let state = await load(workflowId);
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
      if (state === null) return { kind: 'unknown-workflow' };
      const decision = decide(state, command, clock.now());
      const changes = decision.kind === 'decided' && decision.events.length > 0;
      if (changes && (await commit(decision)).kind === 'committed') {
        return { kind: 'done', state: decision.state, events: decision.events };
      }
      const newest = await load(workflowId, { fresh: true });
      const isNews = newest !== null && newest.version !== state.version;
      if (!changes && !isNews) {
        return decision.kind === 'illegal'
          ? { ...decision, state }
          : { kind: 'done', state, events: [] };
      }
      // refused, and nothing newer to read: what we hold is not of this log (a backup was restored, say)
      if (!isNews) cache.drop(workflowId);
      state = isNews ? newest : await load(workflowId);
    }
    throw new Error(`workflow ${workflowId}: ${MAX_CONFLICTS} conflicting commits in a row`);
  }

  return {
    load,
    async handle(workflowId, command) {
      const result = await inTurn(workflowId, () => decideAndCommit(workflowId, command));
      if (result.kind === 'done') await dispatch(result);
      return result;
    },
    async create(decision, idempotency) {
      const result = await commit(decision, idempotency);
      if (result.kind === 'committed') await dispatch(decision);
      return result;
    },
    loadMany: loadMany(parts),
  };
}

/** What was decided, and the state that it leads to. */
type Decided = { readonly state: WorkflowState; readonly events: readonly RecordedEvent[] };
