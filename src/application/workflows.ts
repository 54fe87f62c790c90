import { createCommitPace } from '#application/commit-pace.ts';
import { chainsOf, mayComeEarly, type Committed, type HandOver } from '#application/dispatch.ts';
import { createKnownStates, type KnownStates } from '#application/known-states.ts';
import { loadMany } from '#application/load-many.ts';
import type { Clock, SteadyClock } from '#application/ports/clock.ts';
import type { JobChain, JobQueue } from '#application/ports/job-queue.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { WorkflowLocks } from '#application/ports/workflow-locks.ts';
import type {
  AppendResult,
  IdempotencyRecord,
  WorkflowStore,
} from '#application/ports/workflow-store.ts';
import type { StateExchange } from '#application/shared-state.ts';
import type { StateCache } from '#application/state-cache.ts';
import { createTurns } from '#application/turns.ts';
import { headOf } from '#application/workflow-head.ts';
import type { DefinitionCatalog } from '#application/definition-catalog.ts';
import type { OperatorCommandType, WorkflowCommand } from '#domain/workflow/commands.ts';
import { decide, type Decision } from '#domain/workflow/decide.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/**
 * Loading, deciding and committing: the one way in which a workflow changes.
 *
 * Invariants
 * 1. Every change is `decide` on a state, then one compare-and-set append at that state's version; a conflict means that
 *    somebody else was first: load again, decide again.
 * 2. Jobs are added after the commit, or beside it (ADR 27): nobody does anything for a job before he has read the commit that asks
 *    for it. A crash in between leaves a workflow whose wakeAt brings the reconciler to it, or a job that comes to nothing.
 * 3. A failing queue never undoes or hides a commit.
 * 4. Commands of one workflow take turns within this process: the branches of a wide fork that end together would otherwise
 *    all but one be refused, in every round anew. Between processes the compare-and-set alone decides; locks, where they are
 *    switched on, only make it refuse less often.
 * 5. That a command comes to nothing (refused, or too late) is only ever decided on the newest state.
 */
export type Workflows = Pick<KnownStates, 'peek' | 'load'> & {
  /** The newest states; unknown workflows, and those that can't be read, are absent. */
  loadMany(workflowIds: readonly string[]): Promise<ReadonlyMap<string, WorkflowState>>;
  handle(workflowId: string, command: WorkflowCommand): Promise<HandleResult>;
  /** Resolves when nothing of this workflow that this process was asked for by now is under way any more. */
  settled(workflowId: string): Promise<void>;
  create(
    decision: Decision & { readonly kind: 'decided' },
    idempotency?: IdempotencyRecord,
  ): Promise<AppendResult>;
};

export type HandleResult =
  | ({ readonly kind: 'done' } & Committed)
  | { readonly kind: 'unknown-workflow' }
  | {
      readonly kind: 'illegal';
      readonly state: WorkflowState;
      readonly message: string;
      readonly allowed: readonly OperatorCommandType[];
    };

/**
 * A job that came early is relied upon when its commit took no longer than this, in ms: half of what those wait for it who take it up
 * at once (`COMMIT_PATIENCE_MS` in advance.ts).
 */
const EARLY_RELIED_MS = 30;

/** Each conflict means that another commit went through, so trying again is progress; past this many something is wrong. */
const MAX_CONFLICTS = 50;

