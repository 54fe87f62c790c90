import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '#application/ports/logger.ts';
import { adviceFor, probeRedis, unusableBecause } from '#adapters/redis/probe.ts';
import { waitForRedis } from '#adapters/redis/wait-for-redis.ts';
import { createLogger } from '#adapters/telemetry/logger.ts';
import { freePort } from '#composition/executables.ts';
import { MissingPieceError } from '#composition/missing-piece.ts';
import { startRedisContainer } from '#composition/redis-container.ts';
import { endServerOf, serverOf, startRedisProcess } from '#composition/redis-process.ts';
import {
  provideRedisProgram,
  type RedisProgram,
  type Surroundings,
  thisMachine,
} from '#composition/redis-program.ts';

export type RedisServer = {
  readonly url: string;
  /** How it was had; `stop` ends it only if we started it. */
  readonly how: 'configured' | 'found' | 'started' | 'container';
  /** May be called twice. */
  stop(): Promise<void>;
};

export type StartRedisOptions = {
  /**
   * ladder: REDIS_URL, else one that runs, else one of our own (DESIGN 3).
   * own: always one of our own on a free port, for tests, demo and bench.
   */
  readonly mode: 'own' | 'ladder';
  /** Folder of our own server's data. By default `data/redis`; in mode own a temporary one that goes with the server. */
  readonly dataDir?: string;
  /** Port of our own server. By default a free one; in mode ladder 6379 if it is free, so that other processes find it. */
  readonly port?: number;
  /** REDIS_URL; only mode ladder looks at it. */
  readonly redisUrl?: string | null;
  readonly logger?: Logger;
  /** Ends the wait for a configured server that does not answer. */
  readonly signal?: AbortSignal;
  /** By default this machine. */
  readonly surroundings?: Surroundings;
};

/** Stands for any free port; somebody may snatch it before the server has it, so there is always a second try. */
const FREE = 0;

/**
 * Provides a Redis that answers and can carry the queues.
 * @throws MissingPieceError when there is none and none can be started; the signal's reason when aborted
 */
export async function startRedis(options: StartRedisOptions): Promise<RedisServer> {
  const logger = options.logger ?? createLogger({ level: 'warn', format: 'pretty' });
  const surroundings = options.surroundings ?? thisMachine();
  if (options.mode === 'own') return await startOwn(options, surroundings, logger);
  if (typeof options.redisUrl === 'string') {
    return await useServer(options.redisUrl, 'configured', logger, options.signal);
  }
  return await climbLadder(options, surroundings, logger);
}

async function startOwn(
  { dataDir, port }: StartRedisOptions,
  surroundings: Surroundings,
  logger: Logger,
): Promise<RedisServer> {
  const program = await provideRedisProgram(surroundings, logger);
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'wes-redis-')));
  await endServerOf(folder);
  const server = await tryPorts(
    port === undefined ? [FREE, FREE, FREE] : [port],
    async (candidate) => {
      return await startProgram(program, folder, candidate, logger);
    },
  );
  return {
    ...server,
    async stop() {
      await server.stop();
      if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function climbLadder(
  { dataDir = join('data', 'redis'), port }: StartRedisOptions,
  surroundings: Surroundings,
  logger: Logger,
): Promise<RedisServer> {
  const running = await findRunning(dataDir, surroundings, logger);
  if (running !== null) return running;
  const program = await provideRedisProgram(surroundings, logger);
  const ports = port === undefined ? [surroundings.standardPort, FREE, FREE] : [port];
  return await tryPorts(ports, async (candidate) => {
    try {
      const server = await startProgram(program, dataDir, candidate, logger);
      logger.info(`started Redis at ${server.url}; it ends with this process`, { dataDir });
      return server;
    } catch (error) {
      // Two processes of ours may climb at once: the one that lost the port uses the server of the one that won.
      const quicker = await findRunning(dataDir, surroundings, logger);
      if (quicker === null) throw error;
      return quicker;
    }
  });
}

/** Tries these ports in turn. @throws what kept the last from being used */
async function tryPorts(
  [port = FREE, ...others]: readonly number[],
  start: (port: number) => Promise<RedisServer>,
): Promise<RedisServer> {
  try {
    return await start(port === FREE ? await freePort() : port);
  } catch (error) {
    if (others.length === 0) throw error;
    return await tryPorts(others, start);
  }
}

async function startProgram(
  program: RedisProgram,
  dataDir: string,
  port: number,
  logger: Logger,
): Promise<RedisServer> {
  if (program.kind === 'executable') {
    const { url, stop } = await startRedisProcess(program.file, dataDir, port);
    return { url, how: 'started', stop };
  }
  const { url, stop } = await startRedisContainer(program.file, dataDir, port);
  await waitForRedis(url, logger);
  return { url, how: 'container', stop };
}

/** A server at the standard port, or one that serves our folder at another port already. */
async function findRunning(
  dataDir: string,
  { standardPort }: Surroundings,
  logger: Logger,
): Promise<RedisServer | null> {
  const candidates = [`redis://127.0.0.1:${standardPort}`, await serverOf(dataDir)];
  for (const url of candidates) {
    if (url === null || !(await answers(url))) continue;
    try {
      return await useServer(url, 'found', logger);
    } catch (error) {
      logger.warn(`not using the Redis at ${url}`, { reason: String(error) });
    }
  }
  return null;
}

/** false: nobody is there, or one that wants a password and so is not meant for us. */
async function answers(url: string): Promise<boolean> {
  try {
    await probeRedis(url);
    return true;
  } catch {
    return false;
  }
}

/** @throws MissingPieceError when the server is too old */
async function useServer(
  url: string,
  how: 'configured' | 'found',
  logger: Logger,
  signal?: AbortSignal,
): Promise<RedisServer> {
  const facts = await waitForRedis(url, logger, signal);
  const where = `Redis at ${new URL(url).host}`;
  const flaw = unusableBecause(facts);
  if (flaw !== null) throw new MissingPieceError(`The ${where} can't be used: ${flaw}.`);
  const advice = adviceFor(facts);
  if (advice !== null) logger.warn(`${where}: ${advice}`);
  return { url, how, stop: async () => undefined };
}
