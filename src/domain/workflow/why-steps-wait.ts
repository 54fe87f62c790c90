import { isCompletedByEvent } from '#domain/definition/event-steps.ts';
import { isAwaitingEvent, type AwaitingStep } from '#domain/workflow/awaited-event.ts';
import { stepsInQueue } from '#domain/workflow/due-work.ts';
import { isSatisfied } from '#domain/workflow/readiness.ts';
import { stepDefinition, type StepState, type WorkflowState } from '#domain/workflow/state.ts';
import { plural, waiting, type Waiting } from '#domain/workflow/waiting-reason.ts';

/** What the queue and the boards say of the job of a step. Times are epoch ms. */
export type JobFacts = {
  readonly queue: string;
  /** null: it waits for time, in the queue of the timers. */
  readonly serviceName: string | null;
  /** active: a worker has it; moving: it is on its way from one to the other. */
  readonly state: 'active' | 'waiting' | 'delayed' | 'moving' | 'missing';
  /** Jobs before it; null: it is not in line. */
  readonly ahead: number | null;
  /** A person has paused the queue. */
  readonly isPaused: boolean;
  /** The queue rests until then; null: it does not. */
  readonly restsUntil: number | null;
  readonly hasWorker: boolean;
  readonly breaker: {
    readonly state: 'closed' | 'open' | 'half-open';
    readonly since: number;
    readonly openUntil: number | null;
    /** Why it opened, for people. */
    readonly reason: string | null;
  } | null;
  /** What the monitor grants the service; null: nobody says. */
  readonly granted: {
    /** Calls at once, and how many it would get at best. */
    readonly calls: number;
    readonly ceiling: number;
    readonly since: number;
    /** Why it is so many, for people. */
    readonly reason: string;
    /** Its load or its errors are such that a single call at a time feels its way. */
    readonly isCanary: boolean;
  } | null;
  /** ms that a job takes out of the line, over all workers; null: not measured. */
  readonly msPerJob: number | null;
};

/**
 * Why the steps of a workflow do not run, in the order of its definition. What runs, has run, or is just being handed over is absent.
 * @param jobs by step, of the steps that should have a job (`stepsInQueue`); null: Redis does not answer
 */
export function whyStepsWait(
  state: WorkflowState,
  jobs: ReadonlyMap<string, JobFacts> | null,
  now: number,
): readonly Waiting[] {
  const inQueue = new Set(stepsInQueue(state).map(({ stepId }) => stepId));
  return state.definition.steps.flatMap(({ stepId }) => {
    const step = state.steps.get(stepId);
    if (step === undefined) return [];
    if (isAwaitingEvent(step)) return whyEvent(state, step);
    if (inQueue.has(stepId)) return whyJobWaits(step, jobs && (jobs.get(stepId) ?? null), now);
    if (state.status !== 'EXECUTING') return [];
    return step.status === 'PENDING' ? whyNotBegun(state, step) : whyTimeRuns(state, step);
  });
}

function whyNotBegun(state: WorkflowState, { stepId }: StepState): readonly Waiting[] {
  const { dependencies } = stepDefinition(state.definition, stepId);
  const open = dependencies.filter((dependency) => !isSatisfied(state.steps.get(dependency)));
  if (open.length === 0) return [];
  const detail = `waits for ${open.join(', ')}`;
  const action = 'those steps complete, or are skipped';
  return [waiting(stepId, 'dependency', { subject: open.join(', '), detail, action })];
}

function whyTimeRuns(state: WorkflowState, step: StepState): readonly Waiting[] {
  const isWait = stepDefinition(state.definition, step.stepId).kind === 'wait';
  if (!isWait || step.status !== 'EXECUTING' || step.dueAt === null) return [];
  const { stepId, startedAt: since, dueAt: until } = step;
  const detail = 'lets time pass';
  return [waiting(stepId, 'time', { since, until, detail, action: 'time passes' })];
}

function whyEvent(
  { definition }: WorkflowState,
  { stepId, event: { key, since, until } }: AwaitingStep,
): readonly Waiting[] {
  const step = stepDefinition(definition, stepId);
  if (!isCompletedByEvent(step)) return [];
  const { serviceName, completion } = step;
  const subject = `${completion.event} ${key}`;
  const detail = `its call was answered; event ${completion.event} of ${serviceName} for key ${key} completes it`;
  const action = `${serviceName} sends the event, or somebody posts it to /api/v1/events`;
  return [waiting(stepId, 'event', { subject, since, until, detail, action })];
}

