import test, { type ExecutionContext } from 'ava';
import { Queue } from 'bullmq';
import { createQueueLimits } from '#adapters/bullmq/queue-limits.ts';
import { createQueueSettingsBoard } from '#adapters/bullmq/queue-settings-board.ts';
import { openRedis, producerConnection } from '#adapters/redis/connection.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { startTestRedis } from '#test/support/redis-server.ts';
import { until } from '#test/support/until.ts';

const PREFIX = '{test}';

/** A board over two queues, on a Redis of its own: some tests wipe it. */
async function scene(t: ExecutionContext) {
  const server = await startTestRedis();
  t.teardown(server.dispose);
  const redis = openRedis(producerConnection(server.url), 'board test', recordingLogger());
  t.teardown(() => redis.disconnect());
  await until(() => redis.status === 'ready');
  const queues = ['steps.a', 'steps.b'].map((name) => {
    const queue = new Queue(name, { connection: redis, prefix: PREFIX });
    queue.on('error', () => undefined);
    return queue;
  });
  const [a, b] = queues;
  if (a === undefined || b === undefined) throw new Error('two queues were made');
  return {
    server,
    redis,
    a,
    b,
    board: createQueueSettingsBoard({ redis, prefix: PREFIX, queues }),
  };
}

test('a Redis that nobody has acknowledged counts as wiped, until somebody does', async (t) => {
  const { board, redis } = await scene(t);
  t.deepEqual(await board.look(), { wiped: true, settings: {} });
  await board.restore({});
  t.true((await board.look()).wiped, 'whoever restores may die over it');
  t.true(await board.acknowledge());
  t.deepEqual(await board.look(), { wiped: false, settings: {} });
  await redis.flushall();
  t.true((await board.look()).wiped);
});

test('a Redis that is wiped again while it is restored is not taken for known', async (t) => {
  const { board, redis } = await scene(t);
  await board.restore({ 'steps.a': { paused: true, concurrency: null } });
  await redis.flushall();
  t.false(await board.acknowledge());
  t.deepEqual(await board.look(), { wiped: true, settings: {} });
});

test('pauses and limits are seen, whoever has set them, and seen no more when they are gone', async (t) => {
  const { board, a, b } = await scene(t);
  await a.pause();
  await b.setGlobalConcurrency(3);
  t.deepEqual((await board.look()).settings, {
    'steps.a': { paused: true, concurrency: null },
    'steps.b': { paused: false, concurrency: 3 },
  });
  await a.resume();
  await b.removeGlobalConcurrency();
  t.deepEqual((await board.look()).settings, {});
});

test("a limit that a monitor has set is none of a person's: it is not seen", async (t) => {
  const { board, redis, a, b } = await scene(t);
  const limits = createQueueLimits({ redis, queues: [a, b] });
  await limits.apply(new Map([['steps.a', 2]]), 1);
  await limits.ensure(new Map([['steps.b', 5]]));
  t.deepEqual((await board.look()).settings, { 'steps.b': { paused: false, concurrency: 5 } });
});

test('applied settings hold; those of unknown queues are left out', async (t) => {
  const { board, a, b } = await scene(t);
  await board.restore({
    'steps.a': { paused: true, concurrency: 2 },
    'steps.gone': { paused: true, concurrency: null },
  });
  t.true(await a.isPaused());
  t.is(await a.getGlobalConcurrency(), 2);
  t.false(await b.isPaused());
});

test('without Redis every call says so', async (t) => {
  const { board, server, redis } = await scene(t);
  await server.stop();
  await until(() => redis.status !== 'ready');
  const refused = [
    board.look(),
    board.restore({ 'steps.a': { paused: true, concurrency: 1 } }),
    board.acknowledge(),
  ];
  for (const result of await Promise.allSettled(refused)) {
    t.like(result, { status: 'rejected', reason: { code: 'QUEUE_UNAVAILABLE' } });
  }
});
