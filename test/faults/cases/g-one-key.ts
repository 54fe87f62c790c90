import { healed, type FaultCase } from '../harness/fault-case.ts';
import { sendStart, type Order } from '../harness/place-starts.ts';
import { apiOf } from '../harness/processes.ts';

const AT_ONCE = 50;

/** Many send one start at once, by two web processes. And of many with one key and two bodies one body wins, the other is refused. */
export const oneKey: FaultCase = {
  letter: 'g',
  title: '50 concurrent POSTs with one Idempotency-Key',
  setup: () => ({ counts: { web: 2 } }),
  async play({ engine, orders, record, long, blame }) {
    const apis = await Promise.all(engine.running('web').map(apiOf));
    for (let rounds = long ? 20 : 3; rounds > 0; rounds -= 1) {
      for (const order of await orders(2, { refusedEvery: 0 })) {
        await postTogether(order, rounds % 2 === 0 ? [order.body.workflowName] : ['this', 'that']);
      }
    }
    return healed();

    /** @param names of the bodies, which are the same but for that */
    async function postTogether({ body, ending }: Order, names: readonly string[]): Promise<void> {
      const key = `start-${body.correlationId}`;
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, (_unused, index) => {
          const api = apis[index % apis.length] ?? engine.api;
          const workflowName = names[Math.floor(index / 2) % names.length] ?? '';
          return sendStart(api, { ...body, workflowName }, key);
        }),
      );
      record({ key, correlationId: body.correlationId, ending, answers });
      const accepted = answers.filter(({ status }) => status === 201).length;
      const refused = answers.filter(({ status }) => status === 409).length;
      if (accepted !== Math.ceil(AT_ONCE / names.length / 2) * 2 && names.length === 1) {
        blame(`${accepted} of ${AT_ONCE} equal starts were answered 201`);
      }
      if (accepted + refused !== AT_ONCE || accepted === 0) {
        blame(`${accepted} starts answered 201, ${refused} answered 409, of ${AT_ONCE}`);
      }
    }
  },
};
