import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { EventBus, ReceivedMessage } from '#application/ports/event-bus.ts';
import {
  freshTopic,
  message,
  openBus,
  ownKafkaForFile,
  textsOf,
} from '#test/adapters/kafka/kafka-for-file.ts';
import { until } from '#test/support/until.ts';

const kafka = await ownKafkaForFile(test);
if (kafka !== null) {
  const brokers = kafka.address;

  test.serial(
    'a new group begins with the oldest message and gets each partition in its order',
    async (t) => {
      const { bus, topic, group } = await filled(t, 2, ['a1', 'b1', 'a2', 'b2', 'a3']);
      const seen: string[] = [];
      bus.consume({ group, topics: [topic], handle: takeAll(seen) });
      await until(() => seen.length === 5);
      for (const key of ['a', 'b']) {
        const ofKey = seen.filter((text) => text.startsWith(key));
        t.deepEqual(ofKey, ofKey.toSorted());
      }
    },
  );

  test.serial(
    'what was called done is not given out again to the next consumer; the rest is',
    async (t) => {
      const { bus, topic, group } = await filled(t, 1, ['1', '2', '3', '4', '5']);
      const first: string[] = [];
      const half = bus.consume({
        group,
        topics: [topic],
        handle: async (messages, signal) => {
          first.push(...textsOf(messages));
          if (!signal.aborted) await aborted(signal);
          return 3;
        },
      });
      await until(() => first.length > 0);
      await half.close();
      t.deepEqual(first, ['1', '2', '3', '4', '5']);

      const second: string[] = [];
      bus.consume({ group, topics: [topic], handle: takeAll(second) });
      await until(() => second.length === 2);
      t.deepEqual(second, ['4', '5']);
    },
  );

  test.serial('a handler that throws gets the same messages again', async (t) => {
    const { bus, topic, group } = await filled(t, 1, ['1', '2']);
    const seen: string[] = [];
    let failures = 0;
    bus.consume({
      group,
      topics: [topic],
      handle: async (messages) => {
        if ((failures += 1) <= 2) throw new Error('not yet');
        return await takeAll(seen)(messages);
      },
    });
    await until(() => seen.length === 2);
    t.deepEqual(seen, ['1', '2']);
  });

  test.serial(
    'when a consumer joins, a handler at work is told to end, and its messages are handled once',
    async (t) => {
      const { bus, topic, group } = await filled(t, 4, numbered(40));
      const done: string[] = [];
      let holding = 0;
      let told = 0;
      bus.consume({
        group,
        topics: [topic],
        // It would hold its partition for ever: only heartbeats, which go on meanwhile, can tell of the one that joins.
        handle: async (messages, signal) => {
          if (told > 0) return await takeAll(done)(messages);
          holding += 1;
          await aborted(signal);
          told += 1;
          return 0;
        },
      });
      await until(() => holding > 0);
      openBus(t, brokers).consume({ group, topics: [topic], handle: takeAll(done) });
      await until(() => done.length >= 40);
      t.true(told > 0);
      t.deepEqual(done.toSorted(), numbered(40).toSorted());
    },
  );

  test.serial('a topic that is made later is consumed from its first message', async (t) => {
    const plan = freshTopic();
    const bus = openBus(t, brokers, { topics: [plan] });
    const seen: string[] = [];
    const group = randomUUID();
    const present = freshTopic();
    await openBus(t, brokers, { topics: [present] }).publish([message(present.topic, 'present')]);
    const waiting = bus.consume({
      group,
      topics: [present.topic, plan.topic],
      handle: takeAll(seen),
    });
    await until(() => seen.includes('present'));
    await bus.publish([message(plan.topic, 'later')]);
    await waiting.close();
    bus.consume({ group, topics: [present.topic, plan.topic], handle: takeAll(seen) });
    await until(() => seen.includes('later'));
    t.deepEqual(seen, ['present', 'later']);
  });

  test.serial(
    'Kafka is killed and comes back: consumption goes on by itself, nothing is lost',
    async (t) => {
      const { bus, topic, group } = await filled(t, 1, ['1', '2']);
      const seen: string[] = [];
      bus.consume({ group, topics: [topic], handle: takeAll(seen) });
      await until(() => seen.length === 2);
      await kafka.kill();
      await kafka.start();
      await openBus(t, brokers).publish([message(topic, '3')]);
      await until(() => seen.includes('3'));
      t.deepEqual([...new Set(seen)], ['1', '2', '3']);
    },
  );

  test.serial(
    'reading a topic ends, also when it is empty or has gaps, and leaves no group behind',
    async (t) => {
      const plan = freshTopic(3);
      const bus = openBus(t, brokers, { topics: [plan] });
      await bus.publish([message(plan.topic, 'only')]);
      t.deepEqual(textsOf(await bus.readTopic(plan.topic)), ['only']);
      t.deepEqual(textsOf(await bus.readTopic(plan.topic)), ['only'], 'as often as one likes');
    },
  );
}

/** A bus and a topic that holds these; the first letter of each is its key. */
async function filled(t: Parameters<typeof openBus>[0], partitions: number, values: string[]) {
  const plan = freshTopic(partitions);
  const bus: EventBus = openBus(t, kafka?.address ?? '', { topics: [plan] });
  await bus.publish(values.map((value) => message(plan.topic, value, value.slice(0, 1))));
  return { bus, topic: plan.topic, group: randomUUID() };
}

function takeAll(seen: string[]) {
  return async (messages: readonly ReceivedMessage[]) => {
    seen.push(...textsOf(messages));
    return messages.length;
  };
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${index % 7}-${index}`);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
