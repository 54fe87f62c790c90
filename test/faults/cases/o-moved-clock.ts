import { setTimeout as delay } from 'node:timers/promises';
import type { ScriptInput } from '#simulator/faults/config.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { pickStep } from '../harness/orders.ts';
import { arm, sabotaged } from '../harness/sabotage.ts';

const HOUR_MS = 3_600_000;

/** The wall clock jumps by an hour, ahead and back and behind and back, or the other way round, while workflows run and retries are due. */
export const movedClock: FaultCase = {
  letter: 'o',
  title: 'wall clock moved by an hour, both ways',
  clockMoves: true,
  setup: ({ folder }) => sabotaged(folder),
  async play({ engine, orders, place, folder, random, long, blame, settled }) {
    const all = await orders(long ? 200 : 60);
    const scripts = all
      .filter(({ ending }) => ending === 'COMPLETED')
      // not so many that breakers open, which is another matter
      .filter((_order, index) => index % 3 === 0)
      .map(({ body: { correlationId } }): ScriptInput => {
        const fault = { kind: 'status', status: 500 } as const;
        return { correlationId, stepId: pickStep(random), attempts: [1, 2], fault };
      });
    await engine.simulator.addScripts(...scripts);
    const load = place({ orders: all, perSecond: 20 });
    const jumps = random() < 0.5 ? [1, 0, -1, 0] : [-1, 0, 1, 0];
    for (const [index, hours] of jumps.entries()) {
      await load.accepted(Math.floor(((index + 1) * all.length) / 5));
      arm(folder, 'clock-offset-ms', hours * HOUR_MS);
      await delay(500);
    }
    const end = healed();
    await load.done;
    await settled();
    const recoveredMs = performance.now() - end.tick;
    const offsets = (await engine.api.list()).map((one) => Date.parse(one.createdAt) - Date.now());
    if (!offsets.some((ms) => ms > HOUR_MS / 2)) blame('no order came while the clock was ahead');
    if (!offsets.some((ms) => ms < -HOUR_MS / 2)) blame('no order came while it was behind');
    if (recoveredMs > 25_000) blame(`it took ${(recoveredMs / 1000).toFixed(1)} s`);
    return { ...end, recoveredMs };
  },
};
