import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import {
  type CoverageRule,
  coverageSummarySchema,
  judgeCoverage,
} from './checks/coverage-rules.ts';
import { RAW_COVERAGE } from './checks/paths.ts';

/*
 * npm run coverage: judges the coverage of the last `npm test`. c8 knows one threshold for everything; we want more of
 * the domain than of the rest, so c8 counts and we judge.
 */

const RULES: readonly CoverageRule[] = [
  { folders: ['src/domain/'], measure: 'lines', minimumPercent: 95 },
  { folders: ['src/domain/'], measure: 'branches', minimumPercent: 95 },
  { folders: ['src/', 'queues/'], measure: 'lines', minimumPercent: 90 },
  { folders: ['src/', 'queues/'], measure: 'branches', minimumPercent: 85 },
];

if (!existsSync(RAW_COVERAGE)) {
  console.error(`There is no ${RAW_COVERAGE}: run npm test (all of it) first.`);
  process.exit(1);
}

const include = ['src/**/*.ts', 'queues/**/*.ts'];
const c8 = spawnSync(
  'node_modules/.bin/c8',
  [
    ...['report', '--temp-directory', RAW_COVERAGE, '--reports-dir', 'coverage'],
    ...['--reporter', 'text', '--reporter', 'json-summary', '--reporter', 'lcovonly'],
    // --all: a file that no test loads counts too, with nothing covered
    ...['--all', '--skip-full', '--exclude-after-remap=false'],
    ...include.flatMap((pattern) => ['--include', pattern]),
    ...(await typesOnly(include)).flatMap((file) => ['--exclude', file]),
  ],
  { stdio: 'inherit' },
);
if (c8.status !== 0) process.exit(1);

const summary = JSON.parse(await readFile('coverage/coverage-summary.json', 'utf8')) as unknown;
const verdicts = judgeCoverage(coverageSummarySchema.parse(summary), RULES, process.cwd());
for (const { rule, percent, held } of verdicts) {
  const what = `${rule.measure} of ${rule.folders.join(' and ')}`;
  console.log(
    `${held ? '✔' : '✘'} ${percent.toFixed(1)} % of the ${what} (at least ${rule.minimumPercent} %)`,
  );
}
process.exitCode = verdicts.every(({ held }) => held) ? 0 : 1;

/** Files with nothing to run, once their types are gone: node never loads them, so they would count as uncovered. */
async function typesOnly(patterns: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob(patterns)) {
    const code = stripTypeScriptTypes(await readFile(file, 'utf8'));
    const rest = code
      .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
      .replaceAll(/export \{\s*\};?/g, '');
    if (rest.trim() === '') files.push(file);
  }
  return files;
}
