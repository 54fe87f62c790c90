import test from 'ava';
import kafkajs from 'kafkajs';
import {
  BusUnavailableError,
  MessageRefusedError,
  type BusMessage,
  type EventBus,
} from '#application/ports/event-bus.ts';
import {
  freshTopic,
  message,
  openBus,
  ownKafkaForFile,
  textsOf,
} from '#test/adapters/kafka/kafka-for-file.ts';
import { startLossyProxy } from '#test/adapters/kafka/lossy-proxy.ts';

const kafka = await ownKafkaForFile(test);
if (kafka !== null) {
  const brokers = kafka.address;

  test.serial(
    'messages arrive in their order, with key, headers and bytes as they were',
    async (t) => {
      const plan = freshTopic();
      const bus = openBus(t, brokers, { topics: [plan] });
      const headers = new Map<string, Uint8Array | string>([
        ['text', 'größe'],
        ['bytes', new Uint8Array([0, 255, 254])],
        ['__proto__', 'own'],
      ]);
      await bus.publish([
        { topic: plan.topic, key: 'ключ', value: 'größe', headers },
        { topic: plan.topic, key: null, value: new Uint8Array([0, 255]), headers: new Map() },
      ]);
      await bus.publish([{ topic: plan.topic, key: 'k', value: null, headers: new Map() }]);

      const [first, second, third] = await bus.readTopic(plan.topic);
      t.deepEqual(textsOf([first ?? { value: null }]), ['größe']);
      t.is(Buffer.from(first?.key ?? '').toString(), 'ключ');
      t.is(Buffer.from(first?.headers.get('text') ?? '').toString(), 'größe');
      t.deepEqual([...(first?.headers.get('bytes') ?? [])], [0, 255, 254]);
      t.is(Buffer.from(first?.headers.get('__proto__') ?? '').toString(), 'own');
      t.deepEqual([second?.key, [...(second?.value ?? [])]], [null, [0, 255]]);
      t.is(third?.value, null);
      t.deepEqual(
        [first, second, third].map((one) => one?.offset),
        ['0', '1', '2'],
      );
    },
  );

  test.serial(
    'missing topics are made as planned; existing ones are left as they are',
    async (t) => {
      const plan = freshTopic(3, { 'retention.ms': '7777777' });
      const bus = openBus(t, brokers, { topics: [plan] });
      await bus.publish([message(plan.topic, '1')]);
      const other = openBus(t, brokers, { topics: [{ ...plan, partitions: 5, settings: {} }] });
      await other.publish([message(plan.topic, '2')]);

      const admin = new kafkajs.Kafka({
        brokers: [brokers],
        logLevel: kafkajs.logLevel.NOTHING,
      }).admin();
      await admin.connect();
      t.teardown(() => admin.disconnect());
      const { topics } = await admin.fetchTopicMetadata({ topics: [plan.topic] });
      t.is(topics[0]?.partitions.length, 3);
      const described = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: plan.topic }],
      });
      const entries = described.resources.flatMap(({ configEntries }) => configEntries);
      t.is(entries.find(({ configName }) => configName === 'retention.ms')?.configValue, '7777777');
    },
  );

  test.serial('several processes may make the same topics at the same moment', async (t) => {
    const plan = freshTopic();
    const buses = Array.from({ length: 5 }, () => openBus(t, brokers, { topics: [plan] }));
    await Promise.all(buses.map((bus, index) => bus.publish([message(plan.topic, `${index}`)])));
    t.deepEqual(textsOf(await readAll(buses[0], plan.topic)).sort(), ['0', '1', '2', '3', '4']);
  });

  test.serial(
    'messages of one key keep their order over partitions and calls that are not awaited',
    async (t) => {
      const plan = freshTopic(4);
      const bus = openBus(t, brokers, { topics: [plan] });
      const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
      const sends = Array.from({ length: 20 }, (_, round) =>
        bus.publish(keys.map((key) => message(plan.topic, `${key}${round}`, key))),
      );
      await Promise.all(sends);
      const texts = textsOf(await bus.readTopic(plan.topic));
      for (const key of keys) {
        t.deepEqual(
          texts.filter((text) => text.startsWith(key)),
          Array.from({ length: 20 }, (_, round) => `${key}${round}`),
        );
      }
    },
  );

  test.serial(
    'a message beyond the limit of the broker is refused by name; the next ones go out',
    async (t) => {
      const plan = freshTopic(1, { 'max.message.bytes': '10000' });
      const bus = openBus(t, brokers, { topics: [plan] });
      const tooLarge = await t.throwsAsync(bus.publish([message(plan.topic, 'x'.repeat(20_000))]), {
        instanceOf: MessageRefusedError,
      });
      t.is(tooLarge?.reason, 'MESSAGE_TOO_LARGE');
      await bus.publish([message(plan.topic, 'small')]);
      t.deepEqual(textsOf(await bus.readTopic(plan.topic)), ['small']);
    },
  );

  test.serial(
    'a lost response loses nothing: what was not acknowledged is sent again, in order',
    async (t) => {
      const plan = freshTopic(1);
      const proxy = await startLossyProxy(t);
      const bus = openBus(t, brokers, { topics: [plan], socketFactory: proxy.socketFactory });
      const numbers = Array.from({ length: 30 }, (_, index) => String(index));
      for (const [index, number] of numbers.entries()) {
        if (index % 5 === 2) proxy.loseResponses(index % 2 === 0 ? 1 : 2);
        await insist(bus, [message(plan.topic, number)]);
      }
      t.is(proxy.lost(), 9, 'the proxy did its worst');
      const texts = textsOf(await openBus(t, brokers).readTopic(plan.topic));
      t.deepEqual(
        [...new Set(texts)],
        numbers,
        'first occurrences: none is lost, none out of order',
      );
      t.is(texts.length, 30 + 9, 'each lost response has left a repetition');
    },
  );

  test.serial(
    'a topic that is not there is said by name, and works as soon as it is',
    async (t) => {
      const bus = openBus(t, brokers);
      const missing = `test.nowhere-${Date.now()}`;
      await t.throwsAsync(bus.publish([message(missing, '1')]), {
        instanceOf: BusUnavailableError,
        message: /UNKNOWN_TOPIC_OR_PARTITION/,
      });
      const plan = { ...freshTopic(), topic: missing };
      await openBus(t, brokers, { topics: [plan] }).publish([message(missing, '2')]);
      await bus.publish([message(missing, '3')]);
      t.deepEqual(textsOf(await bus.readTopic(missing)), ['2', '3']);
    },
  );

  test.serial(
    'a Kafka that is killed is unavailable, and goes on where it was when it is back',
    async (t) => {
      const plan = freshTopic();
      const bus = openBus(t, brokers, { topics: [plan] });
      await bus.publish([message(plan.topic, 'before')]);
      await bus.ping();
      await kafka.kill();
      const away = { instanceOf: BusUnavailableError };
      await t.throwsAsync(bus.publish([message(plan.topic, 'meanwhile')]), away);
      await t.throwsAsync(bus.publish([message(plan.topic, 'meanwhile')]), away);
      await t.throwsAsync(bus.ping(), away);
      await t.throwsAsync(bus.readTopic(plan.topic), away);
      await kafka.start();
      await insist(bus, [message(plan.topic, 'after')]);
      t.deepEqual(textsOf(await bus.readTopic(plan.topic)), ['before', 'after']);
    },
  );
}

/** Publishes as the relay does: again, until it is acknowledged. */
async function insist(bus: EventBus, messages: readonly BusMessage[]): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await bus.publish(messages);
    } catch (error) {
      if (!(error instanceof BusUnavailableError) || attempt === 50) throw error;
    }
  }
}

async function readAll(bus: EventBus | undefined, topic: string) {
  return (await bus?.readTopic(topic)) ?? [];
}
