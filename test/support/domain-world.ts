import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import type { ReportCommand, WorkflowCommand } from '#domain/workflow/commands.ts';
import { decide, decideCreation, type Decision } from '#domain/workflow/decide.ts';
import { awaitingSteps } from '#domain/workflow/awaited-event.ts';
import { dueWork, stepsInQueue } from '#domain/workflow/due-work.ts';
import type { RecordedEvent, WorkflowCreation } from '#domain/workflow/events.ts';
import { stepOf, type WorkflowState } from '#domain/workflow/state.ts';
import { DEFAULT_CALL_TIMEOUT_MS, STALE_STATE_MS } from '#domain/workflow/timing.ts';
import { wakeAt } from '#domain/workflow/wake-at.ts';
import type { Call } from '#test/support/domain-call.ts';
import { answerTo } from '#test/support/domain-answers.ts';
import { arrives, giveUpEvent } from '#test/support/domain-commands.ts';
import { createEffects, type Effects } from '#test/support/domain-effects.ts';

/** How long a job may take before the model's reconciler asks for it. */
export const SLACK_MS = 5000;

/** From the end of a call to its report. */
const HAND_OVER_MS = 500;

export type Job = {
  readonly stepId: string;
  readonly dispatch: number;
  /** The job before it in its chain. */
  readonly after: Job | null;
};

export type Delivery = {
  /** Which of the jobs in the queue. */
  readonly pick: number;
  /** Any job, although the one before it in its chain is not done. */
  readonly outOfOrder: boolean;
  /** The queue will bring it once more. */
  readonly keep: boolean;
  /** Age of the state that the worker looks at. */
  readonly ageMs: number;
};

/** Told of every decision, the refused ones included. */
export type Observer = (before: WorkflowState | null, command: string, decision: Decision) => void;

/**
 * A model of all that surrounds one workflow: queue, workers, services, reconciler and clock. The queue loses, doubles and
 * reorders jobs as it is told to; workers look at states up to STALE_STATE_MS old and may die; a call ends in its time.
 */
export type World = {
  readonly state: () => WorkflowState;
  readonly now: () => number;
  readonly log: readonly RecordedEvent[];
  readonly jobs: readonly Job[];
  readonly calls: readonly Call[];
  readonly effects: Effects;
  /** A command from outside; a report by `report` and friends. */
  send(command: WorkflowCommand): Decision;
  deliver(delivery: Delivery): void;
  drop(pick: number): void;
  /** @param roll 0..99, what becomes of the call @param dies the worker dies before it reports */
  answer(pick: number, roll: number, dies: boolean): void;
  /** Time passes; calls whose time is up are answered on the way. */
  tick(ms: number, roll: number): void;
  /** An event of such a name comes, for a step that waits for one where there is any. */
  tell(pick: number, name: string): void;
  /** One sweep of the reconciler. @returns whether it changed nothing, and the steps it found without a job */
  wake(): { readonly isIdle: boolean; readonly lost: readonly string[] };
};

