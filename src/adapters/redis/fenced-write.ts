import type { Redis } from 'ioredis';

/** Compares the writer's number with that of the latest writer, which it becomes. @returns whether it was written */
const WRITE = `
if tonumber(ARGV[1]) < tonumber(redis.call('GET', KEYS[1]) or '0') then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1])
redis.call(ARGV[2], KEYS[2], unpack(ARGV, 3))
return 1`;

/**
 * A write that a lease guards: it is refused when a later leader has written before. So a leader that was frozen for longer than its
 * lease lives can't bring back what it knew. Rejects when Redis is away.
 * @param keys what is written, and where the number of its latest writer is kept; on one node of a cluster
 * @param fence of the writer's lease
 * @param command such as `['SET', text]`, less the key
 */
export async function fencedWrite(
  redis: Redis,
  keys: { readonly key: string; readonly fenceKey: string },
  fence: number,
  [command, ...args]: readonly [command: 'SET' | 'HSET', ...args: string[]],
): Promise<boolean> {
  return (await redis.eval(WRITE, 2, keys.fenceKey, keys.key, fence, command, ...args)) === 1;
}
