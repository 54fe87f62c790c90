import { setTimeout as delay } from 'node:timers/promises';
import { migrateMongoStore } from '#adapters/mongo/migrate-mongo-store.ts';
import { freshUrl } from '#test/servers/mongodb.ts';
import { findMongodb } from '../../../scripts/servers/mongodb.ts';
import { startTemporary, type TemporaryServer } from '../../../scripts/servers/start-temporary.ts';
import { healed, type FaultCase, type Trial } from '../harness/fault-case.ts';

/** The store's server dies under load and comes back: what was accepted is there, what can't be kept is refused meanwhile. */
export function killedMongodb(): FaultCase {
  let mongodb: TemporaryServer | null = null;
  return {
    letter: 'r',
    title: 'kill -9 of MongoDB under load',
    needs: 'mongodb',
    async setup({ atEnd }) {
      const server = await startTemporary(await findMongodb());
      atEnd(() => server.dispose());
      mongodb = server;
      const STORE_URL = freshUrl(server.address);
      await migrateMongoStore(STORE_URL);
      return { settings: { STORE_URL } };
    },
    async play(trial) {
      const { orders, place, long } = trial;
      // whatever comes while it is away comes together when it is back: the stand-in must be able to carry that
      const load = place({ orders: await orders(40), perSecond: long ? 2 : 10 });
      await load.accepted(10);
      for (let deaths = long ? 3 : 1; deaths > 0; deaths -= 1) {
        await mongodb?.kill();
        await Promise.all([refusesMeanwhile(trial), delay(long ? 10_000 : 3000)]);
        await mongodb?.start();
      }
      const end = healed();
      await load.done;
      return end;
    },
  };
}

/** Starts and reads are told to come again, and no balancer sends anybody here. */
async function refusesMeanwhile({ engine, orders, place, starts, blame }: Trial): Promise<void> {
  const [order] = await orders(1);
  const { status, headers } = await engine.api.ask(`/workflows/${crypto.randomUUID()}`);
  if (status !== 503 || headers.get('retry-after') === null) {
    blame(`a read was answered ${status}, Retry-After: ${headers.get('retry-after')}`);
  }
  const ready = await fetch(`${engine.webUrl}/readyz`);
  if (ready.status !== 503) blame(`/readyz was answered ${ready.status}`);
  if (order === undefined) return;
  await place({ orders: [order], perSecond: 1, insist: false }).done;
  const sent = starts().find(({ correlationId }) => correlationId === order.body.correlationId);
  const answers = sent?.answers.map((answer) => answer.status) ?? [];
  if (answers.join() !== '503') blame(`a start was answered ${answers.join()}`);
}
