import { setTimeout as delay } from 'node:timers/promises';
import type { ChildProcess } from '../../../scripts/processes/child-process.ts';
import { healed, type FaultCase, type Trial } from '../harness/fault-case.ts';
import { slowestAnswerMs } from '../harness/place-starts.ts';
import { apiOf, stopInTime } from '../harness/processes.ts';

/** An API call is answered within this time, Redis or no Redis (issue), and what it takes with Redis. */
const ANSWER_MS = 2000;
const AWAY_MS = 10_000;

/** Redis is gone for ten seconds: starts are accepted all the same, reads answered, and processes asked to stop do stop. */
export const redisDown: FaultCase = {
  letter: 'k',
  title: 'Redis down for 10 s',
  setup: () => ({ counts: { web: 2 } }),
  async play(trial) {
    const { engine, orders, place, blame } = trial;
    const stop = (child: ChildProcess) => stopInTime(child, blame);
    const apis = await Promise.all(engine.running('web').map(apiOf));
    const otherWebs = engine
      .running('web')
      .filter((_, index) => apis[index]?.url !== engine.api.url);
    // each is sent once: on a store that is slow, insisting would mean to wait for room, which there is none without Redis
    const before = place({ orders: await orders(20), perSecond: 40, insist: false });
    await before.accepted(10);
    const limitMs = ANSWER_MS + slowestAnswerMs(trial.starts());
    await engine.killRedis();
    const downAt = performance.now();
    await before.done;
    await Promise.all([
      ask(trial, limitMs),
      ...engine.running('worker').slice(0, 1).map(stop),
      ...engine.running('reconciler').map(stop),
      ...otherWebs.map(stop),
    ]);
    await delay(Math.max(0, downAt + AWAY_MS - performance.now()));
    await engine.restartRedis();
    // that there is no reconciler is our doing as well
    await Promise.all([engine.start('worker'), engine.start('reconciler')]);
    return healed();
  },
};

/** Starts, reads and lists while Redis is away. */
async function ask(
  { engine, orders, place, starts, blame }: Trial,
  limitMs: number,
): Promise<void> {
  const alreadySent = starts().length;
  await place({ orders: await orders(20), perSecond: 10, insist: false }).done;
  for (const { key, answers } of starts().slice(alreadySent)) {
    for (const { status, tookMs } of answers) {
      if (status !== 201 || tookMs > limitMs) {
        blame(`start ${key} was answered ${status} after ${tookMs.toFixed(0)} ms`);
      }
    }
  }
  const [first] = await engine.api.list();
  for (const path of ['/workflows?limit=10', `/workflows/${first?.id}`, '/orchestration/health']) {
    const askedAt = performance.now();
    const { status } = await engine.api.ask(path);
    const tookMs = performance.now() - askedAt;
    if (status !== 200 || tookMs > limitMs)
      blame(`GET ${path}: ${status} after ${tookMs.toFixed(0)} ms`);
  }
}
