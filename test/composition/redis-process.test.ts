import test, { type ExecutionContext } from 'ava';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '#composition/executables.ts';
import { answers, ask, redisServer } from '#test/support/machine.ts';
import { temporaryFolder } from '#test/support/programs.ts';
import { until } from '#test/support/until.ts';

/** A process that starts a server, does as told and says where the server is; in a process group as a shell would make. */
async function processWithRedis(t: ExecutionContext, then: string) {
  const dataDir = await temporaryFolder(t);
  const script = `
    import { startRedisProcess } from '#composition/redis-process.ts';
    const [program, dataDir, port] = process.argv.slice(1);
    const server = await startRedisProcess(program, dataDir, Number(port));
    ${then}
    console.log(server.url);`;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', script, redisServer, dataDir, String(await freePort())],
    { stdio: ['pipe', 'pipe', 'inherit'], detached: true },
  );
  t.teardown(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, dataDir, exited, url: chunk.toString().trim() };
}

const LIVES_ON = 'process.stdin.resume();';

test('a server keeps no process alive, and ends with it', async (t) => {
  const { exited, url } = await processWithRedis(t, '');
  const [status] = (await exited) as [number];
  t.is(status, 0);
  await until(async () => !(await answers(url)));
  t.pass();
});

/** Only Linux can do this. */
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a server ends with a process that is killed hard', async (t) => {
  const { child, exited, url } = await processWithRedis(t, LIVES_ON);
  t.true(await answers(url));
  child.kill('SIGKILL');
  await exited;
  await until(async () => !(await answers(url)));
});

test('Ctrl-C on the terminal leaves the server to the process that started it', async (t) => {
  const { child, url } = await processWithRedis(
    t,
    `${LIVES_ON} process.on('SIGINT', () => console.log('stopping'));`,
  );
  process.kill(-(child.pid ?? 0), 'SIGINT'); // a terminal signals the whole group
  await once(child.stdout, 'data');
  // A server that was told to end does so within 0.1 s, and breaks off whoever waits for something.
  t.is(await ask(url, (redis) => redis.blpop('nothing', 0.5)), null);
});

test('a stopped server leaves no note in its folder', async (t) => {
  const { dataDir, exited } = await processWithRedis(t, 'await server.stop();');
  await exited;
  t.false(existsSync(join(dataDir, 'server.json')));
});
