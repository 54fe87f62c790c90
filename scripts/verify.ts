import { spawnSync } from 'node:child_process';

/*
 * npm run verify [-- --tests-done]: every check there is. It does not stop at the first that fails: who repairs wants
 * to see all of them.
 * --tests-done: `npm test` has just run here, so only its coverage is judged.
 */

const CHECKS = [
  'format:check',
  'lint',
  'typecheck',
  'boundaries',
  'deadcode',
  'definitions:check',
  'docs:check',
  'test',
  'coverage',
];

const testsDone = process.argv.includes('--tests-done');

const results = CHECKS.filter((check) => !(testsDone && check === 'test')).map((check) => {
  console.log(`\n▶ npm run ${check}`);
  const started = performance.now();
  const { status } = spawnSync('npm', ['run', '--silent', check], { stdio: 'inherit' });
  return { check, passed: status === 0, seconds: (performance.now() - started) / 1000 };
});

console.log('\n');
for (const { check, passed, seconds } of results) {
  console.log(`${passed ? '✔' : '✘'} ${check.padEnd(18)} ${seconds.toFixed(1).padStart(6)} s`);
}
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
