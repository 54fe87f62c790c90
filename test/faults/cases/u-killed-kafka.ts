import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { blameTopic, startOwnKafka, type OwnKafka } from '../harness/own-kafka.ts';

/** Kafka is away for a while, and Redis is wiped meanwhile: workflows go on, and what happened goes out afterwards, in order. */
export function killedKafka(): FaultCase {
  let kafka: OwnKafka | null = null;
  return {
    letter: 'u',
    title: 'kill -9 of Kafka, and FLUSHALL',
    needs: 'kafka',
    async setup({ atEnd }) {
      const own = await startOwnKafka();
      atEnd(() => own.close());
      kafka = own;
      return { counts: { relay: 2 }, settings: kafka.settings };
    },
    async play(trial) {
      if (kafka === null) throw new Error('setup comes first');
      const { engine, orders, place, long, blame } = trial;
      const load = place({ orders: await orders(long ? 200 : 40), perSecond: 20 });
      await load.accepted(10);
      await kafka.server.kill();
      const redis = new Redis(engine.redisUrl);
      await redis.flushall();
      redis.disconnect();
      await load.done;
      await delay(long ? 60_000 : 5000);
      const { dependencies, eventBacklog } = await engine.api.health();
      if (dependencies['kafka']?.status !== 'DOWN') blame('health does not tell of Kafka');
      if ((eventBacklog?.events ?? 0) === 0) blame('no backlog: the case has shown nothing');
      await kafka.server.start();
      const end = healed();
      await blameTopic(trial, kafka);
      return { ...end, recoveredMs: performance.now() - end.tick };
    },
  };
}
