import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '#adapters/telemetry/logger.ts';
import { exitFailed } from '#composition/exit.ts';
import { provideRedisProgram, thisMachine } from '#composition/redis-program.ts';
import { CASES } from '#test/faults/cases.ts';
import type { FaultCase } from '#test/faults/harness/fault-case.ts';
import { helpText, readOptions, type FaultOptions } from '#test/faults/harness/options.ts';
import { findingLines, resultLine } from '#test/faults/harness/result-line.ts';
import { runCase, type Shape } from '#test/faults/harness/run-case.ts';
import { checkEngine } from '#test/model/check-engine.ts';
import { followOptions } from './follow-options.ts';
import { findServer } from './servers/find-server.ts';

/** Exit statuses: 130 as shells report Ctrl-C. */
const EXIT = { checkFailed: 1, interrupted: 130 } as const;

/** Of the model test, in the full shape. */
const STORIES = 10_000;

const read = readOptions(
  process.argv.slice(2),
  CASES.map(({ letter }) => letter),
);
await followOptions(read, helpText(CASES), async (options) => {
  // what a case has left open holds up nobody
  process.exit(await testFaults(options));
});

/** @returns the exit status */
async function testFaults(options: FaultOptions): Promise<number> {
  // all that was started ends with this process
  const interrupt = () => process.exit(EXIT.interrupted);
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const logger = createLogger({ level: 'warn', format: 'pretty' });
  await provideRedisProgram(thisMachine(), logger).catch(exitFailed);
  // five node processes a case: compiling the engine once is enough
  const compiled = await mkdtemp(join(tmpdir(), 'wes-compiled-'));
  process.env['NODE_COMPILE_CACHE'] ??= compiled;

  const { only, seed, long, atOnce, store } = options;
  console.log(`seed ${seed}, ${atOnce} at a time${long ? ', the full shape' : ''}`);
  const wanted = CASES.filter(({ letter }) => only?.includes(letter) ?? true);
  const queue = (await possible(wanted))
    .filter(({ stores }) => stores?.includes(store.name) ?? true)
    .sort((a, b) => Number(b.slow ?? false) - Number(a.slow ?? false));
  const cases = queue.length;
  const lanes = Array.from({ length: atOnce }, () => runLane(queue, { seed, long, store }));
  let faulty = (await Promise.all(lanes)).reduce((sum, count) => sum + count, 0);
  await rm(compiled, { recursive: true, force: true });
  const withModel = long && only === null;
  if (withModel && !(await testModel(seed))) faulty += 1;
  if (faulty > 0) {
    const again = [...(long ? ['--long'] : []), `--store ${store.name}`, `--seed ${seed}`];
    console.log(`once more: npm run test:faults -- ${again.join(' ')}`);
  }
  // the form in which npm test sums up: CI adds the two
  const tried = cases + (withModel ? 1 : 0);
  console.log(`${tried - faulty} passed, ${faulty} failed, ${wanted.length - cases} skipped`);
  return faulty === 0 ? 0 : EXIT.checkFailed;
}

/** What faults do to a model of the world, by the thousand: the full shape has it as well (`npm run test:model`). */
async function testModel(seed: number): Promise<boolean> {
  try {
    const { runs } = await checkEngine({ runs: STORIES, seed });
    console.log(`model  ${runs} stories lived, no rule broken`);
    return true;
  } catch (error) {
    console.log(`model  ${messageOf(error)}`);
    return false;
  }
}

/** Those whose servers can be had here; with REQUIRE_SERVERS=1 (`.ci/run`) all, whatever comes of it. */
async function possible(cases: readonly FaultCase[]): Promise<FaultCase[]> {
  const found: FaultCase[] = [];
  for (const each of cases) {
    try {
      if (each.needs !== undefined) await findServer(each.needs);
      found.push(each);
    } catch (error) {
      if (process.env['REQUIRE_SERVERS'] === '1') found.push(each);
      else console.log(`${each.letter}  ${each.title}: skipped. ${messageOf(error)}`);
    }
  }
  return found;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Takes cases until there is none. @returns how many of them found something */
async function runLane(queue: FaultCase[], shape: Shape): Promise<number> {
  let faulty = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const result = await runCase(next, shape);
    for (const line of [resultLine(result), ...findingLines(result)]) console.log(line);
    if (result.findings.length > 0) faulty += 1;
  }
  return faulty;
}
