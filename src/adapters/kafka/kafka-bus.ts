import { asBusError, protocolType } from '#adapters/kafka/bus-errors.ts';
import { createKafkaClient, type KafkaClientOptions } from '#adapters/kafka/client.ts';
import { startConsumption } from '#adapters/kafka/consumption.ts';
import { pause } from '#adapters/kafka/pause.ts';
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

/** What a broker says while it makes itself acquainted with groups: after its start, and before the first one of all. */
const GROUPS_LOAD: ReadonlySet<string> = new Set([
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
]);
const GROUPS_LOAD_MS = 30_000;
const AGAIN_MS = 250;

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
      const deadline = performance.now() + GROUPS_LOAD_MS;
      for (;;) {
        try {
          return await readTopic(kafka, topic);
        } catch (error) {
          const loading = GROUPS_LOAD.has(protocolType(error) ?? '');
          if (!loading || performance.now() > deadline) {
            throw asBusError(error, `topic ${topic} can not be read`);
          }
          await pause(AGAIN_MS, new AbortController().signal);
        }
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
