import { createKafkaBus } from '#adapters/kafka/kafka-bus.ts';
import type { EventBus } from '#application/ports/event-bus.ts';
import { kafkaSettings } from '#test/support/processes/kafka-for-engine.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { until } from '#test/support/until.ts';
import { checkTopic } from '../../../scripts/processes/published-events.ts';
import { findServer } from '../../../scripts/servers/find-server.ts';
import { startTemporary, type TemporaryServer } from '../../../scripts/servers/start-temporary.ts';
import type { Trial } from './fault-case.ts';

/** A Kafka for one case: its server, and a way to it for the case itself. */
export type OwnKafka = {
  readonly server: TemporaryServer;
  readonly settings: ReturnType<typeof kafkaSettings>;
  readonly bus: EventBus;
  close(): Promise<void>;
};

/** The backlog of an outage, on a slow machine. */
const DRAINED_MS = 90_000;

/** @param topics of other systems, made by the first `publish` */
export async function startOwnKafka(topics: readonly string[] = []): Promise<OwnKafka> {
  const server = await startTemporary(await findServer('kafka'));
  const bus = createKafkaBus({
    brokers: [server.address],
    clientId: 'fault-suite',
    logger: recordingLogger(),
    topics: topics.map((topic) => ({ topic, partitions: 3, replication: 1, settings: {} })),
  });
  return {
    server,
    settings: kafkaSettings(server.address),
    bus,
    async close() {
      await bus.close();
      await server.dispose();
    },
  };
}

/** Waits until all has ended and gone out, and blames every way in which the topic is not as the logs are. */
export async function blameTopic(
  { engine, settled, blame }: Trial,
  { bus, settings }: OwnKafka,
): Promise<void> {
  await settled();
  const isDrained = async () => (await engine.api.health()).eventBacklog?.events === 0;
  await until(isDrained, DRAINED_MS).catch(() => blame('events did not all go out'));
  const ids = (await engine.api.list()).map(({ id }) => id);
  const messages = await bus.readTopic(settings.KAFKA_WORKFLOW_TOPIC);
  const { faults } = await checkTopic(engine.api, ids, messages);
  for (const fault of faults) blame(fault);
}
