import { setTimeout as delay } from 'node:timers/promises';
import { until } from '#test/support/until.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { pickStep } from '../harness/orders.ts';
import { arm, sabotaged } from '../harness/sabotage.ts';
import { superviseWorkers } from '../harness/supervisor.ts';

/** A worker dies between the effect at the service and the commit that was to say so, forward and in an undo. */
export const killedBeforeCommit: FaultCase = {
  letter: 'c',
  title: 'kill -9 between effect and commit',
  setup: ({ folder }) => sabotaged(folder),
  async play({ engine, orders, place, folder, random, long }) {
    const supervisor = superviseWorkers(engine);
    const load = place({
      orders: await orders(long ? 200 : 50, { refusedEvery: 3 }),
      perSecond: 20,
    });
    await load.accepted(5);
    const effects = ['do', 'undo'].flatMap((direction) =>
      Array.from({ length: long ? 4 : 1 }, () => `${pickStep(random)}:${direction}`),
    );
    for (const effect of effects) {
      const trigger = arm(folder, `die-after.${effect}`);
      await until(() => !trigger.isArmed(), 60_000);
      await delay(500);
    }
    await load.done;
    await supervisor.stop();
    return healed();
  },
};
