import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The same major version as docker-compose.yml. */
const IMAGE = 'redis:8';
const CONFIGURATION = '--appendonly yes --appendfsync everysec --maxmemory-policy noeviction'.split(
  ' ',
);

/** Is there not only a docker client but an engine that answers it? */
export async function dockerEngineRuns(docker: string): Promise<boolean> {
  try {
    await run(docker, ['version', '--format', '{{.Server.Version}}'], { timeout: 5000 });
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts Redis in a container that is removed when it is stopped; its data stay in `dataDir`.
 * The caller waits until it answers.
 * @throws Error of docker: no image to be had, port in use
 */
export async function startRedisContainer(
  docker: string,
  dataDir: string,
  port: number,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const folder = resolve(dataDir);
  await mkdir(folder, { recursive: true });
  const where = ['--publish', `127.0.0.1:${port}:6379`, '--volume', `${folder}:/data`];
  const command = [IMAGE, 'redis-server', ...CONFIGURATION];
  const { stdout } = await run(docker, ['run', '--detach', '--rm', ...where, ...command]);
  const container = stdout.trim();
  let stopped: Promise<unknown> | null = null;
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      stopped ??= run(docker, ['stop', '--time', '5', container]);
      await stopped;
    },
  };
}
