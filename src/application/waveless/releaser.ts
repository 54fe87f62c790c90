import type { Clock } from '#application/ports/clock.ts';
import type { Floor, FloorState } from '#application/ports/floor.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { LaneView, ReleaseView } from '#application/ports/release-board.ts';
import type { ReleaseQueue } from '#application/ports/release-queue.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import { findReady, type FoundOrder } from '#application/waveless/find-ready.ts';
import { laneGroup } from '#application/waveless/lane-group.ts';
import type { LaneRules } from '#application/waveless/lane-rules.ts';
import { learnDurations } from '#application/waveless/learn-durations.ts';
import { orderFacts } from '#application/waveless/order-facts.ts';
import { releaseTempo } from '#application/waveless/release-tempo.ts';
import { countWaiting, tallyLanes } from '#application/waveless/tally-lanes.ts';
import { startOrders } from '#application/waveless/start-orders.ts';
import { urgentRelease, type UrgentRelease } from '#application/waveless/urgent-release.ts';
import type { Workflows } from '#application/workflows.ts';
import { FIRST_TURN } from '#domain/policy/lane-turns.ts';
import type { UrgencyRules } from '#domain/policy/release-class.ts';
import { planRelease, type LaneRoom } from '#domain/policy/release-plan.ts';
import { bypassesBatch } from '#domain/policy/waveless.ts';

/*
 * The releaser of one group of lanes: looks at what waits, asks the rules of the domain what may go, and starts it.
 *
 * 1. An order is released by the commit that starts it, a compare-and-set on its version: of two releasers that take the same one is
 *    told that it came too late. So nothing is released twice, and what was not committed still waits in the store.
 * 2. What is in flight is counted in the store at the beginning of each round, never remembered: whoever takes over after a death
 *    begins with the truth. Two that both believe to lead may exceed a cap by one round; the lease makes that rare.
 * 3. Only turns, tempo and what was learnt live in memory: losing them costs fairness of one batch, no order.
 * 4. Rounds and urgent releases take turns: each counts what is in flight after the one before has committed. So a round is short
 *    (MOST_PER_ROUND), and what is urgent waits for one of them at most.
 */

/** The boards are written every second or so: asking them in every round of a burst would tell nothing new. */
const FLOOR_KEPT_MS = 250;

/** Orders that one round releases, and reads of one line: some tens of ms of work. After a minute thousands may bypass the batch. */
const MOST_PER_ROUND = 50;

export type ReleaserOptions = {
  readonly group: number;
  readonly groups: number;
  readonly rules: UrgencyRules;
  /** Are orders of class HIGH kept back as well while a service that they need is closed? */
  readonly holdHigh: boolean;
};

export type Round = {
  readonly released: number;
  /** As many as one round may release: more may go at once. */
  readonly isFull: boolean;
  readonly view: ReleaseView;
};

/** Its methods must not run at the same time. */
export type Releaser = {
  /** Releases what may go now. @throws StoreUnavailableError */
  round(): Promise<Round>;
  /** Releases the HIGH orders of one lane that may go now, and looks at nothing else. @throws StoreUnavailableError */
  releaseUrgent(lane: string): Promise<UrgentRelease>;
};

