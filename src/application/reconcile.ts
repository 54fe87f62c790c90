import type { StepEvents } from '#application/awaited/step-events.ts';
import { clockWatch } from '#application/clock-watch.ts';
import type { Clock, SteadyClock } from '#application/ports/clock.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { AwaitedJob, JobQueue } from '#application/ports/job-queue.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { WorkflowHead, WorkflowStore } from '#application/ports/workflow-store.ts';
import type { Workflows } from '#application/workflows.ts';
import { stepsInQueue } from '#domain/workflow/due-work.ts';
import { stepDefinition, type StepState, type WorkflowState } from '#domain/workflow/state.ts';
import { CLOCK_TOLERANCE_MS } from '#domain/workflow/timing.ts';
import { wakeAt } from '#domain/workflow/wake-at.ts';

/** A workflow that can't be handled (its log or definition is broken) is looked at again this much later, so that it stops nobody. */
const BROKEN_POSTPONE_MS = 60_000;

/**
 * Jobs rest for some seconds beyond their time at most (a suspect, a store that is away). One that rests for longer was put to rest
 * by a clock that has been put back.
 */
const LONGEST_REST_MS = 60_000;

export type SweepResult = {
  /** Workflows looked at. */
  readonly seen: number;
  /** Steps whose job was gone and was added again. */
  readonly redispatched: number;
};

/**
 * One sweep of the reconciler: the timer, the time-out and the recovery in one (DESIGN 1.4). Takes what is overdue, the longest
 * first, and for each lets time take effect; steps whose job the queue no longer has are dispatched again, those whose job is
 * alive (a long queue, a parked service) are looked at again later.
 * @throws StoreUnavailableError; QueueUnavailableError is not thrown: without the queue nothing is declared lost
 */
export function reconciler(parts: {
  readonly store: WorkflowStore;
  readonly queue: JobQueue;
  readonly workflows: Workflows;
  readonly stepEvents: Pick<StepEvents, 'lookAgain'>;
  readonly clock: Clock & SteadyClock;
  readonly logger: Logger;
  readonly dispatchSlackMs: number;
}) {
  const { store, queue, workflows, stepEvents, clock, logger, dispatchSlackMs } = parts;

  const mayHoldLaterTimes = clockWatch(clock);

  return async (limit: number): Promise<SweepResult> => {
    const heads = [...(await store.overdue(clock.now(), limit)), ...(await writtenAhead(limit))];
    const loaded = await Promise.all(heads.map((head) => load(head)));
    const states = loaded.filter((state) => state !== null);
    const lost = await findLost(states);
    // all at once: their commits and their jobs go out together
    const looked = await Promise.all(
      heads.map(async ({ workflowId, version }, index) => {
        const state = loaded[index] ?? null;
        const next = state === null ? 'broken' : await wake(state, lost.get(workflowId) ?? []);
        const at = next === 'broken' ? clock.now() + BROKEN_POSTPONE_MS : next;
        return { workflowId, version, wakeAt: at };
      }),
    );
    const postponed = looked.flatMap(({ wakeAt: at, ...head }) =>
      at === null ? [] : [{ ...head, wakeAt: at }],
    );
    if (postponed.length > 0) await store.postpone(postponed);
    const redispatched = [...lost.values()].reduce((sum, stepIds) => sum + stepIds.length, 0);
    return { seen: heads.length, redispatched };
  };

  /** Workflows whose times are those of a clock that has been put back: to be handled is all that they need (`ClockPutBack`). */
  async function writtenAhead(limit: number): Promise<readonly WorkflowHead[]> {
    if (!mayHoldLaterTimes()) return [];
    return await store.writtenAfter(clock.now() + CLOCK_TOLERANCE_MS, limit);
  }

  async function load({ workflowId }: WorkflowHead): Promise<WorkflowState | null> {
    try {
      return await workflows.load(workflowId, { fresh: true });
    } catch (error) {
      reportBroken(workflowId, error);
      return null;
    }
  }

  /** @returns when to look again although nothing changed; null: what was committed has set its own time */
  async function wake(
    seen: WorkflowState,
    lostStepIds: readonly string[],
  ): Promise<number | null | 'broken'> {
    const { workflowId } = seen;
    try {
      await stepEvents.lookAgain(seen);
      const result = await workflows.handle(workflowId, { type: 'wake', lostStepIds });
      if (result.kind !== 'done') return 'broken';
      if (result.events.length > 0) return null;
      // its head wants a look that the state has no reason for
      return wakeAt(result.state, dispatchSlackMs, clock.now()) ?? 'broken';
    } catch (error) {
      reportBroken(workflowId, error);
      return 'broken';
    }
  }

  /** @throws StoreUnavailableError as it came: that is no fault of the workflow, and the next sweep finds it again */
  function reportBroken(workflowId: string, error: unknown): void {
    if (error instanceof StoreUnavailableError) throw error;
    logger.error('an overdue workflow can not be handled', { workflowId, error });
  }

  /** The steps of these workflows that should have a job by now and have none; nothing while the queue does not answer. */
  async function findLost(
    states: readonly WorkflowState[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const now = clock.now();
    const overdue = states.flatMap((state) => overdueJobs(state, now, dispatchSlackMs));
    const lost = new Map<string, string[]>();
    if (overdue.length === 0) return lost;
    try {
      const alive = await queue.areAlive(overdue);
      overdue.forEach((job, index) => {
        if (alive[index] === true) return;
        lost.set(job.workflowId, [...(lost.get(job.workflowId) ?? []), job.stepId]);
        logger.warn('the job of a step is gone: dispatched again', job);
      });
    } catch (error) {
      logger.warn('the queue does not answer: no job is declared lost', { error });
    }
    return lost;
  }
}

function overdueJobs(state: WorkflowState, now: number, slackMs: number): readonly AwaitedJob[] {
  return stepsInQueue(state)
    .filter((step) => Math.max(step.dueAt ?? 0, state.updatedAt) <= now - slackMs)
    .map((step) => jobOf(state, step, now + LONGEST_REST_MS));
}

function jobOf(state: WorkflowState, step: StepState, latestAt: number): AwaitedJob {
  const definition = stepDefinition(state.definition, step.stepId);
  return {
    workflowId: state.workflowId,
    stepId: step.stepId,
    dispatch: step.dispatch ?? 0,
    serviceName: definition.kind === 'call' ? definition.serviceName : null,
    latestAt,
  };
}
