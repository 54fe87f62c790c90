import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import { toReceived } from '#adapters/kafka/received.ts';
import type { ReceivedMessage } from '#application/ports/event-bus.ts';

/** Nothing new for this long, and the rest of the topic is taken not to come (it may have been deleted meanwhile). */
const SILENCE_LIMIT_MS = 20_000;

/**
 * All that a topic holds when this is called. Reads with a consumer group of its own, which is removed again.
 * @returns by partition and offset @throws as kafkajs does, e.g. when there is no such topic
 */
export async function readTopic(kafka: Kafka, topic: string): Promise<readonly ReceivedMessage[]> {
  const group = `wes-reader-${randomUUID()}`;
  const admin = kafka.admin();
  const consumer = kafka.consumer({
    groupId: group,
    maxWaitTimeInMs: 100,
    heartbeatInterval: 300,
    retry: { restartOnFailure: async () => false },
  });
  await admin.connect();
  try {
    const ends = await endsOf(() => admin.fetchTopicOffsets(topic));
    const messages = ends.size === 0 ? [] : await readUntil(consumer, topic, ends);
    return messages.toSorted(inOrder);
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([group]).catch(() => {}); // an empty group goes by itself in time
    await admin.disconnect();
  }
}

type Ends = ReadonlyMap<number, bigint>;

/** By partition the offset at which reading may end; partitions that hold nothing are left out. */
async function endsOf(
  fetch: () => Promise<{ partition: number; low: string; high: string }[]>,
): Promise<Ends> {
  const bounds = await fetch();
  return new Map(
    bounds
      .map(({ partition, low, high }) => [partition, BigInt(low), BigInt(high)] as const)
      .filter(([, low, high]) => high > low)
      .map(([partition, , high]) => [partition, high]),
  );
}

async function readUntil(
  consumer: ReturnType<Kafka['consumer']>,
  topic: string,
  ends: Ends,
): Promise<readonly ReceivedMessage[]> {
  const messages: ReceivedMessage[] = [];
  const open = new Map(ends);
  const { promise: complete, resolve, reject } = Promise.withResolvers<void>();
  const silence = setTimeout(resolve, SILENCE_LIMIT_MS);
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        silence.refresh();
        const end = ends.get(batch.partition) ?? 0n;
        for (const message of batch.messages) {
          if (BigInt(message.offset) >= end) continue;
          messages.push(toReceived(topic, batch.partition, message));
        }
        if (BigInt(batch.lastOffset()) + 1n >= end) open.delete(batch.partition);
        if (open.size === 0) resolve();
      },
    });
    await complete;
    return messages;
  } finally {
    clearTimeout(silence);
  }
}

function inOrder(a: ReceivedMessage, b: ReceivedMessage): number {
  return a.partition - b.partition || Number(BigInt(a.offset) - BigInt(b.offset));
}
