import type { ExpectedDuration } from '#domain/policy/expected-duration.ts';
import type { WaitingOrder } from '#domain/policy/waveless.ts';
import { WORKFLOW_PRIORITIES, type WorkflowPriority } from '#domain/workflow/vocabulary.ts';

/** An order that waits, with what decides how urgent it is by now. */
export type AgingOrder = WaitingOrder & {
  /** By when it must be done, epoch ms; null: no cut-off. */
  readonly cutOffAt: number | null;
  /** How long such an order takes from its release, measured. */
  readonly expected: ExpectedDuration;
};

export type UrgencyRules = {
  /** A LOW order that has waited this long is NORMAL; after four times as long any order is HIGH. */
  readonly classWaitMs: number;
};

/** Slack under which an order counts as HIGH, and as NORMAL at least. */
export const URGENT_SLACK_MS = 10 * 60_000;
export const SHORT_SLACK_MS = 30 * 60_000;

/** Waits after which an order is HIGH, and after which one is that has lost its carrier: it takes the place of one that has not. */
const HIGH_AFTER_WAITS = 4;
const LOST_HIGH_AFTER_WAITS = 16;

/**
 * What is left until the order must be released to be done in time; below 0: it will probably be late.
 * @returns ms; null: it has no cut-off, or one that it can no longer meet: less is left than the fastest tenth needs
 */
export function slackMs(
  { cutOffAt, expected }: Pick<AgingOrder, 'cutOffAt' | 'expected'>,
  now: number,
): number | null {
  if (cutOffAt === null || cutOffAt - expected.fastMs <= now) return null;
  return cutOffAt - expected.slowMs - now;
}

/**
 * The class in which an order is released now: its own, or a more urgent one by the length of its wait or by a cut-off that comes
 * near. A cut-off that can't be met any more raises nothing: the carrier is as good as gone, and others can still be in time.
 */
export function releaseClass(
  order: AgingOrder,
  now: number,
  rules: UrgencyRules,
): WorkflowPriority {
  const own = WORKFLOW_PRIORITIES.indexOf(order.priority);
  const aged = WORKFLOW_PRIORITIES.indexOf(classByWait(order, now, rules));
  const pressed = WORKFLOW_PRIORITIES.indexOf(classBySlack(order, now));
  return WORKFLOW_PRIORITIES[Math.min(own, aged, pressed)] ?? order.priority;
}

/**
 * The time by which orders of one class are put in line, the earliest first. Who can meet a cut-off: when it must be released for
 * that. HIGH by its own word or by its wait: since when it waits. All others come behind them, by age, and after some hours
 * before them as well.
 * @returns epoch ms
 */
export function releaseBy(order: AgingOrder, now: number, rules: UrgencyRules): number {
  const { priority, waitingSince } = order;
  const slack = slackMs(order, now);
  if (priority === 'HIGH' || classByWait(order, now, rules) === 'HIGH') return waitingSince;
  return slack === null
    ? waitingSince + LOST_HIGH_AFTER_WAITS * rules.classWaitMs
    : Math.max(waitingSince, now + slack);
}

/** Soon out of LOW; but HIGH would mean little if half of a busy day's orders came to it by waiting. */
function classByWait(
  order: AgingOrder,
  now: number,
  { classWaitMs }: UrgencyRules,
): WorkflowPriority {
  const isLost = order.cutOffAt !== null && slackMs(order, now) === null;
  const waits = (now - order.waitingSince) / classWaitMs;
  if (waits >= (isLost ? LOST_HIGH_AFTER_WAITS : HIGH_AFTER_WAITS)) return 'HIGH';
  return waits >= 1 ? 'NORMAL' : 'LOW';
}

function classBySlack(order: AgingOrder, now: number): WorkflowPriority {
  const slack = slackMs(order, now);
  if (slack === null) return 'LOW';
  if (slack < URGENT_SLACK_MS) return 'HIGH';
  return slack < SHORT_SLACK_MS ? 'NORMAL' : 'LOW';
}
