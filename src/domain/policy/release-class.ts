import type { WaitingOrder } from '#domain/policy/waveless.ts';
import { WORKFLOW_PRIORITIES, type WorkflowPriority } from '#domain/workflow/vocabulary.ts';

/** An order that waits, with what decides how urgent it is by now. */
export type AgingOrder = WaitingOrder & {
  /** By when it must be done, epoch ms; null: no cut-off. */
  readonly cutOffAt: number | null;
  /** How long such an order takes from its release, ms (p90, measured); 0: not known. */
  readonly expectedMs: number;
};

export type UrgencyRules = {
  /** A LOW order that has waited this long is NORMAL; after four times as long any order is HIGH. */
  readonly classWaitMs: number;
};

/** Slack under which an order counts as HIGH, and as NORMAL at least. */
export const URGENT_SLACK_MS = 10 * 60_000;
export const SHORT_SLACK_MS = 30 * 60_000;

/**
 * What is left until the order must be released to be done in time; below 0: it will probably be late.
 * @returns ms; null: it has no cut-off
 */
export function slackMs(
  { cutOffAt, expectedMs }: Pick<AgingOrder, 'cutOffAt' | 'expectedMs'>,
  now: number,
): number | null {
  return cutOffAt === null ? null : cutOffAt - expectedMs - now;
}

/**
 * The class in which an order is released now: its own, or a more urgent one by the length of its wait or by a cut-off that comes
 * near. A cut-off that has passed raises nothing any more: the carrier is gone, and others can still be in time.
 */
export function releaseClass(
  order: AgingOrder,
  now: number,
  { classWaitMs }: UrgencyRules,
): WorkflowPriority {
  const own = WORKFLOW_PRIORITIES.indexOf(order.priority);
  const aged = WORKFLOW_PRIORITIES.indexOf(classByWait(now - order.waitingSince, classWaitMs));
  const pressed = WORKFLOW_PRIORITIES.indexOf(classBySlack(order, now));
  return WORKFLOW_PRIORITIES[Math.min(own, aged, pressed)] ?? order.priority;
}

/** Soon out of LOW; but HIGH would mean little if half of a busy day's orders came to it by waiting. */
function classByWait(waitedMs: number, classWaitMs: number): WorkflowPriority {
  if (waitedMs >= 4 * classWaitMs) return 'HIGH';
  return waitedMs >= classWaitMs ? 'NORMAL' : 'LOW';
}

function classBySlack(order: AgingOrder, now: number): WorkflowPriority {
  const slack = slackMs(order, now);
  if (slack === null || order.cutOffAt === null || order.cutOffAt <= now) return 'LOW';
  if (slack < URGENT_SLACK_MS) return 'HIGH';
  return slack < SHORT_SLACK_MS ? 'NORMAL' : 'LOW';
}
