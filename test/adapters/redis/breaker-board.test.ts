import { randomUUID } from 'node:crypto';
import test from 'ava';
import { createBreakerBoard } from '#adapters/redis/breaker-board.ts';
import { openRedis, producerConnection } from '#adapters/redis/connection.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { redisForFile, startTestRedis } from '#test/support/redis-server.ts';
import { until } from '#test/support/until.ts';

const server = redisForFile(test);

const NOW = 1_000_000;
const open = { serviceName: 'a', state: 'open', since: NOW, openUntil: NOW + 60_000 } as const;
const closed = { serviceName: 'a', state: 'closed', since: NOW, openUntil: null } as const;

/** Boards of several processes that share one hash, and one clock that can be set. */
async function boards(t: { teardown(f: () => void): void }, url: string) {
  const redis = openRedis(producerConnection(url), 'board test', recordingLogger());
  t.teardown(() => redis.disconnect());
  await until(() => redis.status === 'ready');
  const prefix = `{${randomUUID()}}`;
  const time = { now: NOW };
  const clock = { now: () => time.now };
  return { redis, prefix, time, board: () => createBreakerBoard({ redis, prefix, clock }) };
}

test('a process that calls nobody sees the breaker that another one opened', async (t) => {
  const { board } = await boards(t, server().url);
  const [worker, web] = [board(), board()];
  await worker.report(open);
  t.deepEqual(await web.read(), [open]);
});

test('a breaker that closes is gone, and only that of its own process', async (t) => {
  const { board } = await boards(t, server().url);
  const [one, other, web] = [board(), board(), board()];
  await one.report(open);
  await other.report({ ...open, openUntil: NOW + 1 });
  await one.report(closed);
  t.deepEqual(await web.read(), [{ ...open, openUntil: NOW + 1 }]);
});

test('what a dead process left behind is forgotten some time after its breaker may close', async (t) => {
  const { board, redis, prefix, time } = await boards(t, server().url);
  await board().report(open);
  time.now = open.openUntil + 30_000;
  t.is((await board().read()).length, 1);
  time.now += 1;
  t.deepEqual(await board().read(), []);
  t.is(await redis.exists(`${prefix}:breakers`), 0);
});

test('what is none of ours is passed over and removed', async (t) => {
  const { board, redis, prefix } = await boards(t, server().url);
  await redis.hset(`${prefix}:breakers`, { 'a x': '{', 'b x': '{"state":"ajar"}' });
  await board().report(open);
  t.deepEqual(await board().read(), [open]);
  t.is(await redis.hlen(`${prefix}:breakers`), 1);
});

test('without Redis nothing is reported, nothing read, and nothing thrown', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  const { board } = await boards(t, redis.url);
  const own = board();
  await own.report(open);
  await redis.kill();
  await own.report(closed);
  t.deepEqual(await own.read(), []);
});
