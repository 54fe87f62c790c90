import { openWorkerRedis } from '#adapters/redis/connection.ts';
import { createLeaderLease } from '#adapters/redis/leader-lease.ts';
import { hearReleaseBell } from '#adapters/redis/release-board.ts';
import { laneGroup } from '#application/waveless/lane-group.ts';
import { releaser } from '#application/waveless/releaser.ts';
import type { UrgentRelease } from '#application/waveless/urgent-release.ts';
import type { Engine } from '#composition/engine.ts';
import { pause } from '#composition/pause.ts';
import { createBell, type Bell } from '#composition/release-bell.ts';
import { withinPatience } from '#composition/readiness.ts';
import type { Role } from '#composition/role.ts';

/** A leader that dies is followed within this time. */
const LEASE_MS = 5000;

/** The lease is renewed, and the view published, at least this often. */
const LONGEST_REST_MS = 1000;

/** Between two rounds, however often the bell rings: a burst of starts is one round's work. */
const SHORTEST_REST_MS = 20;

/** After a round that released as many as one may: each counts all that is in the lanes, thousands then. */
const FULL_REST_MS = 50;

/**
 * The same between urgent orders: the first goes at once, those of a burst soon after, together. The more of them came together the
 * longer the rest, so that a flood of HIGH is released in handfuls. After a full handful a long rest would not make the next one
 * larger: it would only cost throughput (docs/BENCHMARKS.md).
 */
const URGENT_REST_MS = { perOrder: 10, most: 40 };

/** Starts what waits for its release, one process at a time for each group of lanes. */
export const releaserRole: Role = async (engine) => {
  const { config, logger } = engine;
  const stopping = new AbortController();
  const bells = Array.from({ length: config.release.groups }, createBell);
  const connection = openWorkerRedis(engine.redisUrl, 'release bell', logger);
  // without Redis it waits for it, and nothing is released meanwhile
  const hearing = hearReleaseBell(connection, config.queuePrefix, (urgentLane) => {
    if (urgentLane === null) for (const bell of bells) bell.ring();
    else bells[laneGroup(urgentLane, bells.length)]?.ringUrgent(urgentLane);
  }).catch(() => {});
  const running = bells.map((bell, group) => lead(engine, group, bell, stopping.signal));
  // whoever rings from now on is heard
  await withinPatience([hearing, ...running.map(({ begun }) => begun)]);
  logger.info('releaser is up');
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running.map(({ ended }) => ended));
      connection.disconnect();
    },
  };
};

/** Looked into once at the start, so that the first urgent order need not wait until what looks is compiled. No lane has such a name. */
const NOBODYS_LANE = '';

/**
 * Releases the orders of one group of lanes whenever this process holds its lease.
 * @returns `begun` when it has looked for the first time, `ended` when it has stopped
 */
function lead(engine: Engine, group: number, bell: Bell, stopped: AbortSignal) {
  const { config, logger, redis } = engine;
  const { groups, classWaitMs, lookAheadHoldsHigh } = config.release;
  const role = `releaser:${group}`;
  const lease = createLeaderLease({ redis, prefix: config.queuePrefix, role, ttlMs: LEASE_MS });
  const options = { group, groups, rules: { classWaitMs }, holdHigh: lookAheadHoldsHigh };
  const { round, releaseUrgent } = releaser(engine, options);
  /** null: this process does not lead. */
  let fence: number | null = null;
  let askedAt = -Infinity;

  const begun = begin();
  return { begun, ended: goOn() };

  /** @returns how long the next look may wait */
  async function begin(): Promise<number> {
    const restMs = await leadOnce();
    await serveUrgent([NOBODYS_LANE]);
    return restMs;
  }

  async function goOn(): Promise<void> {
    await rest(await begun);
    while (!stopped.aborted) await rest(await leadOnce());
    await lease.release();
  }

  /** @returns how long the next look may wait */
  async function leadOnce(): Promise<number> {
    try {
      const number = await leads();
      if (number === null) return LONGEST_REST_MS;
      const { view, isFull } = await round();
      await engine.releaseBoard.publish(view, number);
      return isFull ? FULL_REST_MS : Math.min(LONGEST_REST_MS, view.intervalMs);
    } catch (error) {
      logger.error('releaser: a round failed, the next one tries again', { group, error });
      return LONGEST_REST_MS;
    }
  }

  /** @returns the fence of the lease; null: another process leads */
  async function leads(): Promise<number | null> {
    askedAt = performance.now();
    const number = await lease.acquire();
    if ((number === null) !== (fence === null)) {
      const what = number === null ? 'leads no more' : `leads, with fence ${number}`;
      logger.info(`releaser of lane group ${group}: this process ${what}`);
    }
    fence = number;
    return number;
  }

  /** Waits for the next round: until the bell rings, or as long as it may. Urgent orders do not wait for that round. */
  async function rest(longestMs: number): Promise<void> {
    const begunAt = performance.now();
    let restMs = longestMs;
    for (;;) {
      const leftMs = begunAt + restMs - performance.now();
      if (leftMs <= 0 || stopped.aborted) return;
      const heard = await bell.heard(leftMs, stopped);
      if (heard.rang) restMs = Math.min(restMs, SHORTEST_REST_MS);
      if (heard.urgentLanes.length === 0) continue;
      const { released, isFull } = await serveUrgent(heard.urgentLanes);
      const { perOrder, most } = URGENT_REST_MS;
      const orders = isFull ? 1 : Math.max(1, released);
      await pause(Math.min(most, perOrder * orders), stopped);
    }
  }

  /** A lane of which more may wait rings again. */
  async function serveUrgent(lanes: readonly string[]): Promise<UrgentRelease> {
    const all = { released: 0, isFull: false };
    try {
      // a lease that was renewed for the last round outlives the rest after it
      const isSure = fence !== null && performance.now() - askedAt < LONGEST_REST_MS;
      if (!isSure && (await leads()) === null) return all;
      for (const lane of lanes) {
        const { released, isFull } = await releaseUrgent(lane);
        all.released += released;
        if (!isFull) continue;
        all.isFull = true;
        bell.ringUrgent(lane);
      }
    } catch (error) {
      logger.error('releaser: HIGH orders wait for the next round', { group, lanes, error });
    }
    return all;
  }
}
