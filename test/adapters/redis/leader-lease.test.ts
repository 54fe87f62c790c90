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
  t.not(await candidate().acquire(), null);
  t.is(await candidate().acquire(), null);
});

test('of many candidates at once exactly one leads', async (t) => {
  const { candidate } = await role(t, server().url);
  const numbers = await Promise.all(Array.from({ length: 20 }, () => candidate().acquire()));
  t.is(numbers.filter((number) => number !== null).length, 1);
});

test('a leader renews its lease and keeps its number', async (t) => {
  const { redis, key, candidate } = await role(t, server().url);
  const leader = candidate();
  const number = await leader.acquire();
  t.not(number, null);
  await redis.pexpire(key, 1000);
  t.is(await leader.acquire(), number);
  t.true((await redis.pttl(key)) > 30_000);
});

test('roles are led independently', async (t) => {
  const one = await role(t, server().url);
  const other = await role(t, server().url);
  t.not(await one.candidate().acquire(), null);
  t.not(await other.candidate().acquire(), null);
});

test('a released lease goes to the next at once, with a greater number', async (t) => {
  const { candidate } = await role(t, server().url);
  const [first, second] = [candidate(), candidate()];
  const number = (await first.acquire()) ?? Infinity;
  await first.release();
  t.true(((await second.acquire()) ?? 0) > number);
});

test('an expired lease goes to another with a greater number; the old leader learns that it lost', async (t) => {
  const { redis, key, candidate } = await role(t, server().url);
  const [first, second] = [candidate(50), candidate()];
  const number = (await first.acquire()) ?? Infinity;
  await until(async () => (await redis.exists(key)) === 0);
  t.true(((await second.acquire()) ?? 0) > number);
  t.is(await first.acquire(), null);
});

test('numbers grow with every taking, also after Redis was wiped', async (t) => {
  const { redis, key, candidate } = await role(t, server().url);
  let latest = 0;
  for (let taking = 0; taking < 50; taking += 1) {
    const leader = candidate();
    const number = (await leader.acquire()) ?? 0;
    t.true(number > latest, `${number} after ${latest}`);
    latest = number;
    await leader.release();
  }
  await redis.del(key, `${key}:fence`);
  t.true(((await candidate().acquire()) ?? 0) > latest);
});

test('whoever lost the lease can not release it for the one who has it', async (t) => {
  const { redis, key, candidate } = await role(t, server().url);
  const [first, second] = [candidate(), candidate()];
  await first.acquire();
  await redis.del(key); // as if it had expired
  const number = await second.acquire();
  t.not(number, null);
  await first.release();
  t.is(await second.acquire(), number);
  t.is(await candidate().acquire(), null);
});

test('without Redis nobody leads, soon and without an error; with it again there is a leader', async (t) => {
  const own = await startTestRedis();
  t.teardown(own.dispose);
  const { redis, candidate } = await role(t, own.url);
  const leader = candidate();
  t.not(await leader.acquire(), null);

  await own.stop();
  const asked = performance.now();
  t.is(await leader.acquire(), null);
  await leader.release();
  t.true(performance.now() - asked < 3000);

  await own.start();
  await until(() => redis.status === 'ready');
  t.not(await leader.acquire(), null);
});
