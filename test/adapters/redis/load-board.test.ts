import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { openRedis, producerConnection } from '#adapters/redis/connection.ts';
import { createLoadBoard } from '#adapters/redis/load-board.ts';
import { loadBoardContract } from '#test/contracts/load-board.ts';
import { createFakeClock } from '#test/support/fake-clock.ts';
import { heartbeatOf, loadViewOf, serviceLoadOf } from '#test/support/load-figures.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { redisForFile, startTestRedis } from '#test/support/redis-server.ts';
import { until } from '#test/support/until.ts';

const server = redisForFile(test);

async function open(t: ExecutionContext, url = server().url) {
  const redis = openRedis(producerConnection(url), 'load board test', recordingLogger());
  t.teardown(() => redis.disconnect());
  await until(() => redis.status === 'ready');
  const clock = createFakeClock();
  const prefix = `{${randomUUID()}}`;
  const newBoard = () => createLoadBoard({ redis, prefix, clock });
  return { redis, prefix, clock, newBoard, board: newBoard() };
}

loadBoardContract('redis', open);

test('one process reads what others wrote', async (t) => {
  const { newBoard, clock } = await open(t);
  const [worker, monitor, web] = [newBoard(), newBoard(), newBoard()];
  const beat = heartbeatOf('w', clock.now());
  await worker.beat(beat);
  t.deepEqual(await monitor.heartbeats(), [beat]);
  const view = loadViewOf(clock.now(), [serviceLoadOf('a')]);
  await monitor.publish(view, 1);
  t.deepEqual(await web.view(), view);
});

test('after FLUSHALL whoever leads then publishes', async (t) => {
  const { redis, prefix, board, clock } = await open(t);
  await board.publish(loadViewOf(clock.now(), []), 1_700_000_000_000_001);
  await redis.del(`${prefix}:load`, `${prefix}:load:fence`);
  t.true(await board.publish(loadViewOf(clock.now(), []), 1_700_000_000_000_000));
});

test('what is none of ours, or has a figure that can not be, is passed over and removed', async (t) => {
  const { redis, prefix, board, clock } = await open(t);
  const beat = heartbeatOf('w', clock.now());
  await redis.hset(`${prefix}:heartbeats`, {
    a: '{',
    b: '{"processId":"b"}',
    c: JSON.stringify({ ...beat, processId: 'c', loopUtilization: -1 }),
    w: JSON.stringify(beat),
  });
  t.deepEqual(await board.heartbeats(), [beat]);
  t.is(await redis.hlen(`${prefix}:heartbeats`), 1);
  const view = loadViewOf(clock.now(), [serviceLoadOf('a', { score: 101 })]);
  for (const text of ['<html>', '[]', JSON.stringify(view)]) {
    await redis.set(`${prefix}:load`, text);
    t.is(await board.view(), null);
  }
});

test('a process notices that the board was wiped, once', async (t) => {
  const { redis, prefix, board, clock } = await open(t);
  const beat = () => board.beat(heartbeatOf('w', clock.now()));
  t.is(await beat(), 'heard');
  await redis.del(`${prefix}:heartbeats`);
  t.is(await beat(), 'wiped');
  t.is(await beat(), 'heard');
});

test('without Redis nothing is written, nothing read, and nothing thrown', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  const { board, clock } = await open(t, redis.url);
  await board.beat(heartbeatOf('w', clock.now()));
  await redis.kill();
  t.is(await board.beat(heartbeatOf('w', clock.now())), 'away');
  await board.publish(loadViewOf(clock.now(), []), 1);
  await board.leave('w');
  t.false(await board.request({ id: 'r', targetUtilization: null, at: clock.now() }));
  t.deepEqual(await board.takeRequests(), []);
  t.deepEqual(await board.heartbeats(), []);
  t.is(await board.view(), null);
});