function whyJobWaits(
  step: StepState,
  job: JobFacts | null | undefined,
  now: number,
): readonly Waiting[] {
  const { stepId, startedAt: since, dueAt } = step;
  if (dueAt !== null && dueAt > now) {
    const detail = `attempt ${step.retryCount + 1} is due later: ${step.error?.message ?? 'the last one failed'}`;
    return [waiting(stepId, 'retry', { since, until: dueAt, detail, action: 'time passes' })];
  }
  if (job === null || job === undefined) {
    const detail = 'Redis does not answer: nobody can say where its job is';
    return [waiting(stepId, 'unknown', { since, detail, action: 'Redis comes back' })];
  }
  if (job.state === 'active' || job.state === 'moving') return [];
  if (job.state === 'missing') {
    const detail = 'its job is gone: the reconciler adds it again';
    return [waiting(stepId, 'job-lost', { since, detail, action: 'a reconciler runs' })];
  }
  return [whyInLine(stepId, since, job, now)];
}

function whyInLine(stepId: string, since: number | null, job: JobFacts, now: number): Waiting {
  const { queue: subject, isPaused, restsUntil, hasWorker, breaker, granted } = job;
  const service = job.serviceName ?? 'the clock';
  if (isPaused) {
    const detail = `queue ${subject} is paused`;
    const action = 'resume the queue (Bull Board, /admin/queues)';
    return waiting(stepId, 'queue-paused', { subject, since, detail, action });
  }
  if (!hasWorker) {
    const detail = `no worker serves queue ${subject}`;
    const action = `start a worker for ${subject}`;
    return waiting(stepId, 'no-worker', { subject, since, detail, action });
  }
  if (breaker?.state === 'open') {
    const detail = `${service} takes no calls, its breaker is open: ${breaker.reason ?? 'it failed'}`;
    const action = `${service} recovers; it is probed when the time of the breaker is over`;
    const times = { since: breaker.since, until: breaker.openUntil };
    return waiting(stepId, 'breaker-open', { subject, ...times, detail, action });
  }
  if (breaker?.state === 'half-open') {
    const detail = `${service} is being probed by a few calls first`;
    const action = 'the probes succeed';
    return waiting(stepId, 'canary', { subject, since: breaker.since, detail, action });
  }
  if (granted?.isCanary === true) {
    const detail = `${service} gets ${plural(granted.calls, 'call')} at a time, ${granted.reason}`;
    const action = `${service} recovers: a load below 95, and less than half of its calls failing`;
    const times = { since: granted.since, estimatedAt: estimate(job, now) };
    return waiting(stepId, 'canary', { subject, ...times, detail, action });
  }
  if (restsUntil !== null && restsUntil > now) {
    const detail = `queue ${subject} has used up its rate, or its service asked for a pause`;
    const action = 'time passes, or the service gets a higher rateLimit';
    return waiting(stepId, 'rate-limit', { subject, since, until: restsUntil, detail, action });
  }
  return waiting(stepId, 'queue-position', {
    subject,
    since,
    estimatedAt: estimate(job, now),
    ...placeInQueue(job, service),
  });
}

function placeInQueue(
  { queue, ahead, granted }: JobFacts,
  service: string,
): Pick<Waiting, 'detail' | 'action'> {
  const place = `${ahead === null ? 'some jobs' : plural(ahead, 'job')} before it in queue ${queue}`;
  if (granted === null || granted.calls >= granted.ceiling) {
    return { detail: place, action: 'more workers, or a higher concurrency of the service' };
  }
  const { calls, ceiling, reason } = granted;
  const detail = `${place}; ${service} gets ${calls} of ${ceiling} calls at once: ${reason}`;
  return { detail, action: `${service} keeps up again: it gets more calls by itself then` };
}

/** When it leaves the line if all goes on as now, epoch ms; null: nobody can say. */
function estimate({ ahead, msPerJob }: JobFacts, now: number): number | null {
  return ahead === null || msPerJob === null ? null : Math.round(now + (ahead + 1) * msPerJob);
}
