import test from 'ava';
import { CorruptRecordError, StoreUnavailableError } from '#application/ports/errors.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import { cancel } from '#test/support/domain-commands.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import {
  begin,
  createEngineWorld,
  SLACK_MS,
  startProcess,
  work,
  type EngineWorld,
} from '#test/support/engine-process.ts';

const DEFINITION = definitionOf([call('a')]);
const BROKEN_POSTPONE_MS = 60_000;

/** Workflows whose jobs are all lost, and whose time has come: the first begun has waited longest. */
async function lost(count: number) {
  const world = createEngineWorld();
  const process = startProcess(world);
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    ids.push(await begin(process, DEFINITION));
    world.clock.move(1);
  }
  world.queue.loseAll();
  world.clock.move(SLACK_MS);
  return { world, process, ids };
}

async function statuses({ store }: EngineWorld) {
  const heads = await store.list({}, null, 1000);
  return new Set(heads.map(({ status }) => status));
}

test('all that is lost at once is found, the longest overdue first, in sweeps as large as asked for', async (t) => {
  const { world, process, ids } = await lost(7);
  t.deepEqual(await process.sweep(3), { seen: 3, redispatched: 3 });
  t.deepEqual(
    world.queue.jobs.map(({ workflowId }) => workflowId),
    ids.slice(0, 3),
  );
  t.deepEqual(await process.sweep(3), { seen: 3, redispatched: 3 });
  t.deepEqual(await process.sweep(3), { seen: 1, redispatched: 1 });
  await work(world, process);
  t.deepEqual(await statuses(world), new Set(['COMPLETED']));
});

test('one sweep commits together: no workflow waits for the one before it', async (t) => {
  const { world } = await lost(20);
  let begun = 0;
  const all = Promise.withResolvers<void>();
  const append: WorkflowStore['append'] = async (commit) => {
    begun += 1;
    if (begun === 20) all.resolve();
    await all.promise;
    return world.store.append(commit);
  };
  const process = startProcess({ ...world, store: { ...world.store, append } });
  t.is((await process.sweep()).redispatched, 20);
});

test('two reconcilers at once do no harm', async (t) => {
  const { world, process } = await lost(10);
  const other = startProcess(world);
  await Promise.all([process.sweep(), other.sweep()]);
  await work(world, process);
  t.deepEqual(await statuses(world), new Set(['COMPLETED']));
  t.is(world.services.calls.length, 10);
});

test('a broken workflow stops nobody, and is tried again after a while', async (t) => {
  const { world, ids } = await lost(3);
  const damaged = () => Promise.reject(new CorruptRecordError('event 2', 'it is no JSON'));
  let broken = true;
  const readLog: WorkflowStore['readLog'] = (id, after) =>
    broken && id === ids[0] ? damaged() : world.store.readLog(id, after);
  const process = startProcess({ ...world, store: { ...world.store, readLog } });
  t.deepEqual(await process.sweep(), { seen: 3, redispatched: 2 });
  t.like(
    world.logger.lines.find(({ level }) => level === 'error'),
    {
      fields: { workflowId: ids[0] },
    },
  );
  broken = false;
  world.clock.move(BROKEN_POSTPONE_MS - 1);
  await process.sweep();
  t.is(world.queue.jobs.length, 2);
  world.clock.move(1);
  await process.sweep();
  t.is(world.queue.jobs.length, 3);
});

test('a workflow whose definition is gone stops nobody', async (t) => {
  const { world } = await lost(2);
  const { store } = world;
  const [head] = await store.list({}, null, 1);
  const [created] = await store.readLog(head?.workflowId ?? '', 0);
  if (head === undefined || created?.event.type !== 'WorkflowCreated') return t.fail();
  const event = { ...created.event, definitionId: 'gone' };
  await store.append({
    expectedVersion: 0,
    events: [{ ...created, workflowId: 'orphan', event }],
    head: { ...head, workflowId: 'orphan', version: 1, wakeAt: 0 },
  });
  t.deepEqual(await startProcess(world).sweep(), { seen: 3, redispatched: 2 });
});

test('a workflow that can be read but not woken stops nobody', async (t) => {
  const { world, ids } = await lost(3);
  const append: WorkflowStore['append'] = (commit) =>
    commit.head.workflowId === ids[0]
      ? Promise.reject(new TypeError('a fault of ours'))
      : world.store.append(commit);
  const process = startProcess({ ...world, store: { ...world.store, append } });
  t.is((await process.sweep()).seen, 3);
  t.is(world.queue.jobs.length, 2);
  t.is((await process.sweep()).seen, 0);
});

test('a head that wants a look for no reason does not come up in every sweep', async (t) => {
  const { world, process, ids } = await lost(1);
  await process.workflows.handle(ids[0] ?? '', cancel);
  const [head] = await world.store.list({}, null, 1);
  if (head === undefined) return t.fail();
  const { workflowId, version } = head;
  await world.store.postpone([{ workflowId, version, wakeAt: 1 }]);
  t.is((await process.sweep()).seen, 1);
  t.is((await process.sweep()).seen, 0);
});

test('a store that is away for a moment breaks no workflow: the next sweep finds them all', async (t) => {
  const { world } = await lost(3);
  const away = () => Promise.reject(new StoreUnavailableError('busy'));
  for (const store of [
    { ...world.store, overdue: away },
    { ...world.store, readLog: away },
    { ...world.store, append: away },
  ]) {
    const process = startProcess({ ...world, store });
    await t.throwsAsync(process.sweep(), { instanceOf: StoreUnavailableError });
  }
  t.deepEqual(await startProcess(world).sweep(), { seen: 3, redispatched: 3 });
});
