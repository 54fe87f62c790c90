import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { BENCH_HELP, readBenchOptions, type BenchOptions, type Study } from '#bench/options.ts';
import { backlog } from '#bench/studies/backlog.ts';
import { compare } from '#bench/studies/compare.ts';
import { events } from '#bench/studies/events.ts';
import type { StudyOptions } from '#bench/studies/options.ts';
import { soak } from '#bench/studies/soak.ts';
import { wire } from '#bench/studies/wire.ts';
import { sharing } from '#bench/studies/sharing.ts';
import { stored } from '#bench/studies/stored.ts';
import type { Arena } from '#bench/support/contest.ts';
import { throttle } from '#bench/studies/throttle.ts';
import { waveless } from '#bench/studies/waveless.ts';
import { startRedis } from '#composition/redis-server.ts';
import { exitFailed } from '#composition/exit.ts';
import { followOptions } from '../scripts/follow-options.ts';
import { findMongodb } from '../scripts/servers/mongodb.ts';
import { findServer } from '../scripts/servers/find-server.ts';
import { startTemporary } from '../scripts/servers/start-temporary.ts';

/** The load under which latencies are measured. */
const STEADY_PER_SECOND = 50;
/** What stands in for MongoDB syncs once per document. */
const STEADY_PER_SECOND_ON_STAND_IN = 5;

/** `npm run bench`: see `BENCH_HELP`. */
await followOptions(readBenchOptions(process.argv.slice(2)), BENCH_HELP, async (options) => {
  try {
    await bench(options);
  } catch (error) {
    exitFailed(error);
  }
});

async function bench(asked: BenchOptions): Promise<void> {
  const { study, workflows, warmUp, rounds, store, processes } = asked;
  const redis = await startRedis({ mode: 'own' });
  const mongodb = store === 'mongodb' ? await startTemporary(await findMongodb()) : null;
  const stub = spawnStub();
  try {
    const options: StudyOptions = {
      workflows,
      warmUp,
      rounds,
      store: mongodb?.address ?? (store === 'memory' ? 'memory:' : store),
      perSecond: mongodb === null ? STEADY_PER_SECOND : STEADY_PER_SECOND_ON_STAND_IN,
      helpers: processes - 1,
    };
    const arena = { redisUrl: redis.url, stubUrl: await urlOf(stub) };
    console.log(`${new Date().toISOString()}, Node ${process.version}, ${machine()}`);
    await measure(study, arena, options);
  } finally {
    stub.kill();
    await mongodb?.dispose();
    await redis.stop();
  }
}

async function measure(study: Study, arena: Arena, options: StudyOptions): Promise<void> {
  switch (study.name) {
    case 'compare':
      return await compare(arena, options);
    case 'stored':
      return await stored(arena, options, study.workflows);
    case 'backlog':
      return await backlog(arena, options, study.workflows);
    case 'waveless':
      return await waveless(arena, options, study.workflows);
    case 'soak':
      return await soak(arena, options, study.minutes);
    case 'wire':
      return await wire(arena, options);
    case 'sharing':
      return await sharing(options.store, options.workflows);
    case 'events':
      return await onKafka(arena, options.workflows, study.perSecond);
    case 'throttle':
      return await throttle(arena.redisUrl, study.file);
  }
}

async function onKafka(arena: Arena, workflows: number, perSecond: number): Promise<void> {
  const kafka = await startTemporary(await findServer('kafka'));
  try {
    await events(arena, { brokers: kafka.address, workflows, perSecond });
  } finally {
    await kafka.dispose();
  }
}

function spawnStub(): ChildProcess {
  const script = fileURLToPath(import.meta.resolve('./support/stub-service.ts'));
  return spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function urlOf(stub: ChildProcess): Promise<string> {
  if (stub.stdout === null) throw new Error('the stub has no stdout');
  const data: unknown[] = await once(stub.stdout, 'data');
  return String(data[0]).trim();
}

function machine(): string {
  return `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
}
