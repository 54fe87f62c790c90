import test from 'ava';
import { CorruptRecordError, StoreUnavailableError } from '#application/ports/errors.ts';
import type { WorkflowPage } from '#application/orchestration.ts';
import type { PageCursor, WorkflowStore } from '#application/ports/workflow-store.ts';
import { pause, succeeds } from '#test/support/domain-commands.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import { begin, createEngineWorld, startProcess } from '#test/support/engine-process.ts';

const DEFINITION = definitionOf([call('a')]);

/** Five workflows, a second apart; the fifth is COMPLETED. */
async function five() {
  const world = createEngineWorld();
  const process = startProcess(world);
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    ids.push(await begin(process, DEFINITION, { correlationId: `c${n}` }));
    world.clock.move(1000);
  }
  await process.workflows.handle(ids[4] ?? '', succeeds('a'));
  return { world, process, ids };
}

test('a workflow is shown as it is now, whoever changed it', async (t) => {
  const { world, process, ids } = await five();
  const id = ids[0] ?? '';
  await startProcess(world).workflows.handle(id, pause);
  t.is((await process.orchestration.getWorkflowById(id))?.status, 'PAUSED');
  t.is(await process.orchestration.getWorkflowById('nobody'), null);
});

test('the history is the whole log', async (t) => {
  const { process, ids } = await five();
  const history = await process.orchestration.getWorkflowHistory(ids[4] ?? '');
  t.deepEqual(
    history?.map(({ event }) => event.type),
    [
      'WorkflowCreated',
      'WorkflowStarted',
      'StepsDispatched',
      'WorkflowStepExecuted',
      'WorkflowCompleted',
    ],
  );
  t.is(await process.orchestration.getWorkflowHistory('nobody'), null);
});

test('pages show the newest first, each workflow once, and the last says that it is', async (t) => {
  const { process, ids } = await five();
  const { getActiveWorkflows } = process.orchestration;
  const first = await getActiveWorkflows({}, null, 2);
  const second = await getActiveWorkflows({}, first.next, 2);
  const third = await getActiveWorkflows({}, second.next, 2);
  t.deepEqual(
    [first, second, third].map(({ items }) => items.map(({ workflowId }) => workflowId)),
    [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]],
  );
  t.is(third.next, null);
});

test('a page that is just full is the last', async (t) => {
  const { process } = await five();
  const page = await process.orchestration.getActiveWorkflows({}, null, 5);
  t.is(page.items.length, 5);
  t.is(page.next, null);
});

test('a page can be filtered', async (t) => {
  const { process, ids } = await five();
  const { getActiveWorkflows } = process.orchestration;
  const completed = await getActiveWorkflows({ status: ['COMPLETED'] }, null, 9);
  t.deepEqual(
    completed.items.map(({ workflowId }) => workflowId),
    [ids[4]],
  );
  const correlated = await getActiveWorkflows({ correlationId: 'c1' }, null, 9);
  t.deepEqual(
    correlated.items.map(({ workflowId }) => workflowId),
    [ids[1]],
  );
});

test('the feed leads through the events of all workflows', async (t) => {
  const { process } = await five();
  const { readFeed, feedEnd } = process.orchestration;
  const all = await readFeed(null, 1000);
  t.is(all.events.length, 17);
  t.is(all.position, await feedEnd());
});

test('a workflow that can not be understood hides no other, and the log names it', async (t) => {
  const { world, ids } = await five();
  const store = { ...world.store, findDefinition: async () => null };
  const blind = await startProcess({ ...world, store }).workflows.loadMany(ids);
  t.is(blind.size, 0);
  t.deepEqual(
    world.logger.lines.map(({ level, fields }) => [level, fields.workflowId]),
    ids.map((id) => ['error', id]),
  );
});

test('a damaged log hides no other', async (t) => {
  const { world, ids } = await five();
  const damaged = () => Promise.reject(new CorruptRecordError('event 3', 'it is no JSON'));
  const readLog: WorkflowStore['readLog'] = (id, after) =>
    id === ids[1] ? damaged() : world.store.readLog(id, after);
  const process = startProcess({ ...world, store: { ...world.store, readLogs: damaged, readLog } });
  const page = await process.orchestration.getActiveWorkflows({}, null, 9);
  t.deepEqual(
    page.items.map(({ workflowId }) => workflowId),
    [ids[4], ids[3], ids[2], ids[0]],
  );
});

test('a store that is away is no damage', async (t) => {
  const { world, ids } = await five();
  const away = () => Promise.reject(new StoreUnavailableError('away'));
  for (const store of [
    { ...world.store, readLogs: away },
    { ...world.store, findDefinition: away },
  ]) {
    const { workflows } = startProcess({ ...world, store });
    await t.throwsAsync(workflows.loadMany(ids), { instanceOf: StoreUnavailableError });
  }
});

test('a page of large workflows ends early and the next one goes on from there, each workflow once', async (t) => {
  const world = createEngineWorld();
  const process = startProcess(world);
  const ids: string[] = [];
  for (let n = 0; n < 20; n += 1) {
    const inputParameters = { text: 'x'.repeat(900_000) };
    ids.unshift(await begin(process, DEFINITION, { inputParameters }));
    world.clock.move(1000);
  }
  const pages: string[][] = [];
  let next: PageCursor | null = null;
  do {
    const page: WorkflowPage = await process.orchestration.getActiveWorkflows({}, next, 50);
    pages.push(page.items.map(({ workflowId }) => workflowId));
    next = page.next;
  } while (next !== null);
  t.deepEqual(pages.flat(), ids);
  t.deepEqual(
    pages.map((page) => page.length),
    [9, 9, 2],
  );
});

test('a workflow that is larger than a page is a page by itself', async (t) => {
  const world = createEngineWorld();
  const process = startProcess(world);
  for (let n = 0; n < 3; n += 1) {
    await begin(process, DEFINITION, { inputParameters: { text: 'x'.repeat(9_000_000) } });
  }
  const page = await process.orchestration.getActiveWorkflows({}, null, 3);
  t.is(page.items.length, 1);
  t.is(page.next?.workflowId, page.items[0]?.workflowId);
});
