import test from 'ava';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePort } from '#composition/executables.ts';
import { startRedis } from '#composition/redis-server.ts';
import { answers, ask, machine, redisServer } from '#test/support/machine.ts';
import { startTestRedis } from '#test/support/redis-server.ts';
import { until } from '#test/support/until.ts';

test('mode own: a server of our own on a free port, whose data go with it', async (t) => {
  const server = await startRedis({ mode: 'own' });
  t.is(server.how, 'started');
  const folder = (await ask(server.url, (redis) => redis.config('GET', 'dir')))[1];
  t.is(await ask(server.url, (redis) => redis.ping()), 'PONG');
  await server.stop();
  await server.stop();
  t.false(await answers(server.url));
  t.false(existsSync(folder ?? ''));
});

test('mode own never uses another server, be it configured or at the standard port', async (t) => {
  const other = await startTestRedis();
  t.teardown(other.dispose);
  const { surroundings } = await machine(t, { 'redis-server': { file: redisServer } });
  const server = await startRedis({
    mode: 'own',
    redisUrl: other.url,
    surroundings: { ...surroundings, standardPort: other.port },
  });
  t.teardown(() => server.stop());
  t.not(server.url, other.url);
});

test('our own server keeps its queues: append-only file, no eviction, local only', async (t) => {
  const { start, standardUrl } = await machine(t, { 'redis-server': { file: redisServer } });
  const server = await start();
  t.deepEqual([server.how, server.url], ['started', standardUrl]);
  const settings = await ask(server.url, async (redis) => {
    const names = ['appendonly', 'appendfsync', 'maxmemory-policy', 'bind', 'save'];
    return await Promise.all(names.map((name) => redis.config('GET', name)));
  });
  t.deepEqual(settings, [
    ['appendonly', 'yes'],
    ['appendfsync', 'everysec'],
    ['maxmemory-policy', 'noeviction'],
    ['bind', '127.0.0.1'],
    ['save', ''],
  ]);
});

test('data are there again after a stop and a new start', async (t) => {
  const { start } = await machine(t, { 'valkey-server': { file: redisServer } });
  const first = await start();
  await ask(first.url, (redis) => redis.set('order', '4711'));
  await first.stop();
  const second = await start();
  t.is(await ask(second.url, (redis) => redis.get('order')), '4711');
});

test('a configured server is waited for, used, and left alone at the end', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  await redis.stop();
  const { logger, start } = await machine(t, {});
  const starting = start({ redisUrl: redis.url });
  await until(() => logger.lines.length >= 2);
  await redis.start();
  const server = await starting;
  await server.stop();
  t.deepEqual([server.url, server.how], [redis.url, 'configured']);
  t.is(logger.lines[1]?.message, `waiting for Redis at 127.0.0.1:${redis.port} (attempt 2)`);
  t.true(await answers(redis.url));
});

test('the wait for a configured server can be ended', async (t) => {
  const { start, standardUrl } = await machine(t, {});
  const signal = AbortSignal.timeout(50);
  await t.throwsAsync(() => start({ redisUrl: standardUrl, signal }), { name: 'TimeoutError' });
});

test('a server that runs at the standard port is used, and left alone at the end', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  const { surroundings, start } = await machine(t, { 'redis-server': { file: redisServer } });
  const server = await start({ surroundings: { ...surroundings, standardPort: redis.port } });
  t.deepEqual([server.url, server.how], [redis.url, 'found']);
  await server.stop();
  t.true(await answers(redis.url));
});

test('a server that may evict jobs is used with a warning', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  await ask(redis.url, (connection) => connection.config('SET', 'maxmemory-policy', 'allkeys-lru'));
  const { logger, start } = await machine(t, {});
  await start({ redisUrl: redis.url });
  t.is(logger.lines[0]?.level, 'warn');
  t.regex(logger.lines[0]?.message ?? '', /maxmemory-policy is allkeys-lru.*set it to noeviction/);
});

test('a server behind a password is not ours: we start one elsewhere', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  await ask(redis.url, (connection) => connection.config('SET', 'requirepass', 'theirs'));
  const { surroundings, start } = await machine(t, { 'redis-server': { file: redisServer } });
  const server = await start({ surroundings: { ...surroundings, standardPort: redis.port } });
  t.is(server.how, 'started');
  t.not(server.url, redis.url);
});

test('what is no Redis at the standard port does not keep us from starting one elsewhere', async (t) => {
  const { surroundings, start } = await machine(t, { 'redis-server': { file: redisServer } });
  const stranger = createServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
  t.teardown(() => stranger.close());
  await new Promise<void>((resolve) => {
    stranger.listen(surroundings.standardPort, '127.0.0.1', resolve);
  });
  const server = await start();
  t.is(server.how, 'started');
  t.true(await answers(server.url));
});

test('of two processes that start at once one runs the server and both use it', async (t) => {
  const { start } = await machine(t, { 'redis-server': { file: redisServer } });
  const [one, other] = await Promise.all([start(), start()]);
  t.is(one.url, other.url);
  t.deepEqual([one.how, other.how].toSorted(), ['found', 'started']);
});

test('a server of ours at another port is found by its folder', async (t) => {
  const { start } = await machine(t, { 'redis-server': { file: redisServer } });
  const first = await start({ port: await freePort() });
  const second = await start();
  t.deepEqual([second.url, second.how], [first.url, 'found']);
});

test('the note of a server that is gone is of no account, even if a stranger has its port', async (t) => {
  const { dataDir, start } = await machine(t, { 'redis-server': { file: redisServer } });
  await (await start()).stop();
  const stranger = await startTestRedis();
  t.teardown(stranger.dispose);
  const note = { port: stranger.port, processId: process.pid };
  await writeFile(join(dataDir, 'server.json'), JSON.stringify(note));
  t.is((await start()).how, 'started');
});

test('mode own ends what a run before left on its folder: never two servers on one file', async (t) => {
  const { start, standardUrl } = await machine(t, { 'redis-server': { file: redisServer } });
  await start();
  const server = await start({ mode: 'own' });
  t.is(server.how, 'started');
  t.false(await answers(standardUrl));
});

test('a given port that is taken is an error in the words of the server', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  const { start } = await machine(t, { 'redis-server': { file: redisServer } });
  await t.throwsAsync(() => start({ mode: 'own', port: redis.port }), {
    message: /did not start: .*(already in use|bind)/is,
  });
});
