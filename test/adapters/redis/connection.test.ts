import test from 'ava';
import {
  openRedis,
  openWorkerRedis,
  producerConnection,
  redisOptions,
} from '#adapters/redis/connection.ts';
import { startTcpProxy } from '#test/faults/harness/tcp-proxy.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { startTestRedis } from '#test/support/redis-server.ts';
import { until } from '#test/support/until.ts';

test('a URL gives host, port, database, credentials and TLS', (t) => {
  t.deepEqual(redisOptions('redis://127.0.0.1'), { host: '127.0.0.1', port: 6379, db: 0 });
  t.deepEqual(redisOptions('rediss://app:p%40ss@queue.example:6380/2'), {
    host: 'queue.example',
    port: 6380,
    db: 2,
    username: 'app',
    password: 'p@ss',
    tls: {},
  });
  t.is(redisOptions('redis://[::1]:7000').host, '::1');
  t.throws(() => redisOptions('http://127.0.0.1'), { instanceOf: TypeError });
});

test('a producer fails soon while Redis is away, a worker waits; both work again afterwards', async (t) => {
  const server = await startTestRedis();
  t.teardown(server.dispose);
  const producer = openRedis(producerConnection(server.url), 'producer', recordingLogger());
  const worker = openWorkerRedis(server.url, 'worker', recordingLogger());
  t.teardown(() => producer.disconnect());
  t.teardown(() => worker.disconnect());
  await until(() => producer.status === 'ready' && worker.status === 'ready');

  await server.stop();
  const asked = performance.now();
  await t.throwsAsync(() => producer.set('key', 'producer'));
  t.true(performance.now() - asked < 3000);
  const patient = worker.set('key', 'worker');

  await server.start();
  t.is(await patient, 'OK');
  await until(() => producer.status === 'ready');
  t.is(await producer.get('key'), 'worker');
});

test('a producer gives up on a server that hangs', async (t) => {
  const server = await startTestRedis();
  t.teardown(server.dispose);
  const producer = openRedis(producerConnection(server.url), 'producer', recordingLogger());
  t.teardown(() => producer.disconnect());
  await until(() => producer.status === 'ready');
  const other = openRedis(producerConnection(server.url), 'other', recordingLogger());
  t.teardown(() => other.disconnect());
  await until(() => other.status === 'ready');

  await other.client('PAUSE', 10_000);
  const asked = performance.now();
  await t.throwsAsync(() => producer.get('key'), { message: /timed out/ });
  t.true(performance.now() - asked < 3000);
});

test('an outage is two lines in the log however many attempts fail, and tells its connection', async (t) => {
  const server = await startTestRedis();
  t.teardown(server.dispose);
  const logger = recordingLogger();
  const redis = openWorkerRedis(server.url, 'steps', logger);
  t.teardown(() => redis.disconnect());
  await until(() => redis.status === 'ready');
  t.deepEqual(logger.lines, []);

  let attempts = 0;
  redis.on('error', () => (attempts += 1));
  await server.stop();
  await until(() => attempts >= 3);
  await server.start();
  await until(() => redis.status === 'ready');

  t.deepEqual(
    logger.lines.map(({ level, message }) => [level, message]),
    [
      ['warn', "Redis connection 'steps' is down; retrying"],
      ['info', "Redis connection 'steps' is back"],
    ],
  );
  t.is(logger.lines[1]?.fields['attempts'], attempts);
  t.is(await redis.client('GETNAME'), 'steps');
});

test('a socket that has gone silent is given up, and a new one works', async (t) => {
  const server = await startTestRedis();
  t.teardown(server.dispose);
  const proxy = await startTcpProxy(server.url);
  t.teardown(() => proxy.close());
  const producer = openRedis(producerConnection(proxy.url), 'producer', recordingLogger());
  const worker = openWorkerRedis(proxy.url, 'worker', recordingLogger());
  t.teardown(() => producer.disconnect());
  t.teardown(() => worker.disconnect());
  await until(() => producer.status === 'ready' && worker.status === 'ready');

  proxy.deafen();
  const patient = worker.set('key', 'worker');
  await t.throwsAsync(() => producer.get('key'), { message: /timed out|[Ss]ocket/ });
  await until(() => producer.status === 'ready');
  t.is(await patient, 'OK');
  t.is(await producer.get('key'), 'worker');
});
