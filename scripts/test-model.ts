import { parseArgs } from 'node:util';
import { checkEngine } from '#test/model/check-engine.ts';

/*
 * npm run test:model [-- --runs 10000] [--seed=S [--path P]]: the application against a world that is out to break it, for as long
 * as you like. `npm test` tries a few hundred stories; a failure there or here prints seed and path to replay it.
 */

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    path: { type: 'string' },
  },
});
const wanted = Number(values.runs);
const seed = values.seed === undefined ? undefined : Number(values.seed);
if (!Number.isSafeInteger(wanted) || wanted < 1 || (seed !== undefined && Number.isNaN(seed))) {
  console.error('usage: npm run test:model -- [--runs 1..] [--seed=<number> [--path <path>]]');
  process.exit(64);
}

const startedAt = performance.now();
try {
  const { runs, seed: used } = await checkEngine({ runs: wanted, seed, path: values.path });
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`${runs} stories lived, no rule broken; seed ${used}, ${seconds.toFixed(1)} s`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
