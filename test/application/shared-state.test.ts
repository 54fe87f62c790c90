import test from 'ava';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { createDefinitionCatalog } from '#application/definition-catalog.ts';
import type { SharedState, SharedStates } from '#application/ports/shared-states.ts';
import { createStateExchange } from '#application/shared-state.ts';
import { cancel, pause, succeeds } from '#test/support/domain-commands.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import { begin, createEngineWorld, startProcess } from '#test/support/engine-process.ts';

const TWO_STEPS = definitionOf([call('a'), call('b', ['a'])]);

/** A fake of the board in Redis: all states that were left, the newest of each workflow. */
function fakeSharedStates() {
  const states = new Map<string, SharedState>();
  const shared: SharedStates = {
    get: async (workflowId) => states.get(workflowId) ?? null,
    async put(state) {
      if ((states.get(state.workflowId)?.version ?? 0) < state.version)
        states.set(state.workflowId, state);
    },
    drop: async (workflowId) => void states.delete(workflowId),
  };
  return { states, shared };
}

/** Two processes that share states, and a count of what their store is asked. */
function sharingProcesses() {
  const world = createEngineWorld();
  const { states, shared } = fakeSharedStates();
  const asked = { logs: 0, versions: 0 };
  const store = {
    ...world.store,
    readLog(workflowId: string, after: number) {
      asked.logs += 1;
      return world.store.readLog(workflowId, after);
    },
    currentVersion(workflowId: string) {
      asked.versions += 1;
      return world.store.currentVersion(workflowId);
    },
  };
  const process = () => {
    const definitions = createDefinitionCatalog(store, {
      find: (name) => ({ name, timeoutMs: 5000 }),
    });
    const exchange = createStateExchange({ shared, store, definitions });
    return startProcess({ ...world, store }, { exchange });
  };
  return { states, asked, here: process(), there: process() };
}

test('a process that meets a workflow for the first time reads its version, not its log', async (t) => {
  const { here, there, asked } = sharingProcesses();
  const id = await begin(here, TWO_STEPS);
  await here.workflows.handle(id, succeeds('a'));
  const state = await there.workflows.load(id);
  t.is(state?.steps.get('a')?.status, 'COMPLETED');
  t.deepEqual(state, await here.workflows.load(id));
  t.deepEqual(asked, { logs: 0, versions: 1 });
});

test('a shared state that is not the newest is not believed', async (t) => {
  const { here, there, states, asked } = sharingProcesses();
  const id = await begin(here, TWO_STEPS);
  const old = states.get(id);
  await here.workflows.handle(id, pause);
  if (old !== undefined) states.set(id, old); // as if Redis had lost a write
  t.is((await there.workflows.load(id))?.status, 'PAUSED');
  t.is(asked.logs, 1);
  t.is(states.get(id)?.status, 'PAUSED', 'and the newest one is left for the next');
});

test('a state that is ahead of the store, as after a restored backup, is not believed', async (t) => {
  const { here, there, states } = sharingProcesses();
  const id = await begin(here, TWO_STEPS);
  const state = states.get(id);
  if (state === undefined) return t.fail('nothing was left');
  states.set(id, { ...state, version: state.version + 5, status: 'FAILED' });
  t.is((await there.workflows.load(id))?.status, 'EXECUTING');
});

test('a wiped board costs reads, nothing else', async (t) => {
  const { here, there, states } = sharingProcesses();
  const id = await begin(here, TWO_STEPS);
  states.clear();
  await there.workflows.handle(id, succeeds('a'));
  states.clear();
  await here.workflows.handle(id, succeeds('b'));
  t.is((await there.workflows.load(id, { fresh: true }))?.status, 'COMPLETED');
});

test('what has ended is taken away', async (t) => {
  const { here, states } = sharingProcesses();
  const id = await begin(here, TWO_STEPS);
  t.true(states.has(id));
  await here.workflows.handle(id, cancel);
  t.false(states.has(id));
});

test('a workflow that nobody knows is unknown, with or without sharing', async (t) => {
  const { here } = sharingProcesses();
  t.is(await here.workflows.load('nobody'), null);
});

test('a state whose definition this store has not is not believed', async (t) => {
  const { here, states } = sharingProcesses();
  const id = await begin(here, TWO_STEPS);
  const state = states.get(id);
  if (state === undefined) return t.fail('nothing was left');
  const store = createMemoryStore();
  const exchange = createStateExchange({
    shared: { get: async () => state, put: async () => {}, drop: async () => {} },
    store: { currentVersion: async () => state.version },
    definitions: createDefinitionCatalog(store, { find: () => undefined }),
  });
  t.is(await exchange.newest(id), null);
});
