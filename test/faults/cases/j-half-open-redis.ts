import { setTimeout as delay } from 'node:timers/promises';
import { IDLE_LIMIT_MS } from '../checks/end-checks.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { slowestAnswerMs } from '../harness/place-starts.ts';
import { startTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts';

/** From the moment in which the network broke; it never heals, the engine goes round it. */
const RECOVERED_MS = 20_000;
/** And what it takes without any fault. */
const ANSWER_MS = 2000;

/** All connections to Redis go silent without being closed; new ones work. */
export function halfOpenRedis(): FaultCase {
  let proxy: TcpProxy | null = null;
  return {
    letter: 'j',
    title: 'half-open Redis sockets',
    setup: ({ atEnd }) => ({
      async redisThrough(redisUrl) {
        const own = await startTcpProxy(redisUrl);
        atEnd(() => own.close());
        proxy = own;
        return own.url;
      },
    }),
    async play({ orders, place, long, blame, settled, starts }) {
      if (proxy === null) throw new Error('setup comes first');
      // an undo waits for the calls beside it first, and takes its own time: with refusals only where there is time for it
      const mix = { refusedEvery: long ? 5 : 0 };
      const before = place({ orders: await orders(30, mix), perSecond: 60 });
      await before.accepted(25);
      if (proxy.deafen() === 0) blame('nobody was connected: the case has shown nothing');
      const limitMs = ANSWER_MS + slowestAnswerMs(starts());
      const since = healed();
      const alreadySent = starts().length;
      await place({ orders: await orders(10, mix), perSecond: 5, insist: false }).done;
      for (const { key, answers } of starts().slice(alreadySent)) {
        const [answer] = answers;
        if (answer?.status === 201 && answer.tookMs <= limitMs) continue;
        blame(`start ${key} was answered ${answer?.status} after ${answer?.tookMs.toFixed(0)} ms`);
      }
      await before.done;
      await settled();
      const recoveredMs = performance.now() - since.tick;
      if (recoveredMs > RECOVERED_MS) blame(`it took ${(recoveredMs / 1000).toFixed(1)} s`);
      await delay(long ? Math.max(0, 60_000 - recoveredMs) : 0);
      return { ...since, epochMs: since.epochMs + RECOVERED_MS - IDLE_LIMIT_MS, recoveredMs };
    },
  };
}
