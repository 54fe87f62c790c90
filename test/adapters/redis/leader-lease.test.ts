import test from 'ava';
import { randomUUID } from 'node:crypto';
import { producerConnection, openRedis } from '#adapters/redis/connection.ts';
import { createLeaderLease } from '#adapters/redis/leader-lease.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { redisForFile, startTestRedis } from '#test/support/redis-server.ts';
import { until } from '#test/support/until.ts';

const server = redisForFile(test);

/** Candidates for one role that no other test knows, each a new lease on a shared connection. */
async function role(t: { teardown(f: () => void): void }, url: string) {
  const redis = openRedis(producerConnection(url), 'lease test', recordingLogger());
  t.teardown(() => redis.disconnect());
  await until(() => redis.status === 'ready');
  const name = randomUUID();
  const prefix = '{test}';
  return {
    redis,
    key: `${prefix}:lease:${name}`,
    candidate: (ttlMs = 60_000) => createLeaderLease({ redis, prefix, role: name, ttlMs }),
  };
}

test('the first candidate leads, the second does not', async (t) => {
  const { candidate } = await role(t, server().url);
  t.is(await candidate().acquire(), 1);
  t.is(await candidate().acquire(), null);
});

test('of many candidates at once exactly one leads', async (t) => {
  const { candidate } = await role(t, server().url);
  const numbers = await Promise.all(Array.from({ length: 20 }, () => candidate().acquire()));
  t.deepEqual(
    numbers.filter((number) => number !== null),
    [1],
  );
});

test('a leader renews its lease and keeps its number', async (t) => {
  const { redis, key, candidate } = await role(t, server().url);
  const leader = candidate();
  await leader.acquire();
  await redis.pexpire(key, 1000);
  t.is(await leader.acquire(), 1);
  t.true((await redis.pttl(key)) > 30_000);
});

test('roles are led independently', async (t) => {
  const one = await role(t, server().url);
  const other = await role(t, server().url);
  t.is(await one.candidate().acquire(), 1);
  t.is(await other.candidate().acquire(), 1);
});

test('a released lease goes to the next at once, with a greater number', async (t) => {
  const { candidate } = await role(t, server().url);
  const [first, second] = [candidate(), candidate()];
  await first.acquire();
  await first.release();
  t.is(await second.acquire(), 2);
});

test('an expired lease goes to another with a greater number; the old leader learns that it lost', async (t) => {
  const { redis, key, candidate } = await role(t, server().url);
  const [first, second] = [candidate(50), candidate()];
  t.is(await first.acquire(), 1);
  await until(async () => (await redis.exists(key)) === 0);
  t.is(await second.acquire(), 2);
  t.is(await first.acquire(), null);
});

test('whoever lost the lease can not release it for the one who has it', async (t) => {
  const { redis, key, candidate } = await role(t, server().url);
  const [first, second] = [candidate(), candidate()];
  await first.acquire();
  await redis.del(key); // as if it had expired
  t.is(await second.acquire(), 2);
  await first.release();
  t.is(await second.acquire(), 2);
  t.is(await candidate().acquire(), null);
});

test('without Redis nobody leads, soon and without an error; with it again there is a leader', async (t) => {
  const own = await startTestRedis();
  t.teardown(own.dispose);
  const { redis, candidate } = await role(t, own.url);
  const leader = candidate();
  t.is(await leader.acquire(), 1);

  await own.stop();
  const asked = performance.now();
  t.is(await leader.acquire(), null);
  await leader.release();
  t.true(performance.now() - asked < 3000);

  await own.start();
  await until(() => redis.status === 'ready');
  t.is(await leader.acquire(), 1);
});
