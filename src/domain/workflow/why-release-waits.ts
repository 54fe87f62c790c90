import { holdingService, neededServices, type ClosedService } from '#domain/policy/look-ahead.ts';
import type { WorkflowPriority } from '#domain/workflow/vocabulary.ts';
import { startScope } from '#domain/workflow/scope.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import { plural, waiting, type Waiting } from '#domain/workflow/waiting-reason.ts';

/** What the releaser of the order's lane said last. Times are epoch ms. */
export type ReleaseFacts = {
  readonly lane: string;
  readonly paused: {
    readonly since: number;
    readonly score: number;
    readonly errorRate: number;
  } | null;
  readonly closed: readonly ClosedService[];
  readonly holdHigh: boolean;
  /** The class in which the order is released by now. */
  readonly priority: WorkflowPriority;
  readonly cap: number;
  readonly inFlight: number;
  /** Orders of its lane that go before it. */
  readonly ahead: number;
  readonly batchSize: number;
  readonly intervalMs: number;
  /** The lane rests until then because an order that waits in it wants it so; null: it does not. */
  readonly restsUntil: number | null;
};

/**
 * Why an order that is PENDING was not released yet.
 * @param facts 'away': Redis does not answer; 'nobody': no releaser is at work
 */
export function whyReleaseWaits(
  state: WorkflowState,
  facts: ReleaseFacts | 'away' | 'nobody',
  now: number,
): Waiting {
  const since = state.createdAt;
  if (facts === 'away') {
    const detail = 'Redis does not answer: nobody is released until it does';
    return waiting(null, 'unknown', { since, detail, action: 'Redis comes back' });
  }
  if (facts === 'nobody') {
    const detail = 'no releaser is at work';
    return waiting(null, 'no-worker', {
      subject: 'releaser',
      since,
      detail,
      action: 'start a releaser',
    });
  }
  const { lane, paused, cap, inFlight } = facts;
  if (paused !== null) {
    const errors = Math.round(paused.errorRate * 100);
    const detail = `nothing is released: load ${Math.round(paused.score)}, ${errors} % errors`;
    const action =
      'load falls below 95 and errors below 50 %; GET /orchestration/metrics tells which service';
    return waiting(null, 'load-pause', { since: paused.since, detail, action });
  }
  const closed = heldBy(state, facts);
  if (closed !== null) {
    const { serviceName: subject, since: closedSince, until, why } = closed;
    const detail = `a step needs ${subject}, which takes no calls: ${why}`;
    const action = `${subject} recovers`;
    return waiting(null, 'look-ahead', { subject, since: closedSince, until, detail, action });
  }
  if (inFlight >= cap) {
    const detail = `lane ${lane} is full: ${inFlight} of ${cap} orders are on the floor`;
    const action = 'an order of the lane ends, or its cap is raised (LANES_FILE, LANE_CAP)';
    return waiting(null, 'lane-cap', { subject: lane, since, detail, action });
  }
  return inLine(facts, since, now);
}

function heldBy(
  state: WorkflowState,
  { closed, holdHigh, priority }: ReleaseFacts,
): ClosedService | null {
  if (priority === 'HIGH' && !holdHigh) return null;
  return holdingService(neededServices(state.definition, startScope(state)), closed);
}

function inLine(
  { lane, ahead, priority, batchSize, intervalMs, restsUntil }: ReleaseFacts,
  since: number,
  now: number,
): Waiting {
  const batches = Math.ceil((ahead + 1) / batchSize);
  const place = `${plural(ahead, 'order')} before it in lane ${lane}`;
  if (restsUntil !== null && restsUntil > now && priority !== 'HIGH') {
    const detail = `${place}, which rests by the wish of an order that waits in it (PUT /workflows/{id}/waveless)`;
    const action = 'time passes, or that order wishes it no more';
    const estimatedAt = Math.max(restsUntil, now + batches * intervalMs);
    return waiting(null, 'queue-position', { subject: lane, since, estimatedAt, detail, action });
  }
  const detail = place;
  const action = 'time passes; HIGH goes first';
  const estimatedAt = now + batches * intervalMs;
  return waiting(null, 'queue-position', { subject: lane, since, estimatedAt, detail, action });
}
