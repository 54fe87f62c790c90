import { createLeaderLease } from '#adapters/redis/leader-lease.ts';
import { buryExpired } from '#application/inbound/bury-expired.ts';
import { handleBatch } from '#application/inbound/handle-batch.ts';
import { topicsOf } from '#application/inbound/trigger.ts';
import type { Engine, EngineKafka } from '#composition/engine.ts';
import { pause } from '#composition/pause.ts';
import type { RunningRole } from '#composition/role.ts';

/** Of one event; the second and third try come half a second and a second later. */
const PATIENCE = { attempts: 3, attemptLimitMs: 30_000, pauseMs: 500 };
/** How often parked events are looked through for those whose time is over. */
const EXPIRY_INTERVAL_MS = 60_000;

/** Handles the events of the services, shared with the other processes of the group (ADR 14). */
export async function eventsRole(
  engine: Engine,
  { settings, bus }: EngineKafka,
): Promise<RunningRole> {
  const { config, logger, redis, clock, store, triggers } = engine;
  const deadLetterTopic = settings.topics.deadLetters;
  const isUp = () =>
    store.ping().then(
      () => true,
      () => false,
    );
  const consumption = bus.consume({
    group: settings.group,
    topics: topicsOf(triggers),
    handle: handleBatch({
      triggers,
      receive: engine.receiveEvent,
      bus,
      deadLetterTopic,
      clock,
      logger,
      patience: { ...PATIENCE, pause, isUp },
    }),
  });
  const lease = createLeaderLease({
    redis,
    prefix: config.queuePrefix,
    role: 'parked-events',
    ttlMs: EXPIRY_INTERVAL_MS * 3,
  });
  const bury = buryExpired({ store, letters: { bus, topic: deadLetterTopic }, clock, logger });
  const stopping = new AbortController();
  const burying = buryNowAndThen(stopping.signal);
  logger.info('events are consumed', { brokers: settings.brokers, group: settings.group });
  return {
    async stop() {
      stopping.abort();
      await burying;
      await consumption.close();
      await lease.release();
    },
  };

  async function buryNowAndThen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if ((await lease.acquire()) !== null) await bury();
      } catch (error) {
        logger.warn('parked events are looked through again later', { error });
      }
      await pause(EXPIRY_INTERVAL_MS, signal);
    }
  }
}
