import type { BreakerBoard } from '#application/ports/breaker-board.ts';
import type { Clock } from '#application/ports/clock.ts';
import { currentView, type LoadBoard, type ServiceLoad } from '#application/ports/load-board.ts';
import type { QueueInsight } from '#application/ports/queue-insight.ts';
import { isCurrent, type ReleaseBoard } from '#application/ports/release-board.ts';
import type { ReleaseQueue } from '#application/ports/release-queue.ts';
import { laneGroup } from '#application/waveless/lane-group.ts';
import type { LaneRules } from '#application/waveless/lane-rules.ts';
import { emptyLane } from '#application/waveless/tally-lanes.ts';
import { canaryReason } from '#domain/policy/throttle.ts';
import { stepsInQueue } from '#domain/workflow/due-work.ts';
import { heldPlace } from '#domain/workflow/release-place.ts';
import { stepDefinition, type StepState, type WorkflowState } from '#domain/workflow/state.ts';
import type { Waiting } from '#domain/workflow/waiting-reason.ts';
import { whyItStandsStill } from '#domain/workflow/why-it-stands-still.ts';
import { whyReleaseWaits, type ReleaseFacts } from '#domain/workflow/why-release-waits.ts';
import { whyStepsWait, type JobFacts } from '#domain/workflow/why-steps-wait.ts';
import { WORKFLOW_PRIORITIES } from '#domain/workflow/vocabulary.ts';

/** Whoever looks at a workflow waits no longer than this for Redis. */
const PATIENCE_MS = 500;

/**
 * Why a workflow, or which of its steps, waits (DESIGN 1.5); nothing of what runs or has ended. Asks Redis once, all questions side
 * by side, and only where the state alone does not tell.
 */
export function getWhy(parts: {
  readonly store: ReleaseQueue;
  readonly releaseBoard: Pick<ReleaseBoard, 'views'>;
  readonly loadBoard: Pick<LoadBoard, 'heartbeats' | 'view'>;
  readonly breakerBoard: Pick<BreakerBoard, 'read'>;
  readonly insight: QueueInsight;
  readonly lanes: LaneRules;
  readonly clock: Clock;
}) {
  const { store, releaseBoard, loadBoard, breakerBoard, insight, lanes, clock } = parts;

  return async (state: WorkflowState): Promise<readonly Waiting[]> => {
    if (state.status === 'PENDING') {
      return [whyReleaseWaits(state, await releaseFacts(state), clock.now())];
    }
    const still = whyItStandsStill(state, clock.now());
    const queued = stepsInQueue(state).filter((step) => (step.dueAt ?? 0) <= clock.now());
    const jobs = queued.length === 0 ? new Map() : await within(jobFacts(state, queued));
    const steps = whyStepsWait(state, jobs, clock.now());
    return still === null ? steps : [still, ...steps];
  };

  async function jobFacts(
    state: WorkflowState,
    steps: readonly StepState[],
  ): Promise<ReadonlyMap<string, JobFacts> | null> {
    const jobs = steps.map((step) => {
      const definition = stepDefinition(state.definition, step.stepId);
      const serviceName = definition.kind === 'call' ? definition.serviceName : null;
      return {
        workflowId: state.workflowId,
        stepId: step.stepId,
        dispatch: step.dispatch ?? 0,
        serviceName,
      };
    });
    const [sights, breakers, heartbeats, view] = await Promise.all([
      insight.look(jobs),
      breakerBoard.read(),
      loadBoard.heartbeats(),
      loadBoard.view(),
    ]);
    if (sights === null) return null;
    const now = clock.now();
    const served = new Set(heartbeats.flatMap(({ queues }) => queues.map(({ queue }) => queue)));
    const services = currentView(view, now)?.services ?? [];
    const facts = new Map<string, JobFacts>();
    jobs.forEach(({ stepId, serviceName }, index) => {
      const sight = sights[index];
      if (sight === undefined) return;
      const { restsForMs, ...rest } = sight;
      const load = services.find((service) => service.serviceName === serviceName);
      const takesMs = load?.averageResponseTimeMs ?? null;
      facts.set(stepId, {
        ...rest,
        restsUntil: restsForMs === null ? null : now + restsForMs,
        serviceName,
        hasWorker: served.has(sight.queue),
        granted: load === undefined ? null : grantedTo(load),
        breaker: breakers.find((breaker) => breaker.serviceName === serviceName) ?? null,
        msPerJob: load === undefined || takesMs === null ? null : takesMs / load.throttle.limit,
      });
    });
    return facts;
  }

  async function releaseFacts(state: WorkflowState): Promise<ReleaseFacts | 'away' | 'nobody'> {
    const { lane } = heldPlace(state);
    if (lane === null) return 'nobody';
    const { workflowId, createdAt, priority } = state;
    const [views, aheadInClass] = await Promise.all([
      within(releaseBoard.views()),
      store.countAhead(lane, priority, { createdAt, workflowId }),
    ]);
    if (views === null) return 'away';
    const current = views.filter((view) => isCurrent(view, clock.now()));
    const view = current.find(({ group, groups }) => laneGroup(lane, groups) === group);
    if (view === undefined) return 'nobody';
    // a lane of which this is the first order is in no view yet
    const known = view.lanes.find((one) => one.lane === lane) ?? emptyLane(lane, lanes);
    const { batchSize, intervalMs, paused, closed, holdHigh } = view;
    const aheadByClass = WORKFLOW_PRIORITIES.slice(0, WORKFLOW_PRIORITIES.indexOf(priority))
      .map((moreUrgent) => known.waiting[moreUrgent])
      .reduce((sum, orders) => sum + orders, 0);
    const { cap, inFlight, restsUntil } = known;
    const ahead = aheadByClass + aheadInClass;
    const tempo = { batchSize, intervalMs, restsUntil };
    return { lane, paused, closed, holdHigh, priority, cap, inFlight, ahead, ...tempo };
  }
}

function grantedTo(load: ServiceLoad): JobFacts['granted'] {
  const { limit: calls, ceiling, since, reason } = load.throttle;
  return {
    calls,
    ceiling,
    since,
    reason,
    isCanary: calls < ceiling && canaryReason(load) !== null,
  };
}

/** The answer, or null when it is not there in time. */
async function within<T>(work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
