import test from 'ava';
import { call, definitionOf, wait } from '#test/support/domain-definitions.ts';
import {
  begin,
  createEngineWorld,
  SLACK_MS,
  startProcess,
  work,
} from '#test/support/engine-process.ts';
import { answered } from '#test/support/scripted-services.ts';

const HOUR_MS = 3_600_000;
/** From when the reconciler has known its clock for a while. */
const WHILE_MS = 8000;
const DAYS_MS = 72 * HOUR_MS;
const DEFINITION = definitionOf([call('a'), call('b', ['a'])], { timeoutMs: 2 * DAYS_MS });

/** A workflow that has begun, and a clock that has run ahead since. */
async function scene(definition = DEFINITION) {
  const world = createEngineWorld();
  const process = startProcess(world);
  for (let ms = 0; ms < WHILE_MS; ms += 1000) {
    await process.sweep();
    world.clock.move(1000);
  }
  const id = await begin(process, definition);
  world.clock.set(HOUR_MS);
  const state = () => process.workflows.load(id, { fresh: true });
  return { ...world, world, process, state };
}

for (const [who, isNew] of [
  ['a reconciler that sees the clock put back', false],
  ['a reconciler that is started afterwards', true],
] as const) {
  test(`${who} brings what was due by the later one`, async (t) => {
    const { world, process, clock, services, logger, state } = await scene();
    await process.sweep();
    services.script('do-a', answered(503));
    await work(world, process);
    clock.set(-HOUR_MS);
    const reconciler = isNew ? startProcess(world) : process;
    t.is((await reconciler.sweep()).seen, 1);
    t.is((await reconciler.sweep()).seen, 0, 'nothing lies in the future any more');
    t.true(logger.lines.some(({ message }) => /the clock is behind the last event/.test(message)));
    await work(world, process);
    t.is((await state())?.status, 'COMPLETED');
  });
}

test('a job that was put to rest by the later clock is dispatched again', async (t) => {
  const { world, process, clock, queue, state } = await scene();
  const [job] = queue.ready();
  if (job === undefined) return t.fail();
  queue.take(job);
  queue.settle(job, { kind: 'not-before', at: clock.now() + 1000 });
  clock.set(-HOUR_MS);
  clock.move(SLACK_MS);
  t.is((await process.sweep()).redispatched, 1);
  await work(world, process);
  t.is((await state())?.status, 'COMPLETED');
});

test('a wait of days that was begun before is over no earlier for it', async (t) => {
  const steps = [call('a'), wait('w', [], { durationMs: DAYS_MS })];
  const { world, process, clock, state } = await scene(
    definitionOf(steps, { timeoutMs: 2 * DAYS_MS }),
  );
  const over = clock.now() - HOUR_MS + DAYS_MS;
  await work(world, process);
  await process.sweep();
  clock.set(-HOUR_MS);
  t.is((await process.sweep()).seen, 1);
  t.is((await state())?.steps.get('w')?.dueAt, over);
  clock.move(DAYS_MS - 1);
  await process.sweep();
  t.is((await state())?.status, 'EXECUTING');
  clock.move(1);
  await process.sweep();
  t.is((await state())?.status, 'COMPLETED');
});
