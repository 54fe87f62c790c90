import { createLeaderLease } from '#adapters/redis/leader-lease.ts';
import { beginRelayTerm } from '#application/relay/relay-term.ts';
import { withSystemEvents } from '#application/relay/system-events.ts';
import { createBurden, type Burden } from '#application/relay/burden.ts';
import { divide, nameOfShare, sharesOf, type RelayShare } from '#application/relay/relay-shares.ts';
import { runRelay } from '#application/relay/run-relay.ts';
import type { Engine, EngineKafka } from '#composition/engine.ts';
import { startHeartbeat } from '#composition/heartbeat.ts';
import { pause } from '#composition/pause.ts';
import type { RunningRole } from '#composition/role.ts';

/**
 * A leader that dies is followed within this time. A leader that waits for Kafka longer than this may be followed as well: its
 * successor waits for the same Kafka.
 */
const LEASE_MS = 10_000;

/** Publishes the log to Kafka, in one process at a time for each share of the workflows (ADR 13). */
export async function relayRole(engine: Engine, kafka: EngineKafka): Promise<RunningRole> {
  const stopping = new AbortController();
  const shares = sharesOf(kafka.settings.relayPartitions);
  const burden = createBurden(shares.length);
  const heartbeat = shares.length > 1 ? tellOthers(engine, burden) : null;
  const running = shares.map((share) => lead(engine, kafka, share, burden, stopping.signal));
  engine.logger.info('relay is up', { brokers: kafka.settings.brokers });
  return {
    async stop(graceMs) {
      stopping.abort();
      // What hangs longer is cut off when the bus is closed, and published again by whoever leads next.
      await Promise.race([Promise.all(running), pause(graceMs)]);
      await heartbeat?.stop(0);
    },
  };
}

/** Publishes one share whenever this process holds its lease. */
async function lead(
  { config, logger, redis, clock, store, workflows }: Engine,
  { settings, bus }: EngineKafka,
  share: RelayShare,
  burden: Burden,
  stopped: AbortSignal,
): Promise<void> {
  const { topics, eventFormat: format, relayIntervalMs: intervalMs } = settings;
  const role = nameOfShare(share);
  const lease = createLeaderLease({ redis, prefix: config.queuePrefix, role, ttlMs: LEASE_MS });
  const parts = { store, workflows, bus, clock, logger };
  const begin = async () => {
    if (!(await divide(store, share))) return null;
    const outgoing = { topic: topics.workflow, format };
    const deadLetterTopic = topics.deadLetters;
    const term = await beginRelayTerm({ ...parts, outgoing, deadLetterTopic, share });
    logger.info(`relay: this process leads ${role}`);
    if (share.index > 0) return term;
    return withSystemEvents(term, { ...parts, outgoing: { topic: topics.system, format } });
  };
  const { lease: weighed, mayLead } = burden.weigh(share, lease);
  await runRelay({ lease: weighed, mayLead, begin, intervalMs, pause, logger }, stopped);
}

/** The relays tell of themselves on the board, so that each knows how many there are. */
function tellOthers(engine: Engine, burden: Burden): RunningRole {
  return startHeartbeat(engine, {
    name: 'relay',
    queues: [],
    async onView() {
      const alive = await engine.loadBoard.heartbeats();
      burden.share(alive.filter(({ name }) => name === 'relay').length);
    },
    onWiped: async () => {},
  });
}
