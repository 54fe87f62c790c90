import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { migrateMongoStore } from '#adapters/mongo/migrate-mongo-store.ts';
import { benchSettings } from '#bench/support/bench-engine.ts';
import { resultSchema, type Result, type Task } from '#bench/support/task.ts';

export type Contestant = 'raw-bullmq' | 'engine';

/** What all contestants of a run share. */
export type Arena = { readonly redisUrl: string; readonly stubUrl: string };

const NODE_ARGS = ['--expose-gc', '--disable-warning=ExperimentalWarning'];

/**
 * Lets a contestant run once, in a process and a folder of its own, on an empty Redis.
 * @param helpers further worker processes beside the contestant's own
 */
export async function compete(
  contestant: Contestant,
  arena: Arena,
  task: Omit<Task, keyof Arena | 'folder'>,
  helpers = 0,
): Promise<Result & { readonly redisBytes: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'wes-bench-'));
  const redis = new Redis(arena.redisUrl);
  try {
    await redis.flushall();
    const emptyBytes = await usedMemory(redis);
    const full: Task = { ...task, ...arena, folder, store: await freshStore(task.store) };
    const others = await startHelpers(full, helpers);
    const result = resultSchema.parse(JSON.parse(await lastLine(contestant, full)));
    for (const other of others) other.kill();
    return { ...result, redisBytes: (await usedMemory(redis)) - emptyBytes };
  } finally {
    redis.disconnect();
    await rm(folder, { recursive: true });
  }
}

/** A MongoDB is given an empty, prepared database for each run; other stores are files of the run's folder. */
export async function freshStore(store: string): Promise<string> {
  if (!store.startsWith('mongodb')) return store;
  const url = new URL(store);
  url.pathname = `/bench-${randomUUID()}`;
  await migrateMongoStore(url.href);
  return url.href;
}

async function startHelpers(task: Task, count: number) {
  if (count === 0) return [];
  const definitions = await mkdtemp(join(task.folder, 'definitions-'));
  const env = { ...process.env, ...(await benchSettings(task)), DEFINITIONS_DIR: definitions };
  const script = fileURLToPath(import.meta.resolve('../../workers/worker.ts'));
  return Array.from({ length: count }, () =>
    spawn(process.execPath, [...NODE_ARGS, script], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
}

function lastLine(contestant: Contestant, task: Task): Promise<string> {
  const script = fileURLToPath(import.meta.resolve(`../contestants/${contestant}.ts`));
  const child = spawn(process.execPath, [...NODE_ARGS, script, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output.trim().split('\n').at(-1) ?? '');
      else reject(new Error(`${contestant} ended with ${code}`));
    });
  });
}

async function usedMemory(redis: Redis): Promise<number> {
  const info = await redis.info('memory');
  return Number(/used_memory:(\d+)/.exec(info)?.[1] ?? 0);
}
