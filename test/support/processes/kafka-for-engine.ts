import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { createKafkaBus } from '#adapters/kafka/kafka-bus.ts';
import type { EventBus } from '#application/ports/event-bus.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { until } from '#test/support/until.ts';

/** Settings of an engine with topics and a group of its own on a Kafka that others use as well. */
export function kafkaSettings(brokers: string) {
  const own = randomUUID();
  return {
    KAFKA_BROKERS: brokers,
    KAFKA_GROUP: `wes-${own}`,
    KAFKA_WORKFLOW_TOPIC: `workflows-${own}`,
    KAFKA_SYSTEM_TOPIC: `system-${own}`,
    KAFKA_DEAD_LETTER_TOPIC: `dead-${own}`,
    KAFKA_PARTITIONS: '3',
  } as const;
}

/** Other systems may have larger limits than we take messages by. */
const settings = { 'max.message.bytes': String(4 * 1024 * 1024) };

/** A bus for the test itself, which makes these topics; closed at its end. */
export function testBus(
  t: Pick<ExecutionContext, 'teardown'>,
  brokers: string,
  topics: readonly string[] = [],
): EventBus {
  const bus = createKafkaBus({
    brokers: [brokers],
    clientId: 'wes-test',
    logger: recordingLogger(),
    topics: topics.map((topic) => ({ topic, partitions: 3, replication: 1, settings })),
  });
  t.teardown(() => bus.close());
  return {
    ...bus,
    /** A busy broker may take a moment for topics that it has just made. */
    async publish(messages) {
      await until(async () => {
        try {
          await bus.publish(messages);
          return true;
        } catch (error) {
          if (!String(error).includes('UNKNOWN_TOPIC_OR_PARTITION')) throw error;
          return false;
        }
      });
    },
  };
}
