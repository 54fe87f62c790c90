import { askAgain } from '#application/calls/ask-again.ts';
import { callStep, stepCall } from '#application/calls/call-step.ts';
import { callUndo, failedUndo } from '#application/calls/call-undo.ts';
import type { CallConclusion, CallTools } from '#application/calls/call-tools.ts';
import type { StepJobPayload } from '#application/ports/job-queue.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { HandleResult } from '#application/workflows.ts';
import type { AttemptFailure, ReportCommand } from '#domain/workflow/commands.ts';
import { dueWork, type DueWork } from '#domain/workflow/due-work.ts';
import { isAwaitingEvent } from '#domain/workflow/awaited-event.ts';
import { isUndoable } from '#domain/workflow/compensation.ts';
import { stepDefinition, stepOf, type WorkflowState } from '#domain/workflow/state.ts';

/** What the queue should do with the job now. */
export type Advance =
  | { readonly kind: 'done' }
  /** The attempt failed and another is due at `at` (epoch ms); parkMs: the whole queue should rest that long. */
  | { readonly kind: 'retry'; readonly at: number; readonly parkMs: number | null }
  /** Too early: bring it again at `at`, without counting an attempt. */
  | { readonly kind: 'not-before'; readonly at: number }
  /** The service takes no calls until `until`: the whole queue waits, without counting an attempt. */
  | { readonly kind: 'parked'; readonly until: number };

/** What the queue knows of a job that it brings. */
export type Delivery = {
  /** How often it was taken up and nothing was heard of it: its worker died or froze. */
  readonly stalls: number;
  /** Was it taken up before, whatever came of that? */
  readonly takenBefore: boolean;
};

/** A job that took its worker down this often is given up: the step is poison, and others wait behind it. */
export const MAX_STALLS = 5;

/** How long, in ms, a job that is ahead of its commit waits between looks at the store: 63 ms in all (`EARLY_RELIED_MS`). */
const COMMIT_PATIENCE_MS = [1, 2, 4, 8, 16, 32] as const;

/** How long a report rests that the store could not take. */
const REPORT_AGAIN_MS = 500;

/**
 * Handles one job: looks at the workflow, does what is really due, commits the result. Calling it twice, too early, too late or
 * with a made-up job changes nothing that should not change.
 * @throws StoreUnavailableError when the workflow can't be loaded; the same job may be brought again
 */
export async function advance(
  tools: CallTools,
  job: StepJobPayload,
  { stalls, takenBefore }: Delivery,
): Promise<Advance> {
  const found = await findWork(tools, job, takenBefore);
  if (found === null) return { kind: 'done' };
  const { state, work } = stalls > 0 ? await takeOver(tools, job, found) : found;
  switch (work.kind) {
    case 'ahead':
      tools.logger.debug('nothing due: what asks for the job was never committed', job);
      return { kind: 'done' };
    case 'none':
      tools.logger.debug(`nothing due: ${work.reason}`, job);
      return { kind: 'done' };
    case 'early':
      return { kind: 'not-before', at: work.dueAt };
    case 'await':
      // whoever was to look whether the event is here already may have died over it
      await tools.stepEvents.seek(state);
      return { kind: 'done' };
    case 'wake':
      await tools.workflows.handle(job.workflowId, { type: 'wake', lostStepIds: [] });
      return { kind: 'done' };
    case 'do':
      if (stalls >= MAX_STALLS) return await conclude(tools, job, givenUp(tools, job, stalls));
      return await conclude(tools, job, await callStep(tools, state, work));
    case 'undo': {
      if (stalls >= MAX_STALLS) return await conclude(tools, job, undoGivenUp(tools, job, stalls));
      const result = await callUndo(tools, state, work);
      if (result.kind !== 'output-needed') return await conclude(tools, job, result);
      return await conclude(tools, job, await askAgain(tools, state, work));
    }
  }
}

/** What is due for a job, and the state that says so. */
type Found = { readonly state: WorkflowState; readonly work: DueWork };

/**
 * Looks at what is due. A job may come a little before the commit that asks for it (ADR 27): that is waited for, first in this process,
 * where it most likely is under way, then by looking at the store. Whoever never committed it is not waited for for long.
 */
async function findWork(
  tools: CallTools,
  job: StepJobPayload,
  takenBefore: boolean,
): Promise<Found | null> {
  // what came of it then may be news here: on an older state its next attempt would seem to be due, or the first one still to come
  let found = takenBefore ? await ask(tools, job) : glance(tools, job);
  if (!isAhead(found)) return found;
  await tools.workflows.settled(job.workflowId);
  found = await look(tools, job);
  for (const waitMs of COMMIT_PATIENCE_MS) {
    if (!isAhead(found)) return found;
    await (tools.pause ?? pause)(waitMs);
    found = await look(tools, job);
  }
  if (found === null) tools.logger.warn('a job names a workflow that does not exist', job);
  return found;
}

/** @param found null: no such workflow, or not yet, or not known here */
function isAhead(found: Found | null): boolean {
  return found === null || found.work.kind === 'ahead';
}

