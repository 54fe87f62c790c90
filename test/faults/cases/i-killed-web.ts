import { setTimeout as delay } from 'node:timers/promises';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { replaceOne } from '../harness/processes.ts';

/** The web process dies with starts under way; their senders get no answer and send them again. */
export const killedWeb: FaultCase = {
  letter: 'i',
  title: 'kill -9 of web during POSTs',
  async play({ engine, orders, place, random, long, blame, starts }) {
    const load = place({ orders: await orders(long ? 600 : 120), perSecond: 40 });
    let end = healed();
    for (let deaths = long ? 6 : 2; deaths > 0; deaths -= 1) {
      await delay(500 + 500 * random());
      await replaceOne(engine, 'web', random);
      end = healed();
    }
    await load.done;
    const unanswered = starts().filter(({ answers }) => answers.some((a) => a.status === null));
    if (unanswered.length === 0) blame('no start was cut off: the case has shown nothing');
    return end;
  },
};
