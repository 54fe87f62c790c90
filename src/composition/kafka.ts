import { createKafkaBus } from '#adapters/kafka/kafka-bus.ts';
import type { EventBus } from '#application/ports/event-bus.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { KafkaConfig } from '#composition/kafka-settings.ts';
import type { Engine } from '#composition/engine.ts';
import { MissingPieceError } from '#composition/missing-piece.ts';
import type { Role } from '#composition/role.ts';

/** What went wrong can wait for the person who looks at it. */
const DEAD_LETTER_RETENTION_MS = 90 * 24 * 60 * 60 * 1000;

/** A role that needs Kafka: it is given its configuration. */
type KafkaRole = (engine: Engine, kafka: KafkaConfig) => ReturnType<Role>;

/** For a process of that role alone. @throws MissingPieceError where no Kafka is configured */
export function withKafka(role: KafkaRole): Role {
  return async (engine) => {
    const { kafka } = engine.config;
    if (kafka !== null) return await role(engine, kafka);
    throw new MissingPieceError(
      'this process needs Kafka: set KAFKA_BROKERS=host:port[,host:port]',
    );
  };
}

/** For a process that plays many roles: without Kafka it does not play this one. */
export function ifKafka(role: KafkaRole): Role {
  return async (engine) => {
    const { kafka } = engine.config;
    return kafka === null ? { stop: async () => {} } : await role(engine, kafka);
  };
}

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
