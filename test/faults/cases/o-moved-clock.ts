import { setTimeout as delay } from 'node:timers/promises';
import type { ScriptInput } from '#simulator/faults/config.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { pickStep } from '../harness/orders.ts';
import type { Order } from '../harness/place-starts.ts';
import { arm, sabotaged } from '../harness/sabotage.ts';

const HOUR_MS = 3_600_000;
/** In which every process has looked at its clock. */
const SEEN_MS = 500;

/** The wall clock jumps by an hour, ahead and back and behind and back, or the other way round, while workflows run and retries are due. */
export const movedClock: FaultCase = {
  letter: 'o',
  title: 'wall clock moved by an hour, both ways',
  clockMoves: true,
  setup: ({ folder }) => sabotaged(folder),
  async play({ engine, orders, place, folder, random, long, blame, settled }) {
    const jumps = random() < 0.5 ? [0, 1, 0, -1, 0] : [0, -1, 0, 1, 0];
    for (const hours of jumps) {
      arm(folder, 'clock-offset-ms', hours * HOUR_MS);
      await delay(SEEN_MS);
      // the clock jumps again while these run
      const some = await orders(long ? 40 : 12);
      await engine.simulator.addScripts(...stumbles(some));
      await place({ orders: some, perSecond: 20 }).done;
    }
    const end = healed();
    await settled();
    const recoveredMs = performance.now() - end.tick;
    if (recoveredMs > 25_000) blame(`it took ${(recoveredMs / 1000).toFixed(1)} s`);
    const offsets = (await engine.api.list()).map((one) => Date.parse(one.createdAt) - Date.now());
    if (!offsets.some((ms) => ms > HOUR_MS / 2)) blame('no order came while the clock was ahead');
    if (!offsets.some((ms) => ms < -HOUR_MS / 2)) blame('no order came while it was behind');
    return { ...end, recoveredMs };

    /** A third of those that are to complete have a step that is tried three times: not so many that breakers open. */
    function stumbles(some: readonly Order[]): readonly ScriptInput[] {
      return some
        .filter(({ ending }) => ending === 'COMPLETED')
        .filter((_order, index) => index % 3 === 0)
        .map(({ body: { correlationId } }): ScriptInput => {
          const fault = { kind: 'status', status: 500 } as const;
          return { correlationId, stepId: pickStep(random), attempts: [1, 2], fault };
        });
    }
  },
};
