import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freshStore } from '#bench/support/contest.ts';
import { table } from '#bench/support/figures.ts';
import { READS, startWireCount } from '#bench/support/wire-count.ts';
import { inventOrders } from '../../scripts/demo/orders.ts';
import { placeOrders } from '../../scripts/demo/place-orders.ts';
import type { EngineApi } from '../../scripts/processes/engine-api.ts';
import { startEngineProcesses } from '../../scripts/processes/engine-processes.ts';

const WORKERS = 2;
const LOOK_EVERY_MS = 1000;
/** About what the stand-in for MongoDB carries. */
const PER_SECOND = 10;
/** Orders of the demo, which fork and join: the same for all variants. */
const SEED = 7;

/** Longer than the stand-in for MongoDB takes for a commit. */
const LOCK = { WORKFLOW_LOCK_WAIT_MS: '1000' };
const STATES = { SHARED_STATE_CACHE_SIZE: '5000' };
const NOTHING_KEPT = { STATE_CACHE_SIZE: '0' };
const VARIANTS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['as it comes', {}],
  ['locks', LOCK],
  ['shared states', STATES],
  ['both', { ...LOCK, ...STATES }],
  ['STATE_CACHE_SIZE=0', NOTHING_KEPT],
  ['  and shared states', { ...NOTHING_KEPT, ...STATES }],
];

/** What locks and states shared by way of Redis save, and what they cost: an engine with two workers on MongoDB, counted. */
export async function sharing(mongodbUrl: string, orders: number): Promise<void> {
  const rows: string[][] = [];
  for (const [name, settings] of VARIANTS) rows.push([name, ...(await run(settings))]);
  const head = ['per step', 'reads', 'bytes read', 'commits refused', 'scripts in Redis'];
  console.log(table([head, ...rows]));

  async function run(settings: Readonly<Record<string, string>>): Promise<string[]> {
    const counter = await startWireCount(mongodbUrl);
    const { pathname } = new URL(await freshStore(mongodbUrl));
    const url = new URL(counter.url);
    url.pathname = pathname;
    const engine = await startEngineProcesses({
      counts: { worker: WORKERS },
      settings: { ...settings, STORE_URL: url.href, LOG_LEVEL: 'debug' },
    });
    const redis = new Redis(engine.redisUrl);
    try {
      await placeOrders(engine.api, inventOrders(SEED, orders).arrivals, {
        perSecond: PER_SECOND,
        signal: new AbortController().signal,
        byEvent: null,
        onAccepted() {},
        say: console.error,
      });
      while (!(await allCompleted(engine.api, orders))) await delay(LOOK_EVERY_MS);
      const workflows = await engine.api.list();
      const steps = workflows.flatMap((workflow) => workflow.steps).length;
      const reads = READS.flatMap((command) => counter.counts().get(command) ?? []);
      const figures = [
        reads.reduce((sum, { requests }) => sum + requests, 0),
        counter.bytesAnswered(),
        await refusals(engine.folder),
        await scripts(redis),
      ];
      return figures.map((figure) => (figure / steps).toFixed(figure > 100 * steps ? 0 : 3));
    } finally {
      redis.disconnect();
      await engine.stop();
      await engine.discard();
      await counter.close();
    }
  }
}

async function allCompleted(api: EngineApi, orders: number): Promise<boolean> {
  // on a busy machine an answer may be late: it is asked for again
  const health = await api.health().catch(() => null);
  if ((health?.failedWorkflows ?? 0) > 0) throw new Error('an order failed');
  return health?.completedWorkflows === orders;
}

/** As the workers' logs have it. */
async function refusals(folder: string): Promise<number> {
  const names = Array.from({ length: WORKERS }, (_, index) => `worker-${index + 1}.log`);
  const logs = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return logs.join('').split('a commit was refused').length - 1;
}

/** Leases, locks and states; BullMQ's own go by their digests. */
async function scripts(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  return Number(/cmdstat_eval:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}
