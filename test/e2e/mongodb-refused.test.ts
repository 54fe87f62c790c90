import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { mongodbForFile } from '#test/servers/mongodb.ts';
import { redisForFile } from '#test/support/redis-server.ts';
import { startChild } from '../../scripts/processes/child-process.ts';

const mongodb = await mongodbForFile(test);
const redis = redisForFile(test);

test('a URL that names no database is one line, and the exit status is 78', async (t) => {
  const { status, log } = await endOf(t, 'workers/web.ts', 'mongodb://user:secret@127.0.0.1:1');
  t.is(status, 78);
  t.regex(log, /^the URL of the MongoDB store names no database: [^\n]*\n$/);
  t.notRegex(log, /secret/);
});

if (mongodb !== null) {
  for (const script of ['workers/web.ts', 'workers/worker.ts', 'workers/reconciler.ts']) {
    test(`a database that was never prepared ends ${script} with one line and status 78`, async (t) => {
      const { status, log } = await endOf(t, script, mongodb.freshUrl());
      t.is(status, 78);
      t.regex(log, /^[^\n]*not prepared: run npm run db:migrate\n$/);
    });
  }

  test('credentials that MongoDB refuses are one line, and the exit status is 78', async (t) => {
    const url = mongodb.freshUrl().replace('//', '//user:secret@');
    const { status, log } = await endOf(t, 'workers/web.ts', url);
    t.is(status, 78);
    t.regex(log, /^MongoDB refuses the user or the password of STORE_URL[^\n]*\n$/);
    t.notRegex(log, /secret/);
  });
}

/** How a process ends that is expected to end by itself. */
async function endOf(t: ExecutionContext, script: string, storeUrl: string) {
  const folder = await mkdtemp(join(tmpdir(), 'wes-exit-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const child = await startChild({
    name: script,
    script: [script],
    env: { PORT: '0', STORE_URL: storeUrl, REDIS_URL: redis().url, LOG_LEVEL: 'error' },
    logFile: join(folder, 'process.log'),
  });
  t.teardown(() => child.stop());
  const { code } = await child.ended;
  return { status: code, log: await child.log() };
}
