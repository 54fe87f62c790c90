import { Redis } from 'ioredis';
import { redisOptions } from '#adapters/redis/connection.ts';

/** What a Redis (or Valkey) server says of itself. */
export type RedisFacts = {
  /** Redis version; Valkey answers with the one it is compatible with. */
  readonly version: string;
  /** `noeviction` is the only policy under which queues keep their jobs. */
  readonly maxmemoryPolicy: string;
  /** Operating system process id, as the server sees it. */
  readonly processId: number;
  /** It still reads its data from disk and refuses most commands. */
  readonly loading: boolean;
};

/** BullMQ's scripts need this. */
const MINIMUM_VERSION = [6, 2] as const;

/** How long one probe may take to connect, and to answer. */
const PROBE_TIMEOUT_MS = 2000;

/**
 * Asks a server once who it is, on a connection of its own.
 * @throws what kept it from answering: nobody listens, wrong password, not a Redis
 */
export async function probeRedis(url: string): Promise<RedisFacts> {
  const redis = new Redis({
    ...redisOptions(url),
    lazyConnect: true,
    // One try: the caller decides whether to ask again. The ready check would wait while the server loads.
    retryStrategy: null,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    connectTimeout: PROBE_TIMEOUT_MS,
    commandTimeout: PROBE_TIMEOUT_MS,
    // ioredis starts this timer even for a connection that never was; it would keep a short process alive.
    disconnectTimeout: 50,
  });
  // connect() rejects with a bare 'Connection is closed'; the reason comes only by this event.
  const reasons: Error[] = [];
  redis.on('error', (error: Error) => reasons.push(error));
  try {
    await redis.connect();
    return factsFrom(await redis.info());
  } catch (error) {
    throw reasons[0] ?? error;
  } finally {
    redis.disconnect();
  }
}

/** @returns why this server can't carry the queues, or null when it can. */
export function unusableBecause(facts: RedisFacts): string | null {
  const [major = 0, minor = 0] = facts.version.split('.').map(Number);
  const [neededMajor, neededMinor] = MINIMUM_VERSION;
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return null;
  return `it is Redis ${facts.version}; ${MINIMUM_VERSION.join('.')} or newer is needed`;
}

/** @returns what an operator should change in this server although it can be used, or null. */
export function adviceFor(facts: RedisFacts): string | null {
  if (facts.maxmemoryPolicy === 'noeviction') return null;
  return `maxmemory-policy is ${facts.maxmemoryPolicy}: jobs may be evicted and workflows delayed; set it to noeviction`;
}

/** INFO answers `name:value` lines under `# Section` headings. */
function factsFrom(info: string): RedisFacts {
  const fields = new Map(
    info.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, Math.max(colon, 0)), line.slice(colon + 1)];
    }),
  );
  return {
    version: fields.get('redis_version') ?? '0.0',
    maxmemoryPolicy: fields.get('maxmemory_policy') ?? 'unknown',
    processId: Number(fields.get('process_id') ?? 0),
    loading: fields.get('loading') === '1',
  };
}
