import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { CATALOGUE } from '#simulator/services.ts';
import { queueNameOf } from '#queues/step-queues.ts';

/** The default of QUEUE_PREFIX. */
const PREFIX = '{wes}';

/** The engine's queues, as whoever can reach its Redis has them. */
export type RawQueues = {
  readonly redis: Redis;
  readonly all: readonly Queue[];
  /** @param service null: the engine's own timers */
  of(service: string | null): Queue;
  /** The key in Redis under which BullMQ keeps something of that queue. */
  key(service: string | null, what: string): string;
  close(): Promise<void>;
};

export function openQueues(redisUrl: string): RawQueues {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const services = [...CATALOGUE.keys(), null];
  const queues = new Map(
    services.map((service) => {
      const options = { connection: redis, prefix: PREFIX, skipMetasUpdate: true };
      return [service, new Queue(queueNameOf(service), options)] as const;
    }),
  );
  return {
    redis,
    all: [...queues.values()],
    of(service) {
      const queue = queues.get(service);
      if (queue === undefined) throw new Error(`there is no service ${service}`);
      return queue;
    },
    key: (service, what) => `${PREFIX}:${queueNameOf(service)}:${what}`,
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      redis.disconnect();
    },
  };
}
