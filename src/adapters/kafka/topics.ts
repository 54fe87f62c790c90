import type { Kafka } from 'kafkajs';
import { protocolType } from '#adapters/kafka/bus-errors.ts';

/** A topic of ours, as it is made where it is missing. An existing one is left as it is. */
export type TopicPlan = {
  readonly topic: string;
  readonly partitions: number;
  /** null: the broker's default. */
  readonly replication: number | null;
  /** Further settings of the topic, e.g. `retention.ms`. */
  readonly settings: Readonly<Record<string, string>>;
};

/** kafkajs sends this for "as the broker is configured". */
const BROKERS_DEFAULT = -1;

/** Makes the topics that are missing; several processes may do so at once. @throws as kafkajs does */
export async function ensureTopics(kafka: Kafka, plans: readonly TopicPlan[]): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const missing = plans.filter(({ topic }) => !existing.has(topic));
    // One by one: whether another process was quicker is told of each alone.
    for (const { topic, partitions, replication, settings } of missing) {
      await admin
        .createTopics({
          waitForLeaders: true,
          topics: [
            {
              topic,
              numPartitions: partitions,
              replicationFactor: replication ?? BROKERS_DEFAULT,
              configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
            },
          ],
        })
        .catch((error: unknown) => {
          if (protocolType(error) !== 'TOPIC_ALREADY_EXISTS') throw error;
        });
    }
  } finally {
    await admin.disconnect();
  }
}
