import test from 'ava';
import { judgeCoverage } from '../../scripts/checks/coverage-rules.ts';

const file = (covered: number, total: number) => {
  const count = { covered, total };
  return { lines: count, branches: count };
};

const SUMMARY = {
  total: file(0, 1000),
  '/home/wes/src/domain/a.ts': file(95, 100),
  '/home/wes/src/domain/b.ts': file(1, 1),
  '/home/wes/src/api/c.ts': file(0, 99),
  '/elsewhere/src/domain/d.ts': file(0, 100),
};

const rule = (folder: string, minimumPercent: number) => {
  return { folders: [folder], measure: 'lines', minimumPercent } as const;
};

test('a folder is judged by the sum of its files, not by the mean of their shares', (t) => {
  const [verdict] = judgeCoverage(SUMMARY, [rule('src/domain/', 95)], '/home/wes');
  t.is(verdict?.percent, (100 * 96) / 101);
  t.true(verdict?.held);
});

test('a folder below its minimum breaks the rule; one exactly at it holds', (t) => {
  const rules = [rule('src/', 48), rule('src/', 48.1)];
  const held = judgeCoverage(SUMMARY, rules, '/home/wes').map((verdict) => verdict.held);
  t.deepEqual(held, [true, false]);
});

test('a rule of which no file was seen is broken: a renamed folder does not pass by silence', (t) => {
  t.false(judgeCoverage(SUMMARY, [rule('src/gone/', 1)], '/home/wes')[0]?.held);
});