export function createWorld(
  definition: WorkflowDefinition,
  creation: WorkflowCreation,
  observe: Observer,
): World {
  let now = 1_000_000;
  const created = decideCreation(definition, 'w', creation, now);
  let state = created.state;
  const history: { readonly since: number; readonly state: WorkflowState }[] = [
    { since: now, state },
  ];
  const log: RecordedEvent[] = [...created.events];
  let jobs: Job[] = [];
  let calls: Call[] = [];
  const effects = createEffects();
  enqueue(created.events);
  observe(null, 'create', created);

  function send(command: WorkflowCommand): Decision {
    const before = state;
    const decision = decide(state, command, now);
    if (decision.kind === 'decided' && decision.events.length > 0) {
      state = decision.state;
      history.push({ since: now, state });
      log.push(...decision.events);
      enqueue(decision.events);
    }
    observe(before, command.type, decision);
    return decision;
  }

  function enqueue(events: readonly RecordedEvent[]): void {
    for (const { event } of events) {
      if (event.type !== 'StepsDispatched') continue;
      let after: Job | null = null;
      for (const stepId of event.stepIds) {
        after = { stepId, dispatch: event.dispatch, after };
        jobs.push(after);
      }
    }
  }

  function deliver({ pick, outOfOrder, keep, ageMs }: Delivery): void {
    const ready = jobs.filter(({ after }) => outOfOrder || after === null || !jobs.includes(after));
    const job = ready[pick % Math.max(1, ready.length)];
    if (job === undefined) return;
    const work = dueWork(stateSeenBy(job, ageMs), job, now);
    if (work.kind === 'early') return;
    if (!keep) jobs = jobs.filter((other) => other !== job);
    if (work.kind === 'wake') send({ type: 'wake', lostStepIds: [] });
    else if (work.kind === 'do' || work.kind === 'undo')
      begin(job.stepId, work.kind, work.definition.timeoutMs);
  }

  /** An old state is believed only where nothing was heard of the step itself since: what its own worker reported it knows. */
  function stateSeenBy(job: Job, ageMs: number): WorkflowState {
    const at = now - Math.min(ageMs, STALE_STATE_MS);
    const seen = history.findLast(({ since }) => since <= at)?.state ?? state;
    const news = log.slice(seen.version).some(({ event }) => namesStep(event, job.stepId));
    return news ? state : seen;
  }

  function begin(stepId: string, kind: 'do' | 'undo', timeoutMs: number | null): void {
    if (calls.some((call) => call.stepId === stepId && call.kind === kind)) return;
    const endsBy = now + (timeoutMs ?? DEFAULT_CALL_TIMEOUT_MS);
    calls.push({ stepId, kind, startedAt: now, endsBy });
  }

  function answer(pick: number, roll: number, dies: boolean): void {
    const call = calls[pick % Math.max(1, calls.length)];
    if (call === undefined) return;
    calls = calls.filter((other) => other !== call);
    const report = answerTo(call, stepOf(state, call.stepId), effects, roll);
    if (!dies) deliverReport(call, report);
  }

  /** The queue brings a job again whose step is to be tried again: of a failed attempt, or after an outcome was learnt. */
  function deliverReport(call: Call, report: ReportCommand): void {
    send(report);
    const step = stepOf(state, call.stepId);
    const dispatch = step.dispatch;
    const goesOn = stepsInQueue(state).includes(step);
    const queued = jobs.some((job) => job.stepId === call.stepId && job.dispatch === dispatch);
    if (goesOn && !queued && dispatch !== null) {
      jobs.push({ stepId: call.stepId, dispatch, after: null });
    }
  }

  function tick(ms: number, roll: number): void {
    const end = now + ms;
    for (;;) {
      const next = calls.toSorted((a, b) => a.endsBy - b.endsBy)[0];
      if (next === undefined || next.endsBy + HAND_OVER_MS > end) break;
      now = Math.max(now, next.endsBy + HAND_OVER_MS);
      answer(calls.indexOf(next), roll, false);
    }
    now = end;
  }

  function tell(pick: number, name: string): void {
    const awaiting = awaitingSteps(state);
    const among = awaiting.length > 0 ? awaiting : [...state.steps.values()];
    const step = among[pick % among.length];
    if (step !== undefined) send(arrives(step.stepId, name, { pick }, `e-${pick}`));
  }

  function wake() {
    const overdue = awaitingSteps(state).filter(({ event }) => event.until <= now);
    const decisions = overdue.map(({ stepId }) => send(giveUpEvent(stepId)));
    const lost = stepsInQueue(state)
      .filter((step) => Math.max(step.dueAt ?? 0, state.updatedAt) + SLACK_MS <= now)
      .filter(({ stepId, dispatch }) => {
        const hasJob = jobs.some((job) => job.stepId === stepId && job.dispatch === dispatch);
        return !hasJob && !calls.some((call) => call.stepId === stepId);
      })
      .map(({ stepId }) => stepId);
    decisions.push(send({ type: 'wake', lostStepIds: lost }));
    return { isIdle: decisions.every(isIdle), lost };
  }

  return {
    state: () => state,
    now: () => now,
    log,
    get jobs() {
      return jobs;
    },
    get calls() {
      return calls;
    },
    effects,
    send,
    deliver,
    drop(pick) {
      jobs = jobs.filter((_, index) => index !== pick % Math.max(1, jobs.length));
    },
    answer,
    tick,
    tell,
    wake,
  };
}

function isIdle(decision: Decision): boolean {
  return decision.kind === 'decided' && decision.events.length === 0;
}

function namesStep(event: RecordedEvent['event'], stepId: string): boolean {
  return 'stepId' in event && event.stepId === stepId;
}

/** When the reconciler looks at a workflow again, having just found its jobs alive. */
export function nextWake(world: World): number | null {
  return wakeAt(world.state(), SLACK_MS, world.now());
}
