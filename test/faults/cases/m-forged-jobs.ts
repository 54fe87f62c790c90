import { setTimeout as delay } from 'node:timers/promises';
import { CATALOGUE } from '#simulator/services.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { STEP_IDS } from '../harness/orders.ts';
import { pickOne } from '../harness/processes.ts';
import { openQueues, type RawQueues } from '../harness/queues.ts';

const DROPPED_MS = 30_000;
const HUGE = 'x'.repeat(1_000_000);

/** Whoever can reach Redis writes jobs: nonsense, other workflows' steps, steps that are not due. Nothing comes of it. */
export const forgedJobs: FaultCase = {
  letter: 'm',
  title: 'forged and ghost jobs',
  setup: () => ({ faults: { latency: [{ medianMs: 40, sigma: 0.5, maxMs: 200 }] } }),
  async play({ engine, orders, place, random, long, settled, blame, starts }) {
    const queues = openQueues(engine.redisUrl);
    // null: the engine's own timers
    const services = [...CATALOGUE.keys(), null];
    const load = place({ orders: await orders(long ? 200 : 40), perSecond: 20 });
    try {
      await load.accepted(10);
      for (let count = long ? 600 : 150; count > 0; count -= 1) {
        const service = pickOne(services, random);
        await (count % 10 === 0 ? ghost(queues, service, count) : forge(queues, service, count));
        await delay(5);
      }
      const end = healed();
      await load.done;
      await settled();
      const recoveredMs = performance.now() - end.tick;
      const left = await leftOver(queues);
      if (left !== '{}') blame(`jobs of nobody stay in the queues: ${left}`);
      return { ...end, recoveredMs };
    } finally {
      await queues.close();
    }

    /** @param count each kind in its turn */
    async function forge(raw: RawQueues, service: string | null, count: number): Promise<void> {
      const known = starts().flatMap(({ answers }) => answers.flatMap((a) => a.workflowId ?? []));
      const workflowId = pickOne(known, random);
      const stepId = pickOne(STEP_IDS, random);
      const dispatch = 1 + Math.floor(random() * 4);
      const forgeries: readonly unknown[] = [
        {},
        null,
        [],
        'text',
        // mostly of a step that is not due, or due elsewhere
        { workflowId, stepId, dispatch },
        { workflowId, stepId, dispatch: dispatch + 1000 },
        { workflowId, stepId: 'no-such-step', dispatch },
        { workflowId: '01a20000-0000-7000-8000-000000000000', stepId, dispatch },
        { workflowId, stepId: '__proto__', dispatch },
        { workflowId: '__proto__', stepId: 'constructor', dispatch },
        JSON.parse(`{ "__proto__": { "workflowId": "${workflowId}" }, "dispatch": 1 }`),
        { workflowId, stepId, dispatch, status: 'COMPLETED', output: {} },
        { workflowId: HUGE, stepId: HUGE, dispatch: Number.MAX_VALUE },
      ];
      const data = forgeries[count % forgeries.length];
      await raw.of(service).add('forged', data, { attempts: 3, priority: 1 });
    }
  },
};

/** A job of which only the id is left: it comes out of the queue with the name undefined and the data {}. */
async function ghost(
  { redis, key }: RawQueues,
  service: string | null,
  count: number,
): Promise<void> {
  await redis.zadd(key(service, 'prioritized'), 0, `ghost-${count}`);
  await redis.zadd(key(service, 'marker'), 0, '0');
}

/** What is in the queues when it should be gone, as JSON: counts by state. `{}`: nothing. */
async function leftOver(queues: RawQueues): Promise<string> {
  const deadline = performance.now() + DROPPED_MS;
  for (;;) {
    const counts = await Promise.all(queues.all.map((queue) => queue.getJobCounts()));
    const states = counts
      .flatMap((count) => Object.entries(count))
      .filter(([, count]) => count > 0);
    const left = JSON.stringify(Object.fromEntries(states));
    if (states.length === 0 || performance.now() > deadline) return left;
    await delay(500);
  }
}
