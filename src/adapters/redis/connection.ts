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

/**
 * For processes that work for ever (workers): commands wait for Redis to come back rather than fail.
 * `socketTimeout` frees a worker from a half-open socket, on which it would otherwise sit for ever (DESIGN 2).
 */
export function workerConnection(url: string): RedisConnectionOptions {
  return {
    ...redisOptions(url),
    maxRetriesPerRequest: null,
    socketTimeout: 15_000,
    retryStrategy: reconnectDelayMs,
  };
}

/** For whoever has a caller waiting (API, lease, reconciler): fails within 2 s when Redis is away (DESIGN 2). */
export function producerConnection(url: string): RedisConnectionOptions {
  return {
    ...redisOptions(url),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 2000,
    connectTimeout: 2000,
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
