import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { backlog } from '#bench/studies/backlog.ts';
import { compare } from '#bench/studies/compare.ts';
import { events } from '#bench/studies/events.ts';
import { soak } from '#bench/studies/soak.ts';
import { wire } from '#bench/studies/wire.ts';
import { sharing } from '#bench/studies/sharing.ts';
import { stored } from '#bench/studies/stored.ts';
import type { Arena } from '#bench/support/contest.ts';
import { throttle } from '#bench/studies/throttle.ts';
import { waveless } from '#bench/studies/waveless.ts';
import { startRedis } from '#composition/redis-server.ts';
import { exitFailed } from '#composition/exit.ts';
import { findMongodb } from '../scripts/servers/mongodb.ts';
import { findServer } from '../scripts/servers/find-server.ts';
import { startTemporary } from '../scripts/servers/start-temporary.ts';

/** The load under which latencies are measured. */
const STEADY_PER_SECOND = 50;
/** What stands in for MongoDB syncs once per document. */
const STEADY_PER_SECOND_ON_STAND_IN = 5;

/**
 * `npm run bench`: the engine beside raw BullMQ in the same minutes, as ratios.
 * --store sqlite (default), memory, mongodb (a server of its own, found as the tests find theirs) or a STORE_URL.
 * With one of --stored N, --backlog N, --waveless N, --soak MINUTES, --wire, --sharing (both MongoDB only), --events,
 * --throttle FILE.csv: that study instead.
 * --events [--per-second 500]: the log out to Kafka, and events in, on a Kafka of its own.
 */
const { values } = parseArgs({
  options: {
    workflows: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '3' },
    store: { type: 'string', default: 'sqlite' },
    processes: { type: 'string', default: '1' },
    stored: { type: 'string' },
    backlog: { type: 'string' },
    waveless: { type: 'string' },
    soak: { type: 'string' },
    wire: { type: 'boolean', default: false },
    sharing: { type: 'boolean', default: false },
    events: { type: 'boolean', default: false },
    'per-second': { type: 'string', default: '500' },
    throttle: { type: 'string' },
  },
});

try {
  const redis = await startRedis({ mode: 'own' });
  const mongodb = values.store === 'mongodb' ? await startTemporary(await findMongodb()) : null;
  const stub = spawnStub();
  try {
    const options = {
      workflows: Number(values.workflows),
      rounds: Number(values.rounds),
      store: mongodb?.address ?? (values.store === 'memory' ? 'memory:' : values.store),
      perSecond: mongodb === null ? STEADY_PER_SECOND : STEADY_PER_SECOND_ON_STAND_IN,
      helpers: Number(values.processes) - 1,
    };
    const arena = { redisUrl: redis.url, stubUrl: await urlOf(stub) };
    console.log(`${new Date().toISOString()}, Node ${process.version}, ${machine()}`);
    if (values.stored !== undefined) await stored(arena, options, Number(values.stored));
    else if (values.backlog !== undefined) await backlog(arena, options, Number(values.backlog));
    else if (values.waveless !== undefined) await waveless(arena, options, Number(values.waveless));
    else if (values.soak !== undefined) await soak(arena, options, Number(values.soak));
    else if (values.wire) await wire(arena, options);
    else if (values.sharing) await sharing(options.store, options.workflows);
    else if (values.events) await onKafka(arena, options.workflows);
    else if (values.throttle !== undefined) await throttle(redis.url, values.throttle);
    else await compare(arena, options);
  } finally {
    stub.kill();
    await mongodb?.dispose();
    await redis.stop();
  }
} catch (error) {
  exitFailed(error);
}

async function onKafka(arena: Arena, workflows: number): Promise<void> {
  const kafka = await startTemporary(await findServer('kafka'));
  try {
    const perSecond = Number(values['per-second']);
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
