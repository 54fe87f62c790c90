import { createLeaderLease } from '#adapters/redis/leader-lease.ts';
import { beginRelayTerm } from '#application/relay/relay-term.ts';
import { withSystemEvents } from '#application/relay/system-events.ts';
import { runRelay } from '#application/relay/run-relay.ts';
import type { Engine, EngineKafka } from '#composition/engine.ts';
import { pause } from '#composition/pause.ts';
import type { RunningRole } from '#composition/role.ts';

/**
 * A leader that dies is followed within this time. A leader that waits for Kafka longer than this may be followed as well: its
 * successor waits for the same Kafka.
 */
const LEASE_MS = 10_000;

/** Publishes the log to Kafka, in one process at a time (ADR 13). */
export async function relayRole(
  engine: Engine,
  { settings, bus }: EngineKafka,
): Promise<RunningRole> {
  const { config, logger, redis, clock, store, workflows } = engine;
  const lease = createLeaderLease({
    redis,
    prefix: config.queuePrefix,
    role: 'relay',
    ttlMs: LEASE_MS,
  });
  const term = {
    store,
    workflows,
    bus,
    clock,
    logger,
    outgoing: { topic: settings.topics.workflow, format: settings.eventFormat },
    deadLetterTopic: settings.topics.deadLetters,
  };
  const system = {
    ...term,
    outgoing: { topic: settings.topics.system, format: settings.eventFormat },
  };
  const stopping = new AbortController();
  const running = runRelay(
    {
      lease,
      begin: async () => withSystemEvents(await beginRelayTerm(term), system),
      intervalMs: settings.relayIntervalMs,
      pause,
      logger,
    },
    stopping.signal,
  );
  logger.info('relay is up', { brokers: settings.brokers });
  return {
    async stop(graceMs) {
      stopping.abort();
      // What hangs longer is cut off when the bus is closed, and published again by whoever leads next.
      await Promise.race([running, pause(graceMs)]);
    },
  };
}
