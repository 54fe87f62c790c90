import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { openRedis, openWorkerRedis, producerConnection } from '#adapters/redis/connection.ts';
import { createReleaseBoard, hearReleaseBell } from '#adapters/redis/release-board.ts';
import type { ReleaseView } from '#application/ports/release-board.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { redisForFile, startTestRedis } from '#test/support/redis-server.ts';
import { until } from '#test/support/until.ts';

const server = redisForFile(test);

async function boardOf(t: ExecutionContext, url = server().url) {
  const redis = openRedis(producerConnection(url), 'release board test', recordingLogger());
  t.teardown(() => redis.disconnect());
  await until(() => redis.status === 'ready');
  const prefix = `{${randomUUID()}}`;
  return { redis, prefix, board: createReleaseBoard({ redis, prefix }) };
}

/** What somebody hears who listens to the bell. */
async function listener(t: ExecutionContext, prefix: string) {
  const subscriber = openWorkerRedis(server().url, 'bell', recordingLogger());
  t.teardown(() => subscriber.disconnect());
  const heard: (string | null)[] = [];
  await hearReleaseBell(subscriber, prefix, (lane) => heard.push(lane));
  return heard;
}

function viewOf(group: number): ReleaseView {
  const lane = { lane: 'WH-1/Å', cap: 9, weight: 1, inFlight: 2, oldestAt: null, restsUntil: 7 };
  return {
    group,
    groups: 2,
    at: 1,
    batchSize: 10,
    intervalMs: 500,
    paused: { since: 1, score: 96, errorRate: 0.5 },
    why: 'paused',
    closed: [{ serviceName: 's', why: 'its breaker is open', since: 1, until: null }],
    holdHigh: true,
    lanes: [{ ...lane, waiting: { HIGH: 1, NORMAL: 2, LOW: 3 } }],
  };
}

test('views come back as they were published, by group; the later replaces the earlier', async (t) => {
  const { board } = await boardOf(t);
  t.deepEqual(await board.views(), []);
  await board.publish(viewOf(1), 1);
  await board.publish(viewOf(0), 1);
  await board.publish({ ...viewOf(1), paused: null }, 1);
  t.deepEqual(await board.views(), [viewOf(0), { ...viewOf(1), paused: null }]);
});

test('a releaser that leads no more is refused; each group has its own leader', async (t) => {
  const { board } = await boardOf(t);
  t.true(await board.publish(viewOf(0), 8));
  t.true(await board.publish(viewOf(1), 3));
  t.false(await board.publish({ ...viewOf(0), why: 'long ago' }, 7));
  t.deepEqual(await board.views(), [viewOf(0), viewOf(1)]);
});

test('what somebody else wrote there is passed over', async (t) => {
  const { board, redis, prefix } = await boardOf(t);
  await redis.hset(`${prefix}:releases`, '0', 'nonsense', '1', '{"group":1}');
  t.deepEqual(await board.views(), []);
});

test('a burst of orders that can wait is one ring', async (t) => {
  const { board, prefix } = await boardOf(t);
  const heard = await listener(t, prefix);
  await Promise.all(Array.from({ length: 50 }, () => board.ring(null)));
  await until(() => heard.length > 0);
  t.deepEqual(heard, [null]);
});

test('an urgent order is told at once, with its lane', async (t) => {
  const { board, prefix } = await boardOf(t);
  const heard = await listener(t, prefix);
  await Promise.all([board.ring(null), board.ring('WH-1/Å')]);
  await until(() => heard.length === 2);
  t.deepEqual(heard, ['WH-1/Å', null]);
});

test('a flood of urgent orders of one lane is told by its first and its last', async (t) => {
  const { board, prefix } = await boardOf(t);
  const heard = await listener(t, prefix);
  await Promise.all(['A', 'A', 'B', 'A', 'A'].map((lane) => board.ring(lane)));
  await until(() => heard.length === 3);
  await board.ring('C');
  await until(() => heard.includes('C'));
  const times = (lane: string) => heard.filter((one) => one === lane).length;
  t.deepEqual(['A', 'B', 'C'].map(times), [2, 1, 1]);
});

test('without Redis nothing throws, and the views are unknown', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  const { board } = await boardOf(t, redis.url);
  await redis.kill();
  await board.publish(viewOf(0), 1);
  await board.ring('A');
  await board.ring(null);
  t.is(await board.views(), null);
});
