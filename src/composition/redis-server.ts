import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '#application/ports/logger.ts';
import { adviceFor, probeRedis, unusableBecause } from '#adapters/redis/probe.ts';
import { waitForRedis } from '#adapters/redis/wait-for-redis.ts';
import { createLogger } from '#adapters/telemetry/logger.ts';
import { findExecutable, freePort } from '#composition/executables.ts';
import { MissingPieceError } from '#composition/missing-piece.ts';
import { dockerEngineRuns, startRedisContainer } from '#composition/redis-container.ts';
import { installRedisPackage } from '#composition/redis-package.ts';
import { endServerOf, serverOf, startRedisProcess } from '#composition/redis-process.ts';

/** How the server was had; only those that we started end with `stop()`. */
export type RedisOrigin = 'configured' | 'found' | 'started' | 'container';

export type RedisServer = {
  readonly url: string;
  readonly how: RedisOrigin;
  /** Ends a server that we started; may be called twice. */
  stop(): Promise<void>;
};

export type StartRedisOptions = {
  /**
   * ladder: REDIS_URL, else one that runs, else one of our own (DESIGN 3).
   * own: always one of our own on a free port, for tests, demo and bench.
   */
  readonly mode: 'own' | 'ladder';
  /** Folder of our own server's data. By default `data/redis`, in mode own a temporary one that goes with it. */
  readonly dataDir?: string;
  /** Port of our own server. By default a free one; in mode ladder 6379 if it is free, so that other processes find it. */
  readonly port?: number;
  /** REDIS_URL; only mode ladder looks at it. */
  readonly redisUrl?: string | null;
  readonly logger?: Logger;
  /** Ends the wait for a configured server. */
  readonly signal?: AbortSignal;
  /** What the ladder looks at outside the engine; by default this machine. */
  readonly surroundings?: Surroundings;
};

export type Surroundings = {
  readonly path: string;
  /** Where a server may be running already. */
  readonly standardPort: number;
  /** Debian's script that may forbid to start services; null: we must not install (not root, or not Debian). */
  readonly policyFile: string | null;
};

/**
 * Provides a Redis that answers.
 * @throws MissingPieceError when there is none and none can be started; the signal's reason when aborted
 */
export async function startRedis(options: StartRedisOptions): Promise<RedisServer> {
  const { mode, redisUrl = null, surroundings = thisMachine(), signal } = options;
  const logger = options.logger ?? createLogger({ level: 'warn', format: 'pretty' });
  if (mode === 'ladder' && redisUrl !== null) {
    return checked(redisUrl, 'configured', await waitForRedis(redisUrl, logger, signal), logger);
  }
  if (mode === 'own') {
    const temporary = options.dataDir === undefined;
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'wes-redis-')));
    await endServerOf(dataDir);
    const ports = options.port === undefined ? [0, 0, 0] : [options.port];
    const server = await startOwn(dataDir, ports, surroundings, logger);
    return { ...server, stop: () => server.stop().then(() => discard(temporary ? dataDir : null)) };
  }
  const dataDir = options.dataDir ?? join('data', 'redis');
  const running = async () => await findRunning(dataDir, surroundings.standardPort, logger);
  const found = await running();
  if (found !== null) return found;
  const ports = options.port === undefined ? [surroundings.standardPort, 0, 0] : [options.port];
  const server = await startOwn(dataDir, ports, surroundings, logger, running);
  logger.info(`started Redis at ${server.url}; it ends with this process`, { dataDir });
  return server;
}

/**
 * The rungs that start a server: a program in the PATH, a container, a program that we install first.
 * @param ports to try in turn; 0: a free one
 * @param running looks again for somebody else's server: two processes of ours may climb the ladder at once
 */
