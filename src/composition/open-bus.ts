import { createKafkaBus } from '#adapters/kafka/kafka-bus.ts';
import type { EventBus } from '#application/ports/event-bus.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { KafkaConfig } from '#composition/kafka-settings.ts';

/** What went wrong can wait for the person who looks at it. */
const DEAD_LETTER_RETENTION_MS = 90 * 24 * 60 * 60 * 1000;

/** The bus of the engine, with the topics of SPEC 6. Nothing is connected before it is used. */
export function openBus(kafka: KafkaConfig, logger: Logger): EventBus {
  const { brokers, clientId, topics, partitions, replication } = kafka;
  const plan = (topic: string, settings: Readonly<Record<string, string>> = {}) => ({
    topic,
    partitions,
    replication,
    settings,
  });
  return createKafkaBus({
    brokers,
    clientId,
    logger,
    topics: [
      plan(topics.workflow),
      plan(topics.system),
      plan(topics.deadLetters, { 'retention.ms': String(DEAD_LETTER_RETENTION_MS) }),
    ],
  });
}
