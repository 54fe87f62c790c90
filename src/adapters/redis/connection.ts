import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '#application/ports/logger.ts';
import { createOutageLog } from '#adapters/redis/outage-log.ts';

/** Options of ioredis, less the one whose type its own constructor refuses under exactOptionalPropertyTypes. */
export type RedisConnectionOptions = Omit<RedisOptions, 'replyMapping'>;

/**
 * `redis://[user[:password]@]host[:port][/db]`, or `rediss://` for TLS, as ioredis options.
 * @throws TypeError when it is no such URL
 */
export function redisOptions(url: string): RedisConnectionOptions {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  if (protocol !== 'redis:' && protocol !== 'rediss:') {
    throw new TypeError('a Redis URL begins with redis:// or rediss://');
  }
  return {
    host: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1', // an IPv6 address stands in brackets
    port: Number(port || 6379),
    db: Number(pathname.slice(1) || 0),
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}

/** So long without an answer, and a worker's socket is given up: a half-open one says nothing for ever. Locks last longer. */
const WORKER_SILENCE_MS = 4000;

/** A connection that waits for jobs hears from Redis every 10 s at least: BullMQ's longest blocking read. */
const WAITING_SILENCE_MS = 12_000;

/** Longest for a command, and for a connection: with what a caller does besides, it answers within 2 s (DESIGN 2). */
const PRODUCER_ANSWER_MS = 1500;

/**
 * Opens a connection for who works for ever (workers, the release bell): commands wait for Redis to come back rather than fail. BullMQ
 * duplicates it for the reads in which each worker waits for jobs; those may be silent for longer.
 */
export function openWorkerRedis(url: string, name: string, logger: Logger): Redis {
  const options = {
    ...redisOptions(url),
    maxRetriesPerRequest: null,
    socketTimeout: WORKER_SILENCE_MS,
    retryStrategy: reconnectDelayMs,
  };
  const redis = openRedis(options, name, logger);
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (override) => duplicate({ ...override, socketTimeout: WAITING_SILENCE_MS });
  return redis;
}

/**
 * For whoever has a caller waiting (API, lease, reconciler): fails soon when Redis is away. A socket on which a command had no
 * answer in time is given up with it: every later one would wait as long.
 */
export function producerConnection(url: string): RedisConnectionOptions {
  return {
    ...redisOptions(url),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: PRODUCER_ANSWER_MS,
    connectTimeout: PRODUCER_ANSWER_MS,
    socketTimeout: PRODUCER_ANSWER_MS,
    retryStrategy: reconnectDelayMs,
  };
}

/**
 * Opens a connection that reports each outage once. Without a listener ioredis prints every failed attempt to stderr.
 * @param name what the connection is for; shown in CLIENT LIST and in the log
 */
export function openRedis(options: RedisConnectionOptions, name: string, logger: Logger): Redis {
  const redis = new Redis({ ...options, connectionName: name });
  const outage = createOutageLog(logger, `Redis connection '${name}'`);
  redis.on('error', outage.failed);
  redis.on('ready', outage.recovered);
  return redis;
}

/** Between 100 ms and 2 s: soon enough to be back when Redis is, seldom enough not to hammer it. */
function reconnectDelayMs(attempt: number): number {
  return Math.min(attempt * 100, 2000);
}
