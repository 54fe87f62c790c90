import { until } from '#test/support/until.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { blameTopic, startOwnKafka, type OwnKafka } from '../harness/own-kafka.ts';
import { arm, sabotaged } from '../harness/sabotage.ts';
import { supervise } from '../harness/supervisor.ts';

/** The steps of its loop: read, publish, be answered, write down how far. */
const STEPS = ['die-before.produce', 'die-after.produce', 'die-before.cursor-save'] as const;

/** The relay dies at every step of its loop, with orders under way. */
export function killedRelay(): FaultCase {
  let kafka: OwnKafka | null = null;
  return {
    letter: 'v',
    title: 'kill -9 of the relay at each step',
    needs: 'kafka',
    async setup({ folder, atEnd }) {
      const own = await startOwnKafka();
      atEnd(() => own.close());
      kafka = own;
      const { nodeArguments, settings } = sabotaged(folder);
      return {
        ...(nodeArguments && { nodeArguments }),
        counts: { relay: 1 },
        settings: { ...settings, ...kafka.settings },
      };
    },
    async play(trial) {
      if (kafka === null) throw new Error('setup comes first');
      const { engine, orders, place, folder, long } = trial;
      const supervisor = supervise(engine, 'relay');
      let deaths = 0;
      for (const step of Array.from({ length: long ? 4 : 1 }, () => STEPS).flat()) {
        const load = place({ orders: await orders(8), perSecond: 10 });
        await load.accepted(2);
        const trigger = arm(folder, step);
        await until(() => !trigger.isArmed(), 60_000);
        deaths += 1;
        await until(() => supervisor.replaced() === deaths, 60_000);
        await load.done;
      }
      await supervisor.stop();
      const end = healed();
      await blameTopic(trial, kafka);
      return { ...end, recoveredMs: performance.now() - end.tick };
    },
  };
}
