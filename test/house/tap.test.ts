import test from 'ava';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTapReader } from '../../scripts/checks/tap.ts';
import { temporaryFolder } from '#test/support/programs.ts';

/** As AVA writes it. */
const STREAM = `TAP version 13
ok 1 - config › reads
ok 2 - config › waits # SKIP
not ok 3 - redis › starts
  ---
    name: AssertionError
    message: no
    at: 'test/redis.test.ts:3:1'
  ...
#   a log line
ok 4 - config › writes
# 2 tests remaining in test/redis.test.ts

1..6
# tests 6
# pass 2
# skip 1
# fail 3
`;

test('lines for people: one a test, with what a failure has to say', (t) => {
  const reader = createTapReader();
  const printed = STREAM.split('\n').flatMap((line) => reader.read(line) ?? []);
  t.deepEqual(printed, [
    '✔ config › reads',
    '- config › waits # SKIP',
    '✘ redis › starts',
    '  ---',
    '    name: AssertionError',
    '    message: no',
    "    at: 'test/redis.test.ts:3:1'",
    '  ...',
    '#   a log line',
    '✔ config › writes',
    '# 2 tests remaining in test/redis.test.ts',
  ]);
});

test('tests that never came to run count as failed', (t) => {
  const reader = createTapReader();
  for (const line of STREAM.split('\n')) reader.read(line);
  t.deepEqual(reader.tally(), { passed: 2, failed: 3, skipped: 1 });
});

test('failures come again in full, without what came after them', (t) => {
  const reader = createTapReader();
  for (const line of STREAM.split('\n')) reader.read(line);
  t.is(reader.failures().length, 1);
  t.regex(reader.failures()[0] ?? '', /^✘ redis › starts\n {2}---\n[^]*\.\.\.\n# {3}a log line$/);
});

/** Runs scripts/test.ts on one test file with this content. */
async function runOn(t: Parameters<typeof temporaryFolder>[0], content: string) {
  const folder = await temporaryFolder(t, 'test/house/fixtures');
  const file = join(folder, 'made.test.ts');
  await writeFile(file, content);
  return await new Promise<{ status: number; lastLine: string }>((resolve) => {
    execFile(process.execPath, ['scripts/test.ts', file], (error, stdout) => {
      const lastLine = stdout.trimEnd().split('\n').at(-1) ?? '';
      resolve({ status: error === null ? 0 : Number(error.code), lastLine });
    });
  });
}

for (const [what, content, lastLine, status] of [
  [
    'tests pass',
    "test('a', (t) => t.pass()); test.skip('b', (t) => t.pass());",
    '1 passed, 0 failed, 1 skipped',
    0,
  ],
  [
    'a test fails',
    "test('a', (t) => t.pass()); test('b', (t) => t.fail());",
    '1 passed, 1 failed, 0 skipped',
    1,
  ],
  // AVA reports the error, and the end of the file's process
  ['a file breaks', "throw new Error('broken');", '0 passed, 2 failed, 0 skipped', 1],
  ['a file has no test', '', '0 passed, 1 failed, 0 skipped', 1],
] as const) {
  test(`where ${what}, npm test ends with "${lastLine}" and status ${status}`, async (t) => {
    t.deepEqual(await runOn(t, `import test from 'ava';\n${content}`), { status, lastLine });
  });
}
