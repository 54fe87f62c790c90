import { setTimeout as delay } from 'node:timers/promises';
import { CATALOGUE } from '#simulator/services.ts';
import { until } from '#test/support/until.ts';
import { boardPut, BOARD_CHANGES } from '../harness/board.ts';
import { healed, type FaultCase, type Trial } from '../harness/fault-case.ts';
import { openQueues, type RawQueues } from '../harness/queues.ts';

const LOOK_EVERY_MS = 50;

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
  async play(trial) {
    const { engine, orders, place, random, long, blame } = trial;
    const queues = openQueues(engine.redisUrl);
    const chance = () => random() < 0.3;
    const ways: readonly [string, () => Promise<number>][] = [
      ['hashes', () => deleteHashes(queues, chance)],
      ['jobs', () => removeJobs(queues, chance)],
      ['queue', () => obliterateLongest(queues)],
    ];
    try {
      for (let round = 0; round < (long ? 3 : 1); round += 1) {
        const load = place({ orders: await orders(40), perSecond: 20 });
        for (const [index, [way, lose]] of ways.entries()) {
          await load.accepted(10 * (index + 1));
          const lost = await untilLost(lose);
          if (lost === 0) blame(`${way}: there was nothing to lose`);
        }
        await cleanByBoard(trial, queues);
        await load.done;
      }
      return healed();
    } finally {
      await queues.close();
    }
  },
};

/** Chance may spare all, and a backlog may just be worked off. */
async function untilLost(lose: () => Promise<number>): Promise<number> {
  for (let tries = 100; tries > 0; tries -= 1) {
    const lost = await lose();
    if (lost > 0) return lost;
    await delay(LOOK_EVERY_MS);
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

/** Of two branches of an order, so that neither waits for the other. */
const EMPTIED = 'packing-service';
const CLEANED = 'wms-core-service';
/** The board spares what is younger than 5 s. */
const CLEANABLE_MS = 30_000;

/** What an operator can do with a few clicks. The queues are paused meanwhile: what goes, goes by them. */
async function cleanByBoard({ engine, orders, place }: Trial, queues: RawQueues): Promise<void> {
  const click = (service: string, what: string) => boardPut(engine, queues.of(service).name, what);
  const waiting = (service: string) =>
    queues.redis.zrange(queues.key(service, 'prioritized'), '0', '-1');
  const isGone = async (service: string, id: string) => !(await waiting(service)).includes(id);

  for (const service of [EMPTIED, CLEANED]) await click(service, 'pause');
  const load = place({ orders: await orders(8), perSecond: 20 });
  await until(
    async () => (await waiting(EMPTIED)).length > 1 && (await waiting(CLEANED)).length > 1,
  );
  const [[first = ''], [one = '', other = '']] = [await waiting(EMPTIED), await waiting(CLEANED)];
  await click(EMPTIED, 'empty');
  await until(() => isGone(EMPTIED, first));
  await click(CLEANED, `${encodeURIComponent(one)}/clean`);
  await until(() => isGone(CLEANED, one));
  await until(async () => {
    await click(CLEANED, 'clean/prioritized');
    await delay(LOOK_EVERY_MS);
    return isGone(CLEANED, other);
  }, CLEANABLE_MS);
  for (const service of [EMPTIED, CLEANED]) await click(service, 'resume');
  await load.done;
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
