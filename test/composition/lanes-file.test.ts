import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ConfigFileError } from '#composition/config-file-error.ts';
import { readLanesFile } from '#composition/lanes-file.ts';

async function laneFile(t: ExecutionContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wes-lanes-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'lanes.json');
  await writeFile(path, text);
  return path;
}

test('without a file any lane is one, each with the same cap', async (t) => {
  const { named, find } = await readLanesFile(null, 7);
  t.deepEqual(named, []);
  t.deepEqual(find('whatever'), { cap: 7, weight: 1 });
});

test('a file names lanes; others have the rule of the others, or are none', async (t) => {
  const lanes = { 'WH-1/A': { cap: 40, weight: 2 }, 'WH-1/B': { cap: 5 } };
  const strict = await readLanesFile(await laneFile(t, JSON.stringify({ lanes })), 7);
  t.deepEqual(strict.named, ['WH-1/A', 'WH-1/B']);
  t.deepEqual(strict.find('WH-1/A'), { cap: 40, weight: 2 });
  t.deepEqual(strict.find('WH-1/B'), { cap: 5, weight: 1 });
  for (const stranger of ['WH-1/C', 'constructor', '__proto__']) t.is(strict.find(stranger), null);
  const others = { cap: 20 };
  const open = await readLanesFile(await laneFile(t, JSON.stringify({ lanes, others })), 7);
  t.deepEqual(open.find('WH-1/C'), { cap: 20, weight: 1 });
});

for (const [what, text, faults] of [
  ['no JSON', '{', [/can't be read/]],
  ['no object', '[]', [/file/]],
  ['a cap of 0', '{"lanes":{"A":{"cap":0}}}', [/lanes\.A\.cap/]],
  ['a weight of half', '{"lanes":{"A":{"cap":1,"weight":0.5}}}', [/lanes\.A\.weight/]],
  ['a misspelt field', '{"lanes":{"A":{"cap":1,"wait":1}}}', [/lanes\.A.*wait/]],
  [
    'several faults',
    '{"lanes":{"A":{},"B":{"cap":"5"}},"other":{}}',
    [/lanes\.A\.cap/, /lanes\.B\.cap/, /other/],
  ],
] as const) {
  test(`a file with ${what} is refused, every fault named`, async (t) => {
    const path = await laneFile(t, text);
    const error = await t.throwsAsync(readLanesFile(path, 7), { instanceOf: ConfigFileError });
    for (const fault of faults) t.regex(error.message, fault);
  });
}

test('a file that is not there is told by its name', async (t) => {
  const error = await t.throwsAsync(readLanesFile('/nowhere/lanes.json', 7));
  t.regex(error.message, /nowhere\/lanes\.json/);
});