async function startOwn(
  dataDir: string,
  ports: readonly number[],
  surroundings: Surroundings,
  logger: Logger,
  running: () => Promise<RedisServer | null> = async () => null,
): Promise<RedisServer> {
  const program = await findRedisProgram(surroundings);
  const docker = program === null ? await findDocker(surroundings) : null;
  const start = async (port: number): Promise<RedisServer> => {
    if (docker !== null) {
      const container = await startRedisContainer(docker, dataDir, port);
      await waitForRedis(container.url, logger);
      return { ...container, how: 'container' };
    }
    const executable = program ?? (await installRedis(surroundings, logger));
    const { url, stop } = await startRedisProcess(executable, dataDir, port);
    return { url, stop, how: 'started' };
  };
  const failures: unknown[] = [];
  for (const port of ports) {
    try {
      return await start(port === 0 ? await freePort() : port);
    } catch (error) {
      if (error instanceof MissingPieceError) throw error;
      failures.push(error);
      const quicker = await running();
      if (quicker !== null) return quicker;
    }
  }
  throw failures.at(-1);
}

/** redis-server or valkey-server from the PATH; where there is none, installed if we may. For tests, before they run. */
export async function ensureRedisProgram(logger: Logger): Promise<string> {
  const surroundings = thisMachine();
  return (await findRedisProgram(surroundings)) ?? (await installRedis(surroundings, logger));
}

async function findRunning(
  dataDir: string,
  standardPort: number,
  logger: Logger,
): Promise<RedisServer | null> {
  const urls = [`redis://127.0.0.1:${standardPort}`, await serverOf(dataDir)];
  for (const url of urls) {
    if (url === null) continue;
    const answers = await probeRedis(url).then(
      () => true,
      () => false, // nobody there, or one that wants a password: not for us
    );
    if (!answers) continue;
    try {
      return checked(url, 'found', await waitForRedis(url, logger), logger);
    } catch (error) {
      logger.info(`not using the Redis at ${url}`, { error });
    }
  }
  return null;
}

/** @throws MissingPieceError when the server is too old */
function checked(
  url: string,
  how: RedisOrigin,
  facts: Parameters<typeof unusableBecause>[0],
  logger: Logger,
): RedisServer {
  const where = `Redis at ${new URL(url).host}`;
  const flaw = unusableBecause(facts);
  if (flaw !== null) throw new MissingPieceError(`The ${where} can't be used: ${flaw}.`);
  const advice = adviceFor(facts);
  if (advice !== null) logger.warn(`${where}: ${advice}`);
  return { url, how, stop: async () => undefined };
}

async function findRedisProgram({ path }: Surroundings): Promise<string | null> {
  return await findExecutable(['redis-server', 'valkey-server'], path);
}

async function findDocker({ path }: Surroundings): Promise<string | null> {
  const docker = await findExecutable(['docker'], path);
  return docker !== null && (await dockerEngineRuns(docker)) ? docker : null;
}

/** @throws MissingPieceError when we may not install, or it fails */
async function installRedis(surroundings: Surroundings, logger: Logger): Promise<string> {
  const { path, policyFile } = surroundings;
  const aptGet = policyFile === null ? null : await findExecutable(['apt-get'], path);
  if (aptGet === null || policyFile === null) throw new MissingPieceError(noRedis(surroundings));
  logger.warn('no Redis here: installing it with apt-get install -y redis-server');
  try {
    await installRedisPackage(aptGet, policyFile);
  } catch (error) {
    throw new MissingPieceError(noRedis(surroundings), error);
  }
  const program = await findRedisProgram(surroundings);
  if (program === null) throw new MissingPieceError(noRedis(surroundings));
  return program;
}

function noRedis({ standardPort }: Surroundings): string {
  const command =
    process.platform === 'linux'
      ? 'sudo apt-get install -y redis-server'
      : process.platform === 'darwin'
        ? 'brew install redis'
        : 'docker run -d -p 127.0.0.1:6379:6379 redis:8 redis-server --appendonly yes';
  return (
    `No Redis: REDIS_URL is not set, none answers at 127.0.0.1:${standardPort}, there is no redis-server or ` +
    `valkey-server in the PATH and no docker engine runs. Type: ${command}`
  );
}

function thisMachine(): Surroundings {
  const rootOnDebian = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  return {
    path: process.env['PATH'] ?? '',
    standardPort: 6379,
    policyFile: rootOnDebian ? '/usr/sbin/policy-rc.d' : null,
  };
}

async function discard(folder: string | null): Promise<void> {
  if (folder !== null) await rm(folder, { recursive: true, force: true });
}
