import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { ExecutionContext } from 'ava';
import { request } from 'undici';
import { startSimulator } from '#simulator/server.ts';

const MAIN = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));

function run(t: ExecutionContext, settings: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const exited = once(child, 'close').then(([code]) => ({ code, errors }));
  return { child, exited };
}

test('it says where it listens, serves, and ends well on SIGTERM though a call is held', async (t) => {
  const { child, exited } = run(t, {
    PORT: '0',
    HOST: '',
    SIM_SEED: '3',
    SIM_FAULTS: '{"rules":[{"rate":1,"fault":{"kind":"timeout","holdMs":600000}}]}',
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const url = /26 services at (\S+), seed 3/.exec(String(line))?.[1] ?? t.fail(String(line));
  const held = request(`${url}/labor-management-service/recommendations`).catch(() => 'broken');
  for (let struck = false; !struck;) {
    const { body } = await request(`${url}/_control/stats`);
    struck = (await body.text()).includes('"timeout":1');
  }
  child.kill('SIGTERM');
  t.deepEqual(await exited, { code: 0, errors: '' });
  t.is(await held, 'broken');
});

test('all faults of the settings are reported together, with exit status 78', async (t) => {
  const { exited } = run(t, {
    PORT: 'eighty',
    SIM_SEED: '1.5',
    SIM_FAULTS: '{"rules":[{"rate":7,"fault":{"kind":"reset"}}]}',
  });
  const { code, errors } = await exited;
  t.is(code, 78);
  for (const name of ['PORT', 'SIM_SEED', 'SIM_FAULTS.rules.0.rate']) t.true(errors.includes(name));
});

test('a file of faults that can not be read is a fault of the settings', async (t) => {
  const { code, errors } = await run(t, { SIM_FAULTS: '/no/such/file.json' }).exited;
  t.is(code, 78);
  t.regex(errors, /SIM_FAULTS: .*ENOENT/);
});

test('a port that is taken is said in one line', async (t) => {
  const simulator = await startSimulator();
  t.teardown(() => simulator.close());
  const { code, errors } = await run(t, { PORT: String(simulator.port) }).exited;
  t.is(code, 1);
  t.is(
    errors,
    `simulator: port ${simulator.port} of 127.0.0.1 is taken: stop its user or set PORT\n`,
  );
});
