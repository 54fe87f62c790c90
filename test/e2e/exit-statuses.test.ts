import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { probeRedis } from '#adapters/redis/probe.ts';
import { startTestRedis } from '#test/support/redis-server.ts';
import { startChild } from '../../scripts/processes/child-process.ts';

test('faulty settings are all named at once, and the exit status is 78', async (t) => {
  for (const script of ['workers/web.ts', 'workers/worker.ts', 'workers/reconciler.ts']) {
    const { exit, log } = await runToEnd(t, [script], {
      PORT: '99999',
      STORE_URL: 'mysql://localhost',
      LOG_LEVEL: 'loud',
      DISPATCH_SLACK_MS: 'soon',
    });
    t.is(exit.code, 78, script);
    const lines = log.trim().split('\n');
    for (const setting of ['PORT', 'STORE_URL', 'LOG_LEVEL', 'DISPATCH_SLACK_MS']) {
      const about = lines.filter((line) => line.startsWith(`${setting}:`));
      t.is(about.length, 1, `${script} ${setting}`);
    }
    t.is(lines.length, 4, script);
  }
});

test('a port that is taken is named, and the exit status is 69', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  const { exit, log } = await runToEnd(t, ['workers/web.ts'], { PORT: port });

  t.is(exit.code, 69);
  t.regex(log, new RegExp(`^[^\\n]*port ${port}[^\\n]*taken[^\\n]*\\n$`), 'one line');
});

test('without any Redis the exit status is 69, and one line says what to type', async (t) => {
  if (await answers('redis://127.0.0.1:6379')) {
    t.log('passed over: a Redis answers on this machine');
    t.pass();
    return;
  }
  const { exit, log } = await runToEnd(t, ['workers/worker.ts'], { PATH: '' });

  t.is(exit.code, 69);
  t.regex(log, /^[^\n]*Redis[^\n]*Type: [^\n]+\n$/);
});

test('a folder of definitions that is not there is named, and the exit status is 78', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  const { exit, log } = await runToEnd(t, ['workers/web.ts'], {
    PORT: '0',
    DEFINITIONS_DIR: '/there/is/no/such/folder',
    REDIS_URL: redis.url,
  });
  t.is(exit.code, 78);
  t.regex(log, /such\/folder/);
});

test('a store that can not be opened is one line, and the exit status is 69', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  const { exit, log } = await runToEnd(t, ['workers/web.ts'], {
    PORT: '0',
    REDIS_URL: redis.url,
    // a file is no folder
    STORE_URL: `sqlite:${process.execPath}/wes.db`,
  });
  t.is(exit.code, 69);
  t.regex(log, /^the folder of the SQLite store[^\n]*STORE_URL\n$/);
});

test('a store in a place that can not be made ends the start at once, and does not spin', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  const { exit, log } = await runToEnd(t, ['workers/reconciler.ts'], {
    REDIS_URL: redis.url,
    STORE_URL: 'sqlite:/proc/nope/wes.db',
  });
  t.is(exit.code, 69);
  t.regex(log, /^the folder of the SQLite store[^\n]*\/proc\/nope[^\n]*STORE_URL\n$/);
});

test('a store that nobody else could see is refused where it is not the whole engine, and the exit status is 78', async (t) => {
  for (const script of ['workers/web.ts', 'workers/worker.ts', 'workers/reconciler.ts']) {
    const { exit, log } = await runToEnd(t, [script], { STORE_URL: 'memory:', PORT: '0' });
    t.is(exit.code, 78, script);
    t.regex(log, /^STORE_URL: memory: is private to one process[^\n]*\n$/, script);
  }
});

test('an option that a worker does not have is one line, and the exit status is 78', async (t) => {
  const { exit, log } = await runToEnd(t, ['workers/worker.ts', '--bogus']);
  t.is(exit.code, 78);
  t.regex(log, /^Unknown option '--bogus'[^\n]*--queues[^\n]*\n$/);
});

test('a worker for a queue that does not exist says which there are, and the exit status is 78', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  const { exit, log } = await runToEnd(
    t,
    ['workers/worker.ts', '--queues', 'steps.picking-service,steps.piking-service'],
    { REDIS_URL: redis.url },
  );
  t.is(exit.code, 78);
  t.regex(log, /^--queues: "steps.piking-service" is no queue[^\n]*steps.picking-service[^\n]*\n$/);
});

/** Runs a process that is expected to end by itself. */
async function runToEnd(
  t: ExecutionContext,
  script: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'wes-exit-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const child = await startChild({
    name: script[0],
    script,
    env: {
      STORE_URL: `sqlite:${join(folder, 'wes.db')}`,
      REDIS_DATA_DIR: join(folder, 'redis'),
      LOG_LEVEL: 'error',
      ...env,
    },
    logFile: join(folder, 'process.log'),
  });
  t.teardown(() => child.stop());
  const exit = await child.ended;
  return { exit, log: await child.log() };
}

async function answers(url: string): Promise<boolean> {
  return await probeRedis(url).then(
    () => true,
    () => false,
  );
}
