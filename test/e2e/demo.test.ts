import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startChild } from '../../scripts/processes/child-process.ts';

test('the demo survives its mishaps: every order ends, nothing is doubled or left undone', async (t) => {
  const child = await demo(t, '--count', '30', '--seed', '3');
  const { code } = await child.ended;
  const log = await child.log();

  t.is(code, 0, log);
  t.regex(log, /is down for 5 seconds/);
  t.regex(log, /kill -9 of worker-\d/);
  t.regex(log, /^effects applied [1-9]\d*, duplicated 0, left undone 0$/m);
});

test('the demo ends everything that it started when it is interrupted', async (t) => {
  const child = await demo(t, '--count', '100');
  const [, url = ''] = await child.waitForLog(/API +(http:\/\/[^/]+)/);
  t.true((await fetch(`${url}/livez`)).ok);
  child.signal('SIGINT');

  t.is((await child.ended).code, 130);
  await t.throwsAsync(fetch(`${url}/livez`));
});

async function demo(t: ExecutionContext, ...args: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'wes-demo-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const child = await startChild({
    name: 'demo',
    script: ['scripts/demo.ts', ...args],
    env: {},
    logFile: join(folder, 'demo.log'),
  });
  t.teardown(() => child.stop());
  return child;
}
