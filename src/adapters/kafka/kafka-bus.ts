import { asBusError } from '#adapters/kafka/bus-errors.ts';
import { createKafkaClient, type KafkaClientOptions } from '#adapters/kafka/client.ts';
import { startConsumption } from '#adapters/kafka/consumption.ts';
import { createKafkaPublisher } from '#adapters/kafka/publisher.ts';
import { readTopic } from '#adapters/kafka/read-topic.ts';
import type { TopicPlan } from '#adapters/kafka/topics.ts';
import type { Consumption, EventBus } from '#application/ports/event-bus.ts';

export type KafkaBusOptions = KafkaClientOptions & {
  /** Topics of ours, made where they are missing before anything is published. */
  readonly topics: readonly TopicPlan[];
  /** Of consumers; 10000 by default. */
  readonly sessionTimeoutMs?: number;
};

/** Who asks how it is does not want to wait. */
const PING_LIMIT_MS = 1500;

/** The bus on Kafka. Nothing is connected before it is used. */
export function createKafkaBus(options: KafkaBusOptions): EventBus {
  const { logger, topics, sessionTimeoutMs = 10_000 } = options;
  const publisher = createKafkaPublisher(createKafkaClient(options, 0), topics);
  // Groups and their coordinators need a moment now and then.
  const kafka = createKafkaClient(options, 5);
  const consumptions = new Set<Consumption>();

  return {
    publish: publisher.publish,
    consume(subscription) {
      const consumption = startConsumption({ kafka, subscription, sessionTimeoutMs, logger });
      consumptions.add(consumption);
      return consumption;
    },
    async readTopic(topic) {
      try {
        return await readTopic(kafka, topic);
      } catch (error) {
        throw asBusError(error, `topic ${topic} can not be read`);
      }
    },
    async ping() {
      const admin = createKafkaClient(options, 0, PING_LIMIT_MS).admin();
      try {
        await admin.connect();
        await admin.listTopics();
      } catch (error) {
        throw asBusError(error, 'Kafka does not answer');
      } finally {
        await admin.disconnect();
      }
    },
    async close() {
      await Promise.all([...consumptions].map((consumption) => consumption.close()));
      await publisher.close();
    },
  };
}
