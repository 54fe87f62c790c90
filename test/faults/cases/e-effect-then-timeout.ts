import type { ScriptInput } from '#simulator/faults/config.ts';
import { until } from '#test/support/until.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { pickStep } from '../harness/orders.ts';

/** Longer than a call may take. */
const HANG = { kind: 'timeout', holdMs: 2000, applied: true } as const;

/** Of the default policy (SPEC 3). What comes after them is the question for the lost answer, before the undo. */
const ALL_ATTEMPTS = [1, 2, 3, 4];

/**
 * Effects happen and their answers are lost. Once: the call is made again under its name. Every time: the outcome stays unknown, and
 * is undone. And undos whose answers are lost.
 */
export const effectThenTimeout: FaultCase = {
  letter: 'e',
  title: 'effect applied, then time-out, of do and of undo',
  async play({ engine, orders, place, random, long }) {
    const count = long ? 60 : 12;
    const [once, always, undos] = [
      await orders(count, { refusedEvery: 0 }),
      await orders(count, { refusedEvery: 0 }),
      await orders(count, { refusedEvery: 1 }),
    ];
    const scripts: ScriptInput[] = [
      ...once.map(({ body: { correlationId } }) => ({
        ...{ correlationId, stepId: pickStep(random), attempts: [1], fault: HANG },
      })),
      ...always.map(({ body: { correlationId } }) => ({
        ...{ correlationId, stepId: pickStep(random), attempts: ALL_ATTEMPTS, fault: HANG },
      })),
      ...undos.map(({ body: { correlationId } }) => ({
        ...{ correlationId, stepId: 'reserve-inventory', on: 'undo' as const },
        ...{ attempts: [1], fault: HANG },
      })),
    ];
    await engine.simulator.addScripts(...scripts);
    const doomed = always.map((order) => ({ ...order, ending: 'COMPENSATED' as const }));
    await place({ orders: [...once, ...doomed, ...undos], perSecond: 20 }).done;
    // until then breakers are open as well, and steps wait behind them
    const lost = scripts.reduce((sum, { attempts = [] }) => sum + attempts.length, 0);
    await until(async () => (await engine.simulator.stats()).faults[HANG.kind] === lost, 90_000);
    return healed();
  },
};
