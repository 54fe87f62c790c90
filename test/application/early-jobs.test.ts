import test from 'ava';
import type { AppendResult } from '#application/ports/workflow-store.ts';
import { pause as pauseIt, resume, succeeds } from '#test/support/domain-commands.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import {
  begin,
  createEngineWorld,
  requestFor,
  startProcess,
  work,
  type EngineWorld,
} from '#test/support/engine-process.ts';
import { authoredOf } from '#test/support/authored-of.ts';
import { until } from '#test/support/until.ts';

const TWO = definitionOf([call('a'), call('b', ['a'])]);

/** A process that hands over early, whose next commit is made when `commit` is called. */
async function scene() {
  const world = createEngineWorld();
  const gate = Promise.withResolvers<void>();
  let isHeld = false;
  let reads = 0;
  const held: EngineWorld['store'] = {
    ...world.store,
    async readLog(...asked) {
      reads += 1;
      return await world.store.readLog(...asked);
    },
    async append(commit): Promise<AppendResult> {
      if (isHeld) {
        isHeld = false;
        await gate.promise;
      }
      return await world.store.append(commit);
    },
  };
  const process = startProcess({ ...world, store: held }, { handOver: 'early' });
  const id = await begin(process, TWO);
  return {
    ...world,
    world,
    process,
    id,
    hold: () => void (isHeld = true),
    commit: () => gate.resolve(),
    reads: () => reads,
    added: () => world.queue.chains.flatMap(({ jobs }) => jobs.map(({ stepId }) => stepId)),
    job: (stepId: string) => ({ workflowId: id, stepId, dispatch: 1 }),
    operations: () => world.services.calls.map(({ operation }) => operation),
  };
}

test('the next job is there while the step before it is being committed, and is not added twice', async (t) => {
  const { process, id, hold, commit, added } = await scene();
  hold();
  const handled = process.workflows.handle(id, succeeds('a'));
  await until(() => added().length === 2);
  t.deepEqual(added(), ['a', 'b']);
  commit();
  await handled;
  t.deepEqual(added(), ['a', 'b']);
});

test('a job that is taken up before its commit is made calls nobody until then', async (t) => {
  const { process, hold, commit, added, job, operations, world } = await scene();
  hold();
  const first = process.advance(job('a'));
  await until(() => added().includes('b'));
  const second = process.advance(job('b'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.deepEqual(operations(), ['do-a']);
  commit();
  t.deepEqual(await Promise.all([first, second]), [{ kind: 'done' }, { kind: 'done' }]);
  t.deepEqual(operations(), ['do-a', 'do-b']);
  t.is((await world.store.list({}, null, 1))[0]?.status, 'COMPLETED');
});

test('the process that makes the commit need not ask the store for it', async (t) => {
  const { process, hold, commit, added, job, operations, reads } = await scene();
  hold();
  const before = reads();
  const first = process.advance(job('a'));
  await until(() => added().includes('b'));
  const second = process.advance(job('b'));
  commit();
  await Promise.all([first, second]);
  t.deepEqual(operations(), ['do-a', 'do-b']);
  t.is(reads(), before);
});

test('another process looks at the store until the commit is there', async (t) => {
  const { world, process, hold, commit, added, job, operations } = await scene();
  const looks: number[] = [];
  const other = startProcess(world, {
    handOver: 'early',
    async pause(ms) {
      looks.push(ms);
      if (looks.length < 3) return;
      commit();
      await first;
    },
  });
  hold();
  const first = process.advance(job('a'));
  await until(() => added().includes('b'));
  t.deepEqual(await other.advance(job('b')), { kind: 'done' });
  t.deepEqual(looks, [1, 2, 4]);
  t.deepEqual(operations(), ['do-a', 'do-b']);
});

test('a job whose commit is never made comes to nothing, after a patience that is longer than a commit may take', async (t) => {
  const { world, job, operations } = await scene();
  let waitedMs = 0;
  const other = startProcess(world, {
    async pause(ms) {
      waitedMs += ms;
    },
  });
  t.deepEqual(await other.advance(job('b')), { kind: 'done' });
  t.is(waitedMs, 63);
  t.deepEqual(operations(), []);
});

test('after a commit that took longer than anybody waits for it the job is added again', async (t) => {
  const { world, process, id, clock, hold, commit, added, queue } = await scene();
  hold();
  const handled = process.workflows.handle(id, succeeds('a'));
  await until(() => added().includes('b'));
  const [, taken] = queue.jobs;
  queue.settle(taken ?? t.fail(), { kind: 'done' });
  clock.move(31);
  commit();
  await handled;
  t.deepEqual(added(), ['a', 'b', 'b']);
  await work(world, process);
  t.is((await process.workflows.load(id))?.status, 'COMPLETED');
});

test('while commits are slow jobs come after them', async (t) => {
  const { world, id, clock, added } = await scene();
  let addedBeside: readonly string[] = [];
  const append: typeof world.store.append = async (commit) => {
    clock.move(6);
    addedBeside = added();
    return await world.store.append(commit);
  };
  const slow = startProcess({ ...world, store: { ...world.store, append } }, { handOver: 'early' });
  await slow.workflows.handle(id, pauseIt);
  await slow.workflows.handle(id, resume);
  await slow.workflows.handle(id, succeeds('a'));
  t.deepEqual(addedBeside, ['a', 'a']);
  t.deepEqual(added(), ['a', 'a', 'b']);
});

test('what an operator asks for is added when it is committed', async (t) => {
  const { process, id, hold, commit, added } = await scene();
  await process.workflows.handle(id, pauseIt);
  hold();
  const resumed = process.workflows.handle(id, resume);
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.deepEqual(added(), ['a']);
  commit();
  await resumed;
  t.deepEqual(added(), ['a', 'a']);
});

test('a queue that is away is told of once, and the reconciler adds what it did not take', async (t) => {
  const { world, process, id, queue, logger, clock } = await scene();
  queue.goAway(true);
  await process.workflows.handle(id, succeeds('a'));
  const warnings = logger.lines.filter(({ message }) => message.startsWith('jobs not added'));
  t.is(warnings.length, 1);
  queue.goAway(false);
  clock.move(10_000);
  await process.sweep();
  await work(world, process);
  t.is((await process.workflows.load(id))?.status, 'COMPLETED');
});

test('a start that turns out to be a repetition leaves a job that comes to nothing', async (t) => {
  const { world } = await scene();
  // both look before either is committed
  const findIdempotency = async () => null;
  const process = startProcess(
    { ...world, store: { ...world.store, findIdempotency } },
    { handOver: 'early', pause: async () => {} },
  );
  await process.orchestration.saveDefinition(authoredOf(TWO));
  const idempotency = { key: 'k', fingerprint: 'f', render: () => ({}) };
  const before = world.services.calls.length;
  const starts = [0, 1].map(() =>
    process.orchestration.startWorkflow(requestFor(TWO, { idempotency })),
  );
  const kinds = (await Promise.all(starts)).map(({ kind }) => kind);
  t.deepEqual(kinds.toSorted(), ['repeated', 'started']);
  await work(world, process);
  t.is(
    world.services.calls.length - before,
    4,
    'those of two workflows: this one and that of the scene',
  );
  t.deepEqual(world.queue.jobs, []);
});
