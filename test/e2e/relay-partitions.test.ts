import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import test from 'ava';
import { kafkaForFile } from '#test/adapters/kafka/kafka-for-file.ts';
import { awaitWorkflow } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { kafkaSettings, testBus } from '#test/support/processes/kafka-for-engine.ts';
import { orderBody } from '#test/support/processes/start-bodies.ts';
import { until } from '#test/support/until.ts';
import type { ChildProcess } from '../../scripts/processes/child-process.ts';
import { checkTopic } from '../../scripts/processes/published-events.ts';

/** Relays know of each other after some seconds, and of a dead one after ten. */
const LIMIT_MS = 90_000;
const ORDERS = 30;
const SHARES = 4;

const brokers = await kafkaForFile(test);
if (brokers !== null) {
  const settings = kafkaSettings(brokers);
  const engine = engineForFile(test, {
    counts: { relay: 2 },
    faults: { latency: [{ medianMs: 40, sigma: 0.3 }] },
    settings: { ...settings, RELAY_PARTITIONS: String(SHARES) },
  });

  test('two relays share the workflows; one is killed, and each log is on the topic, whole and in its order', async (t) => {
    const { api, running, redisUrl } = engine();
    const redis = new Redis(redisUrl);
    t.teardown(() => redis.disconnect());
    /** Who leads which share. */
    const owners = async () => {
      const keys = Array.from({ length: SHARES }, (_, n) => `relay-${n + 1}-of-${SHARES}`);
      const found = await redis.mget(keys.map((key) => `{wes}:lease:${key}`));
      return found.filter((owner) => owner !== null);
    };
    await until(async () => (await owners()).length === SHARES, LIMIT_MS);
    // whoever was first has taken all, and leaves half of them to the other when it hears of it
    const leads = async (relay: ChildProcess) => (await relay.log()).includes('process leads');
    await until(async () => {
      const leading = await Promise.all(running('relay').map(leads));
      return leading.length === 2 && !leading.includes(false);
    }, LIMIT_MS);

    const start = async () => (await api.start(orderBody())).id;
    const ids = await Promise.all(Array.from({ length: ORDERS }, start));
    const [first] = running('relay');
    first?.signal('SIGKILL');
    await first?.ended;
    await delay(1000); // what comes now has to wait for whoever is left
    ids.push(...(await Promise.all(Array.from({ length: ORDERS }, start))));
    for (const id of ids) {
      await awaitWorkflow(api, id, ({ status }) => status === 'COMPLETED', LIMIT_MS);
    }
    const isDrained = async () => (await api.health()).eventBacklog?.events === 0;
    await until(isDrained, LIMIT_MS);
    t.is((await owners()).length, SHARES);
    const messages = await testBus(t, brokers).readTopic(settings.KAFKA_WORKFLOW_TOPIC);
    const { faults } = await checkTopic(api, ids, messages);
    t.deepEqual(faults, []);
  });
}
