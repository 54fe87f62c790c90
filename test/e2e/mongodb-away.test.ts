import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { freePort } from '#composition/executables.ts';
import { migratedMongodbForFile } from '#test/servers/mongodb.ts';
import { redisForFile } from '#test/support/redis-server.ts';
import { startChild } from '../../scripts/processes/child-process.ts';

const mongodb = await migratedMongodbForFile(test);
const redis = redisForFile(test);

if (mongodb !== null) {
  test('a MongoDB that is not there yet is waited for: alive, not ready, and said so; then all goes on', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'wes-away-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    await mongodb.server.kill();
    const port = await freePort();
    const web = await startChild({
      name: 'web',
      script: ['workers/web.ts'],
      env: { PORT: String(port), STORE_URL: mongodb.url, REDIS_URL: redis().url },
      logFile: join(folder, 'web.log'),
    });
    t.teardown(() => web.stop());

    await web.waitForLog(/waiting for MongoDB.*ECONNREFUSED 127\.0\.0\.1/);
    t.is(await statusOf(port, '/livez'), 200);
    t.is(await statusOf(port, '/readyz'), 503);
    t.is(await statusOf(port, '/api/v1/workflows'), 503);
    t.true(web.isRunning());

    await mongodb.server.start();
    await web.waitForLog(/API at/);
    t.is(await statusOf(port, '/readyz'), 200);
    t.is(await statusOf(port, '/api/v1/workflows'), 200);
  });
}

async function statusOf(port: number, path: string): Promise<number> {
  return (await fetch(`http://127.0.0.1:${port}${path}`)).status;
}
