import test from 'ava';
import { createServer } from 'node:net';
import { adviceFor, probeRedis, unusableBecause } from '#adapters/redis/probe.ts';
import { freePort } from '#composition/executables.ts';
import { redisForFile } from '#test/support/redis-server.ts';

const server = redisForFile(test);

const GOOD = { version: '7.2.4', maxmemoryPolicy: 'noeviction', processId: 1, loading: false };

test('a server tells version, eviction policy and process id', async (t) => {
  const facts = await probeRedis(server().url);
  t.regex(facts.version, /^\d+\.\d+\.\d+$/);
  t.like(facts, { maxmemoryPolicy: 'noeviction', loading: false });
  t.notThrows(() => process.kill(facts.processId, 0));
});

test('where nobody listens, the error says so', async (t) => {
  const port = await freePort();
  await t.throwsAsync(() => probeRedis(`redis://127.0.0.1:${port}`), { code: 'ECONNREFUSED' });
});

test('a server that never answers is given up after the limit', async (t) => {
  const mute = createServer();
  await new Promise<void>((resolve) => void mute.listen(0, '127.0.0.1', resolve));
  t.teardown(() => mute.close());
  const address = mute.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const asked = performance.now();
  await t.throwsAsync(() => probeRedis(`redis://127.0.0.1:${port}`));
  t.true(performance.now() - asked < 6000);
});

for (const [version, usable] of [
  ['6.2.0', true],
  ['6.10.1', true],
  ['7.0.15', true],
  ['10.0.0', true],
  ['6.0.16', false],
  ['5.9.0', false],
  ['0.0', false],
] as const) {
  test(`Redis ${version} is ${usable ? 'new enough' : 'too old'}`, (t) => {
    const flaw = unusableBecause({ ...GOOD, version });
    if (usable) t.is(flaw, null);
    else t.is(flaw, `it is Redis ${version}; 6.2 or newer is needed`);
  });
}

test('any eviction policy but noeviction is advised against', (t) => {
  t.is(adviceFor(GOOD), null);
  t.regex(adviceFor({ ...GOOD, maxmemoryPolicy: 'volatile-lru' }) ?? '', /set it to noeviction/);
});
