import { until } from '#test/support/until.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { replaceOne } from '../harness/processes.ts';

/** Orders fail for good at a step that chance picks, and workers die while they are undone. */
export const killedDuringUndo: FaultCase = {
  letter: 'd',
  title: 'permanent failure at step k, kill -9 during the undo',
  setup: () => ({
    faults: { rules: [{ on: 'undo', rate: 1, fault: { kind: 'slow', delayMs: 300 } }] },
  }),
  async play({ engine, orders, place, random, long }) {
    const load = place({
      orders: await orders(long ? 100 : 30, { refusedEvery: 2 }),
      perSecond: 30,
    });
    let end = healed();
    for (let deaths = long ? 4 : 1; deaths > 0; deaths -= 1) {
      await until(async () => (await undoing()) > 3, 30_000);
      await replaceOne(engine, 'worker', random);
      end = healed();
    }
    await load.done;
    return end;

    async function undoing(): Promise<number> {
      const answer = await engine.api.ask('/workflows?status=COMPENSATING&limit=5');
      return (answer.body as { readonly items: readonly unknown[] }).items.length;
    }
  },
};
