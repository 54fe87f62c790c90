import { generateOrders } from '#simulator/orders.ts';
import { until } from '#test/support/until.ts';
import { ORDER_TOPIC, orderMessage } from '../../../scripts/demo/order-message.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { blameTopic, startOwnKafka, type OwnKafka } from '../harness/own-kafka.ts';
import { arm, sabotaged } from '../harness/sabotage.ts';
import { supervise } from '../harness/supervisor.ts';

/** The steps of its loop: make the effect, write it down, say how far, be answered. */
const STEPS = [
  'die-before.inbound-record',
  'die-before.offset-commit',
  'die-after.offset-commit',
] as const;
const ORDERS_A_STEP = 8;
/** A group misses a member that died after ten seconds. */
const STARTED_MS = 90_000;

/** The consumer dies at every step of its loop: each event starts its workflow, and starts it once. */
export function killedConsumer(): FaultCase {
  let kafka: OwnKafka | null = null;
  return {
    letter: 'w',
    title: 'kill -9 of the consumer at each step',
    needs: 'kafka',
    async setup({ folder, atEnd }) {
      const own = await startOwnKafka([ORDER_TOPIC]);
      atEnd(() => own.close());
      kafka = own;
      await kafka.bus.publish([]);
      const { nodeArguments, settings } = sabotaged(folder);
      return {
        ...(nodeArguments && { nodeArguments }),
        counts: { relay: 1, events: 1 },
        settings: { ...settings, ...kafka.settings },
      };
    },
    async play(trial) {
      if (kafka === null) throw new Error('setup comes first');
      const { engine, folder, long, seed, record, blame } = trial;
      const supervisor = supervise(engine, 'events');
      const orders = generateOrders(seed);
      const told: string[] = [];
      let deaths = 0;
      for (const step of Array.from({ length: long ? 4 : 1 }, () => STEPS).flat()) {
        const trigger = arm(folder, step);
        const messages = Array.from({ length: ORDERS_A_STEP }, () => {
          const placed = orders.next().value;
          told.push(placed.order.orderId);
          return orderMessage({ kind: 'order', ...placed });
        });
        await kafka.bus.publish(messages);
        await until(() => !trigger.isArmed(), 60_000);
        deaths += 1;
        await until(() => supervisor.replaced() === deaths, 60_000);
      }
      const started = async () => (await engine.api.list()).length >= told.length;
      await until(started, STARTED_MS).catch(() => blame('events have started no workflow'));
      await supervisor.stop();
      const end = healed();
      for (const { id, correlationId } of await engine.api.list()) {
        const answer = { status: 201, workflowId: id, tookMs: 0 };
        const key = correlationId ?? id;
        const ending = 'COMPLETED';
        record({ key, correlationId: key, ending, insisted: true, answers: [answer] });
      }
      await blameTopic(trial, kafka);
      const keys = new Set((await engine.api.list()).map(({ correlationId }) => correlationId));
      for (const orderId of told) if (!keys.has(orderId)) blame(`order ${orderId} is lost`);
      return { ...end, recoveredMs: performance.now() - end.tick };
    },
  };
}
