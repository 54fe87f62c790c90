import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { freePort } from '#composition/executables.ts';
import { findRedis } from '../../../scripts/servers/redis.ts';
import { runServer } from '../../../scripts/servers/run-server.ts';

test('a server that lost its port to another at the last moment is not taken for that one', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'wes-servers-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const redis = await findRedis();
  const port = await freePort();
  const late = {
    ...redis,
    async prepare() {
      const other = await runServer(redis, { folder: join(folder, 'other'), port });
      t.teardown(() => other.kill());
    },
  };
  const ours = runServer(late, { folder: join(folder, 'ours'), port });
  await t.throwsAsync(ours, { message: /did not keep its port|did not start/ });
});
