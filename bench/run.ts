import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { backlog } from '#bench/studies/backlog.ts';
import { compare } from '#bench/studies/compare.ts';
import { soak } from '#bench/studies/soak.ts';
import { stored } from '#bench/studies/stored.ts';
import { startRedis } from '#composition/redis-server.ts';
import { exitFailed } from '#composition/exit.ts';

/**
 * `npm run bench`: the engine beside raw BullMQ in the same minutes, as ratios.
 * With one of --stored N, --backlog N, --soak MINUTES: that study instead.
 */
const { values } = parseArgs({
  options: {
    workflows: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '3' },
    store: { type: 'string', default: 'sqlite' },
    processes: { type: 'string', default: '1' },
    stored: { type: 'string' },
    backlog: { type: 'string' },
    soak: { type: 'string' },
  },
});
const options = {
  workflows: Number(values.workflows),
  rounds: Number(values.rounds),
  store: values.store === 'memory' ? 'memory:' : values.store,
  helpers: Number(values.processes) - 1,
};

try {
  const redis = await startRedis({ mode: 'own' });
  const stub = spawnStub();
  try {
    const arena = { redisUrl: redis.url, stubUrl: await urlOf(stub) };
    console.log(`${new Date().toISOString()}, Node ${process.version}, ${machine()}`);
    if (values.stored !== undefined) await stored(arena, options, Number(values.stored));
    else if (values.backlog !== undefined) await backlog(arena, options, Number(values.backlog));
    else if (values.soak !== undefined) await soak(arena, options, Number(values.soak));
    else await compare(arena, options);
  } finally {
    stub.kill();
    await redis.stop();
  }
} catch (error) {
  exitFailed(error);
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