export function createWorkflows(parts: {
  readonly store: WorkflowStore;
  readonly definitions: DefinitionCatalog;
  readonly queue: JobQueue;
  readonly cache: StateCache;
  /** States of other processes; by default none. */
  readonly exchange?: StateExchange;
  /** Turns between processes; by default none are taken. */
  readonly locks?: WorkflowLocks;
  readonly clock: Clock & SteadyClock;
  readonly logger: Logger;
  readonly dispatchSlackMs: number;
  readonly handOver: HandOver;
}): Workflows {
  const { store, queue, clock, logger, dispatchSlackMs, handOver, locks = NO_LOCKS } = parts;
  const { peek, load, keep, forget } = createKnownStates(parts);
  const inTurn = createTurns();
  const pace = createCommitPace(clock);

  async function add(workflowId: string, chains: readonly JobChain[]): Promise<void> {
    if (chains.length === 0) return;
    try {
      await queue.dispatch(chains);
    } catch (error) {
      const message = 'jobs not added: the reconciler will add them when the queue is back';
      logger.warn(message, { workflowId, error });
    }
  }

  async function addJobsOf(committed: Committed): Promise<void> {
    await add(committed.state.workflowId, chainsOf(committed, handOver, clock.now()));
  }

  /** Jobs that are added beside the commit, so that they are there when it is; null: they come after it. */
  function addEarly(decided: Committed): Promise<void> | null {
    if (handOver !== 'early' || !pace.isQuick()) return null;
    const chains = chainsOf(decided, handOver, clock.now());
    return mayComeEarly(chains) ? add(decided.state.workflowId, chains) : null;
  }

  /** Somebody should look after the clocks. */
  function tellOfClock({ state: { workflowId }, events }: Decided): void {
    const [first] = events;
    if (first?.event.type !== 'ClockPutBack') return;
    const { aheadMs } = first.event;
    logger.warn('the clock is behind the last event of a workflow', { workflowId, aheadMs });
  }

  /** @param mayBeEarly whether jobs may be added beside it */
  async function commit(
    decided: Committed,
    mayBeEarly: boolean,
    idempotency?: IdempotencyRecord,
  ): Promise<Append> {
    const { state, events } = decided;
    const early = mayBeEarly ? addEarly(decided) : null;
    // from before the write: it may take its time, and others may commit before we hear of it
    const checkedAt = clock.elapsed();
    const { result, tookMs } = await pace.time(() =>
      store.append({
        expectedVersion: state.version - events.length,
        events,
        head: headOf(state, dispatchSlackMs),
        ...(idempotency === undefined ? {} : { idempotency }),
      }),
    );
    if (result.kind === 'committed') keep(state, checkedAt);
    // who took up such a job may have given up waiting for a commit that took longer
    return { result, early: tookMs <= EARLY_RELIED_MS ? early : null };
  }

  async function decideAndCommit(
    workflowId: string,
    command: WorkflowCommand,
    overtaken: boolean,
  ): Promise<Handled> {
    const nothingDone = (result: HandleResult) => ({ result, early: null });
    let state = await load(workflowId, { fresh: overtaken });
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
      if (state === null) return nothingDone({ kind: 'unknown-workflow' });
      const decision = decide(state, command, clock.now());
      const changes = decision.kind === 'decided' && decision.events.length > 0;
      if (changes) {
        const done = { ...decision, kind: 'done', before: state } as const;
        // who was refused may be refused again: jobs would come for nothing
        const mayBeEarly = conflicts === 0 && command.type === 'reportStepSuccess';
        const { result, early } = await commit(done, mayBeEarly);
        if (result.kind === 'committed') {
          tellOfClock(decision);
          return { result: done, early };
        }
        logger.debug('a commit was refused: another was first', { workflowId });
      }
      const newest = await load(workflowId, { fresh: true });
      const isNews = newest !== null && newest.version !== state.version;
      if (!changes && !isNews) {
        return nothingDone(
          decision.kind === 'illegal'
            ? { ...decision, state }
            : { kind: 'done', before: state, state, events: [] },
        );
      }
      // refused, and nothing newer to read: what we hold is not of this log (a backup was restored, say)
      if (!isNews) await forget(workflowId);
      state = isNews ? newest : await load(workflowId);
    }
    throw new Error(`workflow ${workflowId}: ${MAX_CONFLICTS} conflicting commits in a row`);
  }

  return {
    peek,
    load,
    settled: (workflowId) => inTurn(workflowId, async () => {}),
    async handle(workflowId, command) {
      const { result, early } = await inTurn(workflowId, () =>
        locks.around(workflowId, (overtaken) => decideAndCommit(workflowId, command, overtaken)),
      );
      if (result.kind === 'done') await (early ?? addJobsOf(result));
      return result;
    },
    async create(decision, idempotency) {
      const created = { ...decision, before: null };
      const { result, early } = await inTurn(decision.state.workflowId, () =>
        commit(created, true, idempotency),
      );
      if (result.kind === 'committed') await (early ?? addJobsOf(created));
      return result;
    },
    loadMany: loadMany(parts),
  };
}

/** Between processes nobody waits for anybody. */
const NO_LOCKS: WorkflowLocks = { around: (_workflowId, work) => work(false) };

/** What was decided, and the state that it leads to. */
type Decided = Omit<Committed, 'before'>;

/** early: the adding of jobs beside the commit; null: they are still to be added. */
type Append = { readonly result: AppendResult; readonly early: Promise<void> | null };
type Handled = { readonly result: HandleResult; readonly early: Promise<void> | null };
