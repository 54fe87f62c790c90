import kafkajs, { type Kafka, type Message, type Producer } from 'kafkajs';
import { asBusError } from '#adapters/kafka/bus-errors.ts';
import { REQUEST_LIMIT_MS } from '#adapters/kafka/client.ts';
import { ensureTopics, type TopicPlan } from '#adapters/kafka/topics.ts';
import type { BusMessage, EventPublisher } from '#application/ports/event-bus.ts';

/** All replicas in sync. */
const ACKS_ALL = -1;

/*
 * kafkajs 2.2.4, and what it must not be trusted with (ADR 12).
 *
 * 1. Never idempotent: after a lost response its sequence numbers run backwards, and the broker takes a new message for a
 *    repetition of the old one: acknowledged, and gone.
 * 2. One send at a time, each awaited: sends under way together can overtake one another.
 * 3. After any rejection the producer is given up, with its connections: what it still has under way can then only end as a
 *    repetition of something that the next producer has sent before. So the first occurrences keep their order.
 */
export type KafkaPublisher = EventPublisher & { close(): Promise<void> };

/** @param topics made, where they are missing, before a producer sends its first message */
export function createKafkaPublisher(kafka: Kafka, topics: readonly TopicPlan[]): KafkaPublisher {
  let producer: Producer | null = null;
  let last: Promise<void> = Promise.resolve();

  async function connected(): Promise<Producer> {
    await ensureTopics(kafka, topics);
    const fresh = kafka.producer({
      idempotent: false,
      allowAutoTopicCreation: false,
      // Where Kafka's other clients put a key, it is put here too.
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await fresh.connect();
    return fresh;
  }

  async function send(messages: readonly BusMessage[]): Promise<void> {
    try {
      producer ??= await connected();
      await producer.sendBatch({
        acks: ACKS_ALL,
        timeout: REQUEST_LIMIT_MS,
        topicMessages: byTopic(messages),
      });
    } catch (error) {
      await giveUp();
      throw asBusError(error, 'messages can not be published');
    }
  }

  async function giveUp(): Promise<void> {
    const former = producer;
    producer = null;
    // Its connections may be what is broken: that they can't be closed in good order is no news.
    await former?.disconnect().catch(() => {});
  }

  return {
    publish(messages) {
      const turn = last.then(() => send(messages));
      last = turn.catch(() => {});
      return turn;
    },
    async close() {
      // A request that hangs ends with its connection: nobody waits for it any more.
      await giveUp();
      await last;
      await giveUp();
    },
  };
}

function byTopic(messages: readonly BusMessage[]): { topic: string; messages: Message[] }[] {
  const topics = Map.groupBy(messages, ({ topic }) => topic);
  return [...topics].map(([topic, of]) => ({ topic, messages: of.map(toKafka) }));
}

function toKafka({ key, value, headers }: BusMessage): Message {
  return {
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: Object.fromEntries([...headers].map(([name, bytes]) => [name, Buffer.from(bytes)])),
  };
}
