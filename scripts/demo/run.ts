import { setTimeout as delay } from 'node:timers/promises';
import type { EngineProcesses } from '../processes/engine-processes.ts';
import { check, type Verdict } from './check.ts';
import { planMishaps } from './mishaps.ts';
import type { OrderBook } from './orders.ts';
import { placeOrders } from './place-orders.ts';
import { progress } from './progress.ts';
import type { Screen } from './screen.ts';
import type { DemoServers } from './servers.ts';
import { summaryLines } from './summary.ts';
import { createTally, type Tally } from './tally.ts';
import { watch } from './watch.ts';

/** Slow enough that the mishaps fall in the middle of it. */
const ORDERS_PER_SECOND = 25;
/** Orders that have not ended by then count as stuck. */
const PATIENCE_MS = 30_000;
/** The stand-in for MongoDB syncs once per document. */
const SERVERS_PATIENCE_MS = 180_000;
const LOOK_EVERY_MS = 100;

/** Puts the orders through a running engine, with mishaps, and shows and checks what comes of it. */
export async function run(
  engine: EngineProcesses,
  { arrivals }: OrderBook,
  servers: DemoServers | null,
  screen: Screen,
  signal: AbortSignal,
): Promise<Verdict> {
  const count = arrivals.filter(({ kind }) => kind === 'order').length;
  const tally = createTally();
  const watching = new AbortController();
  const watched = await watch(
    `${engine.api.url}/stream`,
    tally,
    AbortSignal.any([signal, watching.signal]),
  );
  const begunAt = performance.now();
  const elapsedMs = () => performance.now() - begunAt;
  const show = setInterval(() => screen.show(progress(tally, count, elapsedMs())), LOOK_EVERY_MS);
  try {
    const mishaps = planMishaps(engine, count, screen.say);
    const accepted = new Set<string>();
    await placeOrders(engine.api, arrivals, {
      perSecond: ORDERS_PER_SECOND,
      signal,
      say: screen.say,
      byEvent: servers && ((arrival) => servers.place(engine.api, arrival)),
      onAccepted(workflowId) {
        accepted.add(workflowId);
        mishaps.at(accepted.size);
      },
    });
    await allEnded(tally, accepted, servers === null ? PATIENCE_MS : SERVERS_PATIENCE_MS, signal);
    const endedMs = elapsedMs();
    await mishaps.settled();
    clearInterval(show);
    screen.clear();

    const workflows = await engine.api.list();
    const stats = await engine.simulator.stats();
    const lines = summaryLines({
      workflows,
      retries: tally.retries(),
      stepsExecuted: tally.stepsExecuted(),
      elapsedMs: endedMs,
      stats,
    });
    screen.say('');
    lines.forEach(screen.say);
    const verdict = await check(engine, accepted, workflows);
    const refused = count - accepted.size;
    const faults = refused > 0 ? [`${refused} orders were not accepted`] : [];
    if (servers === null) return { ...verdict, faults: [...faults, ...verdict.faults] };
    const topic = await servers.verdict(engine.api, [...accepted]);
    screen.say(
      `events on Kafka ${topic.messages}, repeated ${topic.duplicates}, out of order or missing ${topic.faults.length}`,
    );
    return { ...verdict, faults: [...faults, ...verdict.faults, ...topic.faults] };
  } finally {
    clearInterval(show);
    watching.abort();
    await watched.done;
    screen.clear();
  }
}

/** Until all rest, or patience ends: what then still goes on is for the check to find. */
async function allEnded(
  tally: Tally,
  ids: ReadonlySet<string>,
  patienceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    if ([...ids].every((id) => tally.hasEnded(id))) return;
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}
