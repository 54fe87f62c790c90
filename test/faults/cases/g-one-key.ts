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
      const sent = await Promise.all(
        Array.from({ length: AT_ONCE }, async (_unused, index) => {
          // each body by way of each web process
          const api = apis[index % apis.length] ?? engine.api;
          const workflowName = names[Math.floor(index / apis.length) % names.length] ?? '';
          return { workflowName, answer: await sendStart(api, { ...body, workflowName }, key) };
        }),
      );
      const answers = sent.map(({ answer }) => answer);
      record({ key, correlationId: body.correlationId, ending, insisted: true, answers });
      const [id] = answers.flatMap(({ workflowId }) => workflowId ?? []);
      if (id === undefined) return; // the check tells of it
      const winner = (await engine.api.get(id)).workflowName;
      for (const { workflowName, answer } of sent) {
        if (answer.status === (workflowName === winner ? 201 : 409)) continue;
        blame(`${key} is ${winner}: a start of ${workflowName} was answered ${answer.status}`);
      }
    }
  },
};
