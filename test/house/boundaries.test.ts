import test from 'ava';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { z } from 'zod';

const FIXTURE = 'test/house/fixtures/arrows';

const reportSchema = z.object({
  summary: z.object({
    ruleSetUsed: z.object({ forbidden: z.array(z.object({ name: z.string() })) }),
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/** What dependency-cruiser says of a folder under the rules of the project. */
async function cruise(folder: string) {
  const output = await new Promise<string>((resolve, reject) => {
    const args = ['--output-type', 'json', folder];
    execFile('node_modules/.bin/depcruise', args, { maxBuffer: 2 ** 26 }, (error, stdout) => {
      // it also ends with an error where rules are broken: here that is what we ask for
      if (stdout === '') reject(error ?? new Error('no report'));
      else resolve(stdout);
    });
  });
  return reportSchema.parse(JSON.parse(output)).summary;
}

const fixture = await cruise(FIXTURE);

test('every rule is broken by the tree that is made to break them: the modules are really read', (t) => {
  const broken = new Set(fixture.violations.map(({ rule }) => rule.name));
  const rules = fixture.ruleSetUsed.forbidden.map(({ name }) => name);
  t.deepEqual([...broken].toSorted(), rules.toSorted());
});

test('modules of that tree that keep to the rules are left in peace', async (t) => {
  const innocent = [
    'src/adapters/one/one.ts',
    'src/adapters/two/two.ts',
    'src/api/answer.ts',
    'src/composition/wired.ts',
    'src/domain/trip.ts', // a cycle is reported once, at its first module
    'test/fake.ts',
    'workers/web.ts',
  ];
  const all = await readdir(FIXTURE, { recursive: true });
  const guilty = new Set(fixture.violations.map(({ from }) => from.slice(FIXTURE.length + 1)));
  const inPeace = all.filter((file) => file.endsWith('.ts') && !guilty.has(file));
  t.deepEqual(inPeace.toSorted(), innocent);
});
