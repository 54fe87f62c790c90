import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { probeRedis } from '#adapters/redis/probe.ts';
import { freePort } from '#composition/executables.ts';
import { until } from '#test/support/until.ts';
import { down, status, up } from '../../../scripts/servers/up-and-down.ts';

test('a server that was started is known again, left alone, and ends when it is told to', async (t) => {
  const folder = await temporaryFolder(t);
  t.is(await status(folder, 'redis'), null);
  const note = await up(folder, 'redis', await freePort());
  t.teardown(() => down(folder, 'redis'));
  t.is(note.processId, await processBehind(note.address));
  t.deepEqual(await status(folder, 'redis'), note);
  t.deepEqual(await up(folder, 'redis', await freePort()), note, 'one is enough');

  t.true(await down(folder, 'redis'));
  t.is(await status(folder, 'redis'), null);
  await t.throwsAsync(probeRedis(note.address));
  t.false(await down(folder, 'redis'), 'there is none');
});

test('where the port is taken the server has another', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.teardown(() => other.close());
  await once(other, 'listening');
  const address = other.address();
  const taken = typeof address === 'object' && address !== null ? address.port : 0;
  const folder = await temporaryFolder(t);
  const note = await up(folder, 'redis', taken);
  t.teardown(() => down(folder, 'redis'));
  t.not(new URL(note.address).port, String(taken));
  t.is(note.processId, await processBehind(note.address));
});

/** On a busy machine a probe may take longer than it may. */
async function processBehind(address: string): Promise<number> {
  let processId = 0;
  await until(async () => {
    const facts = await probeRedis(address).catch(() => null);
    processId = facts?.processId ?? 0;
    return facts !== null;
  });
  return processId;
}

async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wes-servers-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
