import { openWorkerRedis } from '#adapters/redis/connection.ts';
import { createLeaderLease } from '#adapters/redis/leader-lease.ts';
import { hearReleaseBell } from '#adapters/redis/release-board.ts';
import { releaser } from '#application/waveless/releaser.ts';
import type { Engine } from '#composition/engine.ts';
import { pause } from '#composition/pause.ts';
import type { Role } from '#composition/role.ts';

/** A leader that dies is followed within this time. */
const LEASE_MS = 5000;

/** The lease is renewed, and the view published, at least this often. */
const LONGEST_REST_MS = 1000;

/** Between two rounds, however often the bell rings: a burst of starts is one round's work. */
const SHORTEST_REST_MS = 20;

/** Starts what waits for its release, one process at a time for each group of lanes. */
export const releaserRole: Role = async (engine) => {
  const { config, logger } = engine;
  const stopping = new AbortController();
  const bells = Array.from({ length: config.release.groups }, createBell);
  const connection = openWorkerRedis(engine.redisUrl, 'release bell', logger);
  // without Redis it waits for it, and nothing is released meanwhile
  void hearReleaseBell(connection, config.queuePrefix, () => {
    for (const bell of bells) bell.ring();
  }).catch(() => {});
  const running = bells.map((bell, group) => lead(engine, group, bell, stopping.signal));
  logger.info('releaser is up');
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
      connection.disconnect();
    },
  };
};

/** Releases the orders of one group of lanes whenever this process holds its lease. */
async function lead(engine: Engine, group: number, bell: Bell, stopped: AbortSignal) {
  const { config, logger, redis } = engine;
  const { groups, classWaitMs, lookAheadHoldsHigh } = config.release;
  const role = `releaser:${group}`;
  const lease = createLeaderLease({ redis, prefix: config.queuePrefix, role, ttlMs: LEASE_MS });
  const options = { group, groups, rules: { classWaitMs }, holdHigh: lookAheadHoldsHigh };
  const round = releaser(engine, options);
  let isLeader = false;

  while (!stopped.aborted) {
    const restMs = await leadOnce();
    await pause(Math.min(SHORTEST_REST_MS, restMs), stopped);
    await bell.heard(restMs - SHORTEST_REST_MS, stopped);
  }
  await lease.release();

  /** @returns how long the next look may wait */
  async function leadOnce(): Promise<number> {
    try {
      const fence = await lease.acquire();
      if (isLeader !== (fence !== null)) {
        isLeader = fence !== null;
        const what = isLeader ? `leads, with fence ${fence}` : 'leads no more';
        logger.info(`releaser of lane group ${group}: this process ${what}`);
      }
      if (!isLeader) return LONGEST_REST_MS;
      const { view } = await round();
      await engine.releaseBoard.publish(view);
      return Math.min(LONGEST_REST_MS, view.intervalMs);
    } catch (error) {
      logger.error('releaser: a round failed, the next one tries again', { group, error });
      return LONGEST_REST_MS;
    }
  }
}

type Bell = {
  ring(): void;
  /** Resolves when it rings, or rang since it was heard last; after this long in any case. */
  heard(withinMs: number, stopped: AbortSignal): Promise<void>;
};

function createBell(): Bell {
  let rung = new AbortController();
  return {
    ring: () => rung.abort(),
    async heard(withinMs, stopped) {
      if (withinMs > 0) await pause(withinMs, AbortSignal.any([stopped, rung.signal]));
      if (rung.signal.aborted) rung = new AbortController();
    },
  };
}
