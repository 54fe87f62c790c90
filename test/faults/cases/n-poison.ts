import { healed, type FaultCase } from '../harness/fault-case.ts';
import { poisonDefinition, poisonOrder, POISON_STEP } from '../harness/poison-definition.ts';
import { arm, sabotaged } from '../harness/sabotage.ts';
import { superviseWorkers } from '../harness/supervisor.ts';

/** A step that takes down every worker that touches it, beside good orders: they end, and it is given up after some deaths. */
export const poison: FaultCase = {
  letter: 'n',
  title: 'a step that always crashes its worker',
  slow: true,
  setup: ({ folder }) => sabotaged(folder),
  async play({ engine, orders, place, folder, long, settled, blame }) {
    arm(folder, `die-before.${POISON_STEP}:do`);
    await engine.api.ask('/definitions', { method: 'POST', body: poisonDefinition });
    const supervisor = superviseWorkers(engine);
    const begun = healed();
    const good = await orders(long ? 500 : 100);
    const [first, ...rest] = good;
    if (first === undefined) throw new Error('orders were asked for');
    await place({ orders: [first, poisonOrder('poison-1'), ...rest], perSecond: 20 }).done;
    await settled();
    const end = await supervisor.stop();
    const deaths = supervisor.replaced();
    if (deaths < 2 || deaths > 8) blame(`${deaths} workers died of it`);
    // standing still is counted from the last death on; how long it took, from the first start on
    return { ...end, recoveredMs: performance.now() - begun.tick };
  },
};
