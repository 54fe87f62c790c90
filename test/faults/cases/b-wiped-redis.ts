import { setTimeout as delay } from 'node:timers/promises';
import { until } from '#test/support/until.ts';
import { boardPut, BOARD_CHANGES } from '../harness/board.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { openQueues } from '../harness/queues.ts';

const LIMITED = 'packing-service';
const CONCURRENCY = 3;
/** No order needs it, so that its pause holds nothing up. */
const PAUSED = 'yard-management-service';
/** The reconciler has seen by then what an operator has set (it looks every second). */
const SEEN_MS = 3000;
const RESTORED_MS = 15_000;

/** All that is in Redis goes, in the middle of the work; what operators had set on queues is as before soon after. */
export const wipedRedis: FaultCase = {
  letter: 'b',
  title: 'FLUSHALL in the middle',
  setup: () => ({
    settings: BOARD_CHANGES,
    onlyServices: { [LIMITED]: { concurrency: CONCURRENCY } },
    faults: { latency: [{ medianMs: 60, sigma: 0.5, maxMs: 300 }] },
  }),
  async play({ engine, orders, place, long, blame }) {
    const queues = openQueues(engine.redisUrl);
    try {
      await boardPut(engine, queues.of(PAUSED).name, 'pause');
      await queues.of(LIMITED).setGlobalConcurrency(CONCURRENCY);
      await delay(SEEN_MS);
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
      return end;
    } finally {
      await queues.close();
    }

    async function settingsStand(): Promise<boolean> {
      const paused = await queues.of(PAUSED).isPaused();
      return paused && (await queues.of(LIMITED).getGlobalConcurrency()) === CONCURRENCY;
    }
  },
};