/**
 * A cached state may be a little old, so "nothing to do" is only believed of a fresh one, and what is to be undone, which is rare, is
 * only ever read off a fresh one. That time must be looked at is decided anew anyway.
 */
async function look(tools: CallTools, job: StepJobPayload): Promise<Found | null> {
  return glance(tools, job) ?? (await ask(tools, job));
}

async function ask(tools: CallTools, job: StepJobPayload): Promise<Found | null> {
  const state = await tools.workflows.load(job.workflowId, { fresh: true });
  return state === null ? null : { state, work: dueWork(state, job, tools.clock.now()) };
}

/** What this process knows to be due; null: the store must be asked. */
function glance(tools: CallTools, job: StepJobPayload): Found | null {
  const state = tools.workflows.peek(job.workflowId);
  if (state === null) return null;
  const work = dueWork(state, job, tools.clock.now());
  return work.kind === 'do' || work.kind === 'wake' ? { state, work } : null;
}

/**
 * Before a step is begun that another worker had taken up and may have called for, the log says so. What this attempt is refused
 * that one may have been granted; and if that one has reported after all, or does so from now on, no one's word is lost on the other.
 */
async function takeOver(tools: CallTools, job: StepJobPayload, found: Found): Promise<Found> {
  // a call whose input is missing was made by nobody
  if (found.work.kind !== 'do' || 'missing' in stepCall(found.state, found.work)) return found;
  const command = { type: 'reportStall', stepId: job.stepId } as const;
  const result = await tools.workflows.handle(job.workflowId, command);
  const state = result.kind === 'done' ? result.state : found.state;
  return { state, work: dueWork(state, job, tools.clock.now()) };
}

async function conclude(
  tools: CallTools,
  job: StepJobPayload,
  conclusion: CallConclusion,
): Promise<Advance> {
  if (conclusion.kind === 'parked') return conclusion;
  if (conclusion.kind === 'too-early') return { kind: 'not-before', at: conclusion.until };
  const { command, parkMs, wait } = conclusion;
  if (wait !== undefined) await untilHeard(tools, job, () => tools.stepEvents.expect(wait));
  const result = await untilHeard(tools, job, () =>
    tools.workflows.handle(job.workflowId, command),
  );
  if (result.kind !== 'done') return { kind: 'done' };
  if (isSuccessInVain(command, result)) {
    // only a queue that brings one job twice and keeps silent about it leads here (ADR 6)
    tools.logger.error('a call succeeded whose step had already failed: it is not undone', job);
  }
  const step = result.state.steps.get(job.stepId);
  if (step !== undefined && isAwaitingEvent(step)) {
    // an event that came since the wait was registered was told that nobody waits yet
    if (wait !== undefined) await tools.stepEvents.seek(result.state);
    return { kind: 'done' };
  }
  const again = step !== undefined && step.dispatch === job.dispatch && isUnderWay(step.status);
  // an outcome learnt anew is followed by the undo itself, at once
  if (again) return { kind: 'retry', at: step.dueAt ?? tools.clock.now(), parkMs };
  return { kind: 'done' };
}

/** An effect that no compensation will ever find: the step counts as one that had none. */
function isSuccessInVain(
  command: ReportCommand,
  { events, state }: HandleResult & { readonly kind: 'done' },
): boolean {
  if (command.type !== 'reportStepSuccess' || events.length > 0) return false;
  const { outcome } = stepOf(state, command.stepId);
  return outcome === 'not-applied' && isUndoable(stepDefinition(state.definition, command.stepId));
}

/**
 * A call that was made must be reported: given back, its job would look as if nothing had happened. So while the store is away
 * the job stays with this worker; if that dies over it the queue counts a stall, and the outcome is unknown as it should be.
 */
async function untilHeard<T>(
  tools: CallTools,
  job: StepJobPayload,
  tell: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await tell();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      const message = 'the store is away: the result of a call waits to be reported';
      tools.logger.warn(message, { ...job, error });
      await (tools.pause ?? pause)(REPORT_AGAIN_MS);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function isUnderWay(status: string): boolean {
  return status === 'EXECUTING' || status === 'COMPENSATING';
}

function givenUp(tools: CallTools, job: StepJobPayload, stalls: number): CallConclusion {
  const { stepId } = job;
  const startedAt = tools.clock.now();
  const failure = poison(tools, job, stalls);
  const command = { type: 'reportStepFailure', stepId, startedAt, outcome: 'unknown' } as const;
  return { kind: 'report', command: { ...command, ...failure }, parkMs: null };
}

function undoGivenUp(tools: CallTools, job: StepJobPayload, stalls: number): CallConclusion {
  return failedUndo(job.stepId, poison(tools, job, stalls));
}

function poison(tools: CallTools, job: StepJobPayload, stalls: number): AttemptFailure {
  tools.logger.error(`gave up a step whose worker died ${stalls} times over it`, job);
  return {
    errorCode: 'INTERNAL_ERROR',
    errorMessage: `the worker died ${stalls} times while it ran this step`,
    recoverable: false,
    retryAfterMs: null,
  };
}