export function releaser(
  parts: {
    readonly store: WorkflowStore & ReleaseQueue;
    readonly workflows: Workflows;
    readonly floor: Floor;
    readonly lanes: LaneRules;
    readonly clock: Clock;
    readonly logger: Logger;
  },
  options: ReleaserOptions,
): Releaser {
  const { store, floor, lanes: laneRules, clock } = parts;
  const { group, groups, rules, holdHigh } = options;
  const facts = orderFacts(parts);
  const durations = learnDurations(parts);
  let turns = FIRST_TURN;
  let lastBatchAt = -Infinity;
  const readFloor = seldom(FLOOR_KEPT_MS, clock, () => floor.read());
  let pausedSince: number | null = null;
  const laneBatchAt = new Map<string, number>();
  /** Until when lanes rest because an order that waits in them wants it so. */
  const laneRests = new Map<string, number>();
  const start = startOrders(parts);
  const tools = { store, facts, readFloor, lanes: laneRules, clock, start, most: MOST_PER_ROUND };

  return { round, releaseUrgent: urgentRelease(tools, options) };

  async function round(): Promise<Round> {
    const [tallies, state] = await Promise.all([store.lanes(), readFloor()]);
    const now = clock.now();
    const lanes = tallyLanes(
      tallies.filter(({ lane }) => laneGroup(lane, groups) === group),
      laneRules,
    );
    const waiting = countWaiting(lanes);
    const tempo = releaseTempo(state.load, waiting);
    pausedSince = tempo.isPaused ? (pausedSince ?? now) : null;
    const isDue = now - lastBatchAt >= tempo.intervalMs || now < lastBatchAt;
    const { released, isFull } =
      tempo.isPaused || waiting === 0
        ? NOTHING
        : await release(lanes, state, isDue ? tempo.batchSize : 0, now);
    return { released: released.length, isFull, view: viewOf(tempo, lanes, released, state, now) };
  }

  async function release(
    lanes: readonly LaneView[],
    state: FloorState,
    batchSize: number,
    now: number,
  ): Promise<{ readonly released: readonly FoundOrder[]; readonly isFull: boolean }> {
    const open = new Map(
      lanes.map(({ lane, cap, inFlight, waiting }) => [
        lane,
        { room: Math.min(cap - inFlight, MOST_PER_ROUND), waiting },
      ]),
    );
    const expected = await durations();
    const question = { store, facts, lanes: open, closed: state.closed, holdHigh, expected, rules };
    const found = await findReady({ ...question, batchSize, now });
    const ready = new Map(found.map((order) => [order.workflowId, order]));
    const rooms = new Map(lanes.map((lane) => [lane.lane, roomOf(lane, ready, now)]));
    // between two batches the lines are not looked at
    if (batchSize > 0) noteRests(rooms);
    const plan = planRelease(found, rooms, batchSize, turns, now);
    const isWhole = plan.released.length <= MOST_PER_ROUND;
    // of a round that is cut the batch is left over, with the turns that it would have taken
    if (isWhole) turns = plan.turns;
    if (isWhole && batchSize > 0 && plan.released.length > 0) lastBatchAt = now;
    const chosen = plan.released
      .slice(0, MOST_PER_ROUND)
      .flatMap(({ workflowId }) => ready.get(workflowId) ?? []);
    for (const order of chosen) if (!bypassesBatch(order, now)) laneBatchAt.set(order.lane, now);
    return { released: await start(chosen), isFull: plan.released.length >= MOST_PER_ROUND };
  }

  /** How fast its waiting orders let the lane be released (PUT /workflows/{id}/waveless): the strictest wish counts. */
  function roomOf(
    { lane, cap, inFlight, weight }: LaneView,
    ready: ReadonlyMap<string, FoundOrder>,
    now: number,
  ): LaneRoom & { readonly restsUntil: number | null } {
    const paces = [...ready.values()].flatMap((order) => (order.lane === lane ? order.pace : []));
    const batchLimit = Math.min(...paces.map(({ batchSize }) => batchSize ?? Infinity));
    const intervalMs = Math.max(0, ...paces.map((pace) => pace.processingIntervalMs ?? 0));
    const batchAt = laneBatchAt.get(lane) ?? -Infinity;
    const isTooSoon = now >= batchAt && now - batchAt < intervalMs;
    const restsUntil = isTooSoon ? batchAt + intervalMs : null;
    return { room: cap - inFlight, weight, batchLimit: isTooSoon ? 0 : batchLimit, restsUntil };
  }

  function noteRests(rooms: ReadonlyMap<string, { readonly restsUntil: number | null }>): void {
    laneRests.clear();
    for (const [lane, { restsUntil }] of rooms) {
      if (restsUntil !== null) laneRests.set(lane, restsUntil);
    }
  }

  function viewOf(
    tempo: ReturnType<typeof releaseTempo>,
    lanes: readonly LaneView[],
    released: readonly FoundOrder[],
    state: FloorState,
    now: number,
  ): ReleaseView {
    const { batchSize, intervalMs, why } = tempo;
    const paused =
      pausedSince === null || state.load === null ? null : { since: pausedSince, ...state.load };
    const after = lanes.map((lane) => ({
      ...afterRelease(lane, released),
      restsUntil: laneRests.get(lane.lane) ?? null,
    }));
    return {
      group,
      groups,
      at: now,
      batchSize,
      intervalMs,
      paused,
      why,
      closed: state.closed,
      holdHigh,
      lanes: after,
    };
  }
}

const NOTHING = { released: [], isFull: false } as const;

/** The lane as it is after this round; classes are counted by what the orders themselves are. */
function afterRelease(lane: LaneView, released: readonly FoundOrder[]): LaneView {
  const count = released.filter((order) => order.lane === lane.lane).length;
  return { ...lane, inFlight: lane.inFlight + count };
}

/** Asks at most so often, and gives the last answer in between. */
function seldom<T>(everyMs: number, clock: Clock, ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly at: number; readonly answer: Promise<T> } | null = null;
  return () => {
    const now = clock.now();
    if (last === null || Math.abs(now - last.at) >= everyMs) last = { at: now, answer: ask() };
    return last.answer;
  };
}
