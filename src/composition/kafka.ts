import type { Engine, EngineKafka } from '#composition/engine.ts';
import { MissingPieceError } from '#composition/missing-piece.ts';
import type { Role } from '#composition/role.ts';

/** A role that needs Kafka: it is given what the engine has of it. */
type KafkaRole = (engine: Engine, kafka: EngineKafka) => ReturnType<Role>;

/** For a process of that role alone. @throws MissingPieceError where no Kafka is configured */
export function withKafka(role: KafkaRole): Role {
  return async (engine) => {
    const { kafka } = engine;
    if (kafka !== null) return await role(engine, kafka);
    throw new MissingPieceError(
      'this process needs Kafka: set KAFKA_BROKERS=host:port[,host:port]',
    );
  };
}

/** For a process that plays many roles: without Kafka it does not play this one. */
export function ifKafka(role: KafkaRole): Role {
  return async (engine) => {
    const { kafka } = engine;
    return kafka === null ? { stop: async () => {} } : await role(engine, kafka);
  };
}
