import { until } from '#test/support/until.ts';
import type { FaultCase } from '../harness/fault-case.ts';
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
    let deaths = 0;
    for (let rounds = long ? 4 : 1; rounds > 0; rounds -= 1) {
      // every order that is refused later on has this undone
      const effects = [`${pickStep(random)}:do`, 'reserve-inventory:undo'];
      for (const effect of effects) arm(folder, `die-after.${effect}`);
      deaths += effects.length;
      await place({ orders: await orders(50, { refusedEvery: 3 }), perSecond: 20 }).done;
      await until(() => supervisor.replaced() === deaths, 60_000);
    }
    return await supervisor.stop();
  },
};
