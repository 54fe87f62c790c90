import { setTimeout as delay } from 'node:timers/promises';
import { CATALOGUE } from '#simulator/services.ts';
import { boardPut, BOARD_CHANGES } from '../harness/board.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { openQueues, type RawQueues } from '../harness/queues.ts';

/** Jobs vanish in all the ways in which people and programs can make them vanish. */
export const lostJobs: FaultCase = {
  letter: 'l',
  title: 'hashes deleted, jobs removed, queue obliterated, cleaned',
  setup: () => ({
    settings: BOARD_CHANGES,
    // a backlog, so that there is something to lose
    services: { concurrency: 2 },
    faults: { latency: [{ medianMs: 40, sigma: 0.5, maxMs: 200 }] },
  }),
  async play({ engine, orders, place, random, long, blame }) {
    const queues = openQueues(engine.redisUrl);
    const chance = () => random() < 0.3;
    const ways: readonly [string, () => Promise<number>][] = [
      ['hashes', () => deleteHashes(queues, chance)],
      ['jobs', () => removeJobs(queues, chance)],
      ['queue', () => obliterateLongest(queues)],
      ['board', async () => cleanByBoard()],
    ];
    try {
      for (let round = 0; round < (long ? 3 : 1); round += 1) {
        const load = place({ orders: await orders(40), perSecond: 20 });
        for (const [index, [way, lose]] of ways.entries()) {
          await load.accepted(10 * (index + 1));
          const lost = await untilLost(lose);
          if (lost === 0) blame(`${way}: there was nothing to lose`);
        }
        await load.done;
      }
      return healed();
    } finally {
      await queues.close();
    }

    /** What an operator can do with a few clicks. */
    async function cleanByBoard(): Promise<number> {
      const before = await countJobs(queues);
      for (const service of ['wms-core-service', 'shipping-integration-service'] as const) {
        const { name } = queues.of(service);
        await boardPut(engine, name, 'clean/prioritized');
        await boardPut(engine, name, 'empty');
      }
      for (const queue of queues.all) {
        const [job] = await queue.getJobs(['waiting-children'], 0, 0);
        if (job?.id === undefined) continue;
        await boardPut(engine, queue.name, `${encodeURIComponent(job.id)}/clean`).catch(
          () => undefined,
        );
      }
      return before - (await countJobs(queues));
    }
  },
};

/** Chance may spare all, and a backlog may just be worked off. */
async function untilLost(lose: () => Promise<number>): Promise<number> {
  for (let tries = 100; tries > 0; tries -= 1) {
    const lost = await lose();
    if (lost > 0) return lost;
    await delay(50);
  }
  return 0;
}

/** Deletes what jobs hold, and leaves their ids in the queues. */
async function deleteHashes(queues: RawQueues, chance: () => boolean): Promise<number> {
  let deleted = 0;
  for (const service of CATALOGUE.keys()) {
    const jobs = await queues.of(service).getJobs(['prioritized', 'waiting-children', 'active']);
    for (const job of jobs) {
      if (job?.id !== undefined && chance())
        deleted += await queues.redis.del(queues.key(service, job.id));
    }
  }
  return deleted;
}

/** Removes jobs as BullMQ does. One that a worker holds can't be. */
async function removeJobs(queues: RawQueues, chance: () => boolean): Promise<number> {
  let removed = 0;
  for (const queue of queues.all) {
    const jobs = await queue.getJobs(['prioritized', 'waiting-children', 'delayed', 'wait']);
    for (const job of jobs) {
      if (job?.id !== undefined && chance()) removed += await queue.remove(job.id).catch(() => 0);
    }
  }
  return removed;
}

async function obliterateLongest(queues: RawQueues): Promise<number> {
  const depths = await Promise.all(
    queues.all.map(async (queue) => ({ queue, jobs: total(await queue.getJobCounts()) })),
  );
  const [longest] = depths.sort((a, b) => b.jobs - a.jobs);
  if (longest === undefined || longest.jobs === 0) return 0;
  await longest.queue.obliterate({ force: true });
  return longest.jobs;
}

async function countJobs(queues: RawQueues): Promise<number> {
  const counts = await Promise.all(queues.all.map((queue) => queue.getJobCounts()));
  return counts.reduce((sum, count) => sum + total(count), 0);
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
