import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { findServer } from './servers/find-server.ts';
import { createTapReader } from './checks/tap.ts';
import { RAW_COVERAGE } from './checks/paths.ts';
import { createLogger } from '#adapters/telemetry/logger.ts';
import { exitFailed } from '#composition/exit.ts';
import { MissingPieceError } from '#composition/missing-piece.ts';
import { provideRedisProgram, thisMachine } from '#composition/redis-program.ts';

/*
 * npm test [-- <AVA's arguments>]: runs AVA and ends with `N passed, N failed, N skipped`, alone on a line.
 * A run of all tests also leaves the coverage that `npm run coverage` judges.
 */

const args = process.argv.slice(2);
const all = args.length === 0;

// Many test files want a Redis at once: make sure that there is one to start, before each tries to install it.
const logger = createLogger({ level: 'info', format: 'pretty' });
await provideRedisProgram(thisMachine(), logger).catch(exitFailed);

if (all) await lookForServers();

if (all) await rm(RAW_COVERAGE, { recursive: true, force: true });
const ava = spawn('node_modules/.bin/ava', ['--tap', ...args], {
  stdio: ['inherit', 'pipe', 'inherit'],
  env: { ...process.env, ...(all && { NODE_V8_COVERAGE: RAW_COVERAGE }) },
});
const exited = once(ava, 'exit');

const reader = createTapReader();
for await (const line of createInterface({ input: ava.stdout })) {
  const text = reader.read(line);
  if (text !== null) console.log(text);
}
const end: unknown[] = await exited;
const [code, signal] = end;

const failures = reader.failures();
if (failures.length > 0) {
  console.log(`\n${failures.length} failed:\n\n${failures.join('\n\n')}\n`);
  console.log('For differences and stacks in full: npx ava <file>');
}
const { passed, failed, skipped } = reader.tally();
// AVA may end badly with no test to blame, e.g. when it finds none.
const blameless = code !== 0 && failed === 0;
if (blameless) console.log(`AVA ended with ${String(code ?? signal)}`);
console.log(`\n${passed} passed, ${blameless ? 1 : failed} failed, ${skipped} skipped`);
process.exitCode = code === 0 && failed === 0 ? 0 : 1;

/** What can't be had is told once here, not tried again by every test file: those skip their tests. */
async function lookForServers(): Promise<void> {
  for (const kind of ['mongodb', 'kafka'] as const) {
    try {
      await findServer(kind);
    } catch (error) {
      const dispensable = process.env['REQUIRE_SERVERS'] !== '1';
      if (!(error instanceof MissingPieceError) || !dispensable) return exitFailed(error);
      console.log(`tests on ${kind} are skipped. ${error.message}`);
      process.env['NO_SERVER_INSTALL'] = '1';
    }
  }
}
