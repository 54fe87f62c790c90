import {
  expectedDuration,
  UNKNOWN_DURATION,
  type ExpectedDuration,
} from '#domain/policy/expected-duration.ts';
import { FIRST_TURN } from '#domain/policy/lane-turns.ts';
import { loadMetrics, loadScore } from '#domain/policy/load-score.ts';
import { releaseBy, releaseClass } from '#domain/policy/release-class.ts';
import { planRelease } from '#domain/policy/release-plan.ts';
import {
  DEFAULT_BATCH_SIZE,
  isWavelessPaused,
  wavelessBatchSize,
  wavelessIntervalMs,
} from '#domain/policy/waveless.ts';
import { WORKFLOW_PRIORITIES } from '#domain/workflow/vocabulary.ts';
import type { DayOrder } from './day-orders.ts';
import type { Capacities, FloorView } from './floor.ts';

/** What is released now, and when to ask again at the latest (ms since midnight; Infinity: at the next arrival). */
export type Release = {
  readonly orders: readonly { readonly order: DayOrder; readonly rank: number }[];
  readonly nextAt: number;
};

/** A way to release orders to the floor. Asked at every arrival and at the time that it named. */
export type ReleaseRule = (waiting: readonly DayOrder[], floor: FloorView, now: number) => Release;

const WAVE_MS = 30 * 60_000;

/** Classic waves: all that waits goes to the floor every half hour. */
export function waves(): ReleaseRule {
  let nextAt = 0;
  return (waiting, _floor, now) => {
    const isWave = now >= nextAt;
    if (isWave) nextAt = (Math.floor(now / WAVE_MS) + 1) * WAVE_MS;
    return { orders: isWave ? inOrder(waiting) : [], nextAt };
  };
}

/** Every order goes to the floor as it comes. */
export function fifo(): ReleaseRule {
  return (waiting) => ({ orders: inOrder(waiting), nextAt: Infinity });
}

function inOrder(waiting: readonly DayOrder[]): Release['orders'] {
  return waiting.map((order) => ({ order, rank: 0 }));
}

const RULES = { classWaitMs: 30 * 60_000 };

/** Orders of a lane per picker: one in hand, one at the ready, one further on. With two, packers run dry now and then. */
const ORDERS_PER_PICKER = 3;

/**
 * The governor: the very rules by which the engine releases (`src/domain/policy`), fed with what this floor shows. The load of the
 * floor stands in for that of services: pickers for the processor, packers for the memory.
 */
export function governor({ pickersPerZone }: Capacities): ReleaseRule {
  let turns = FIRST_TURN;
  let lastBatchAt = -Infinity;
  const learn = createLearner();
  return (waiting, floor, now) => {
    const score = scoreOf(floor, now);
    const intervalMs = figure(wavelessIntervalMs(waiting.length));
    if (isWavelessPaused(score, 0) === true) return { orders: [], nextAt: now + intervalMs };
    const isDue = now - lastBatchAt >= intervalMs;
    const lanes = new Map(
      [...pickersPerZone].map(([zone, pickers]) => {
        const room = pickers * ORDERS_PER_PICKER - (floor.inFlight.get(zone) ?? 0);
        return [zone, { room, weight: pickers, batchLimit: Infinity }];
      }),
    );
    const placed = waiting.filter(({ zone }) => (lanes.get(zone)?.room ?? 0) > 0);
    if (placed.length === 0) return { orders: [], nextAt: now + intervalMs };
    const expected = learn(floor.done);
    const ready = placed.map((order) => {
      const { orderId: workflowId, zone: lane, arrivesAt: waitingSince, cutOffAt } = order;
      const aging = { workflowId, priority: order.priority, waitingSince, cutOffAt, expected };
      return {
        workflowId,
        lane,
        waitingSince,
        priority: releaseClass(aging, now, RULES),
        releaseBy: releaseBy(aging, now, RULES),
        order,
      };
    });
    const batch = isDue ? figure(wavelessBatchSize(DEFAULT_BATCH_SIZE, score)) : 0;
    const plan = planRelease(ready, lanes, batch, turns, now);
    turns = plan.turns;
    if (isDue && plan.released.length > 0) lastBatchAt = now;
    const chosen = new Map(ready.map((one) => [one.workflowId, one]));
    const orders = plan.released.flatMap(({ workflowId, priority }) => {
      const found = chosen.get(workflowId);
      // on the floor jobs go by the class in which the order was released, as in the engine
      return found ? [{ order: found.order, rank: WORKFLOW_PRIORITIES.indexOf(priority) }] : [];
    });
    return { orders, nextAt: now + intervalMs };
  };
}

/** How long orders took on the floor, reckoned anew when there are more of them. */
function createLearner(): (done: FloorView['done']) => ExpectedDuration {
  let known = { orders: 0, expected: UNKNOWN_DURATION };
  return (done) => {
    if (done.length !== known.orders) {
      const took = done.map(({ doneAt, releasedAt }) => doneAt - releasedAt);
      known = { orders: done.length, expected: expectedDuration(took) ?? UNKNOWN_DURATION };
    }
    return known.expected;
  };
}

function scoreOf(floor: FloorView, now: number): number {
  const metrics = loadMetrics({
    serviceId: 'floor',
    serviceName: 'floor',
    cpuUsagePercent: floor.busyPickers * 100,
    memoryUsagePercent: floor.busyPackers * 100,
    activeRequests: 0,
    queueDepth: floor.queued,
    averageResponseTimeMs: 0,
    errorRate: 0,
    timestamp: now,
  });
  if ('kind' in metrics) throw new Error(metrics.reason);
  return loadScore(metrics);
}

function figure(value: ReturnType<typeof wavelessBatchSize>): number {
  if (typeof value === 'number') return value;
  throw new Error(value.reason);
}
