import { createQueueSettingsBoard } from '#adapters/bullmq/queue-settings-board.ts';
import { createLeaderLease } from '#adapters/redis/leader-lease.ts';
import { buryExpired } from '#application/inbound/bury-expired.ts';
import { queueKeeper } from '#application/keep-queue-settings.ts';
import { QueueUnavailableError } from '#application/ports/errors.ts';
import { reconciler } from '#application/reconcile.ts';
import { pause } from '#composition/pause.ts';
import type { Role } from '#composition/role.ts';

/** Workflows looked at in one go. A full sweep is followed by the next at once. */
const SWEEP = 500;

/** A leader that dies is followed within this time. */
const LEASE_MS = 5000;

/** How often parked events are looked through where there is no bus, whose consumers do so otherwise. */
const EXPIRY_INTERVAL_MS = 60_000;

/** Looks for what is overdue, and after the queues' settings, in one process at a time (DESIGN 1.4). */
export const reconcilerRole: Role = async (engine) => {
  const { config, logger, redis, store, clock } = engine;
  const lease = createLeaderLease({
    redis,
    prefix: config.queuePrefix,
    role: 'reconciler',
    ttlMs: LEASE_MS,
  });
  const sweep = reconciler({ ...engine, dispatchSlackMs: config.dispatchSlackMs });
  const keepQueueSettings = queueKeeper({
    board: createQueueSettingsBoard({
      redis,
      prefix: config.queuePrefix,
      queues: engine.queue.queues,
    }),
    store,
    logger,
    afterWipe: [],
  });
  const bury = buryExpired({ store, letters: null, clock, logger });
  let buriedAt = -Infinity;
  let fence: number | null = null;
  const stopping = new AbortController();
  const running = loop();
  logger.info('reconciler is up');
  return {
    async stop() {
      stopping.abort();
      await running;
      await lease.release();
    },
  };

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const full = await sweepOnce();
      if (!full) await pause(config.reconcileIntervalMs, stopping.signal);
    }
  }

  /** @returns whether there may be more to do right now */
  async function sweepOnce(): Promise<boolean> {
    try {
      if (!(await leads())) return false;
      await lookAfterQueues();
      const { seen, redispatched } = await sweep(SWEEP);
      await buryNowAndThen();
      if (redispatched > 0) logger.warn(`reconciler: ${redispatched} lost jobs dispatched again`);
      return seen >= SWEEP;
    } catch (error) {
      logger.error('reconciler: a sweep failed, the next one tries again', { error });
      return false;
    }
  }

  async function buryNowAndThen(): Promise<void> {
    if (engine.kafka !== null || clock.elapsed() - buriedAt < EXPIRY_INTERVAL_MS) return;
    buriedAt = clock.elapsed();
    await bury();
  }

  async function leads(): Promise<boolean> {
    const before = fence;
    fence = await lease.acquire();
    if (fence !== null && fence !== before)
      logger.info('reconciler: this process leads', { fence });
    if (fence === null && before !== null) logger.info('reconciler: this process leads no more');
    return fence !== null;
  }

  /** What is overdue does not wait for it. */
  async function lookAfterQueues(): Promise<void> {
    try {
      await keepQueueSettings();
    } catch (error) {
      // without Redis nothing is set on queues, and its connection logs that it is away
      if (error instanceof QueueUnavailableError) return;
      logger.error('reconciler: queue settings could not be looked after', { error });
    }
  }
};
