import test from 'ava';
import { checkEngine } from '#test/model/check-engine.ts';

/** MODEL_RUNS=10000 for a thorough run, also by `npm run test:model`; a failure says how to replay it. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 400);

test('whatever dies, is lost, doubled, late or set wrong: no promise is broken, no effect doubled, nobody forgotten', async (t) => {
  t.timeout(10_000 + RUNS * 50);
  const { runs, seed } = await checkEngine({ runs: RUNS });
  t.log(`${runs} stories, seed ${seed}`);
  t.pass();
});
