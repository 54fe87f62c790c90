import { z } from 'zod';
import { until } from '#test/support/until.ts';
import { boardPut, BOARD_CHANGES } from '../harness/board.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { openQueues } from '../harness/queues.ts';

const LIMITED = 'packing-service';
const CONCURRENCY = 3;
/** What the registry grants: workers would set this one on a queue that has none. */
const GRANTED = 20;
/** No order needs it, so that its pause holds nothing up. */
const PAUSED = 'yard-management-service';
const RESTORED_MS = 15_000;

/** What the reconciler notes of queues, as far as we need it (`src/application/keep-queue-settings.ts`). */
const NOTE = 'queue-settings';
const noteSchema = z.record(
  z.string(),
  z.object({ paused: z.boolean(), concurrency: z.number().nullable() }),
);

/** All that is in Redis goes, in the middle of the work; what operators had set on queues is as before soon after. */
export const wipedRedis: FaultCase = {
  letter: 'b',
  title: 'FLUSHALL in the middle',
  setup: () => ({
    settings: BOARD_CHANGES,
    services: { concurrency: GRANTED },
    faults: { latency: [{ medianMs: 60, sigma: 0.5, maxMs: 300 }] },
  }),
  async play({ engine, orders, place, long, store, blame }) {
    const queues = openQueues(engine.redisUrl);
    try {
      await boardPut(engine, queues.of(PAUSED).name, 'pause');
      await queues.of(LIMITED).setGlobalConcurrency(CONCURRENCY);
      await until(areNoted, RESTORED_MS);
      const load = place({ orders: await orders(long ? 300 : 60), perSecond: 30 });
      let end = healed();
      for (let wipes = long ? 5 : 1; wipes > 0; wipes -= 1) {
        await load.accepted(30);
        await queues.redis.flushall();
        end = healed();
        await until(settingsStand, RESTORED_MS).catch(() =>
          blame('pause and limit of queues did not come back'),
        );
      }
      await load.done;
      if (!(await settingsStand())) blame('pause and limit of queues did not stay');
      return end;
    } finally {
      await queues.close();
    }

    /** What is set a moment before a wipe is lost with it (ADR 20). */
    async function areNoted(): Promise<boolean> {
      const noted = noteSchema.parse(JSON.parse((await store.readCursor(NOTE)) ?? '{}'));
      const [paused, limited] = [PAUSED, LIMITED].map((service) => noted[queues.of(service).name]);
      return paused?.paused === true && limited?.concurrency === CONCURRENCY;
    }

    async function settingsStand(): Promise<boolean> {
      const paused = await queues.of(PAUSED).isPaused();
      return paused && (await queues.of(LIMITED).getGlobalConcurrency()) === CONCURRENCY;
    }
  },
};
