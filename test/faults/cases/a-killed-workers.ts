import { setTimeout as delay } from 'node:timers/promises';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { replaceOne } from '../harness/processes.ts';

/** Workers die under load, one after the other; another takes the place of each. */
export const killedWorkers: FaultCase = {
  letter: 'a',
  title: 'kill -9 of workers under load',
  async play({ engine, orders, place, random, long }) {
    const load = place({ orders: await orders(long ? 600 : 120), perSecond: 20 });
    await load.accepted(10);
    let end = healed();
    for (let deaths = long ? 8 : 2; deaths > 0; deaths -= 1) {
      await replaceOne(engine, 'worker', random);
      end = healed();
      await delay(500 + 1500 * random());
    }
    await load.done;
    return end;
  },
};
