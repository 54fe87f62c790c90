import test from 'ava';
import type { IncomingEvent } from '#application/inbound/incoming-event.ts';
import type { Triggers } from '#application/inbound/trigger.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { byEvent, call, definitionOf } from '#test/support/domain-definitions.ts';
import {
  begin,
  createEngineWorld,
  SERVICE,
  SLACK_MS,
  startProcess,
  work,
  type EngineProcess,
  type EngineWorld,
} from '#test/support/engine-process.ts';
import { replied } from '#test/support/scripted-services.ts';

const TRIGGERS: Triggers = {
  bare: new Map(),
  list: ['Done', 'Broken', 'Later'].map((event) => ({
    name: event,
    topic: `events.${event}`,
    type: null,
    action: 'step' as const,
    service: SERVICE,
    event,
    key: [['/of']],
    parkMs: 3_600_000,
  })),
};

const ONE = definitionOf([call('a', [], { completion: byEvent() })]);
const TWO = definitionOf([
  call('a', [], { completion: byEvent() }),
  call('b', ['a'], { completion: byEvent({ event: 'Later' }) }),
]);

function told(name: string, id = 'e-1', of = 'K-1'): IncomingEvent {
  const type = `events.${name}`;
  return { source: '/tests', id, type, subject: null, time: null, data: { of }, origin: null };
}

/** Steps a and b are answered with key K-1. */
function scene() {
  const world = createEngineWorld();
  const answer = replied({ of: 'K-1' });
  world.services.script('do-a', answer, answer);
  world.services.script('do-b', answer);
  const start = () => startProcess(world, { triggers: TRIGGERS });
  const waits = () => world.store.deliverEvent(probe);
  return { world, ...world, start, process: start(), waits };
}

/** Tells who waits for K-1, under a name that nobody listens to. */
const probe = {
  service: SERVICE,
  key: 'K-1',
  source: '/tests',
  eventId: 'probe',
  event: { name: 'probe' },
  parkedAt: 0,
  expiresAt: 1,
};

/** It registers the wait of a step, and dies when it looks whether the event is here already. */
function dyingAtSecondLook(world: EngineWorld): EngineProcess {
  const { store } = world;
  let looks = 0;
  const expectEvent: typeof store.expectEvent = async (wait) => {
    looks += 1;
    if (looks > 1) throw new Error('the worker died');
    return await store.expectEvent(wait);
  };
  return startProcess({ ...world, store: { ...store, expectEvent } });
}

async function stateOf({ workflows }: EngineProcess, id: string) {
  const state = await workflows.load(id, { fresh: true });
  if (state === null) throw new Error(`no workflow ${id}`);
  return state;
}

async function statusOf(process: EngineProcess, id: string) {
  return (await stateOf(process, id)).status;
}

test('an event completes the step that waits for it, and both are forgotten', async (t) => {
  const { world, process, store, waits } = scene();
  const id = await begin(process, ONE);
  await work(world, process);
  t.is((await stateOf(process, id)).steps.get('a')?.event?.state, 'awaited');
  t.like(await process.receive(told('Done')), { kind: 'done', workflowIds: [id] });
  const state = await stateOf(process, id);
  t.is(state.status, 'COMPLETED');
  t.deepEqual(state.steps.get('a')?.output, { of: 'K-1', event: { of: 'K-1' } });
  t.deepEqual(await waits(), []);
  const expired = await store.expiredEvents(Number.MAX_SAFE_INTEGER, 10);
  t.deepEqual(
    expired.map(({ eventId }) => eventId),
    ['probe'],
  );
});

test('an event that comes twice takes effect once; a second one for the same is kept', async (t) => {
  const { world, process } = scene();
  await begin(process, ONE);
  await work(world, process);
  await process.receive(told('Done'));
  t.deepEqual(await process.receive(told('Done')), {
    kind: 'duplicate',
    outcome: 'taken by a step',
  });
  t.deepEqual(await process.receive(told('Done', 'e-2')), { kind: 'parked' });
});

test('an event that comes before the step was even called is taken when it waits', async (t) => {
  const { world, process, store } = scene();
  const id = await begin(process, ONE);
  t.deepEqual(await process.receive(told('Done')), { kind: 'parked' });
  await work(world, process);
  t.is(await statusOf(process, id), 'COMPLETED');
  t.deepEqual(await process.receive(told('Done')), {
    kind: 'duplicate',
    outcome: 'taken by a step',
  });
  t.deepEqual(await store.expiredEvents(Number.MAX_SAFE_INTEGER, 10), []);
});

test('an event that comes between the answer and the commit is taken right after it', async (t) => {
  const { world, process, store, start } = scene();
  const id = await begin(process, ONE);
  const { append } = store;
  let receptions = 0;
  const worker = startProcess({
    ...world,
    store: {
      ...store,
      async append(commit) {
        // the wait is registered, and nothing says yet that the step waits
        if (receptions === 0) {
          receptions += 1;
          t.deepEqual(await start().receive(told('Done')), { kind: 'parked' });
        }
        return await append(commit);
      },
    },
  });
  await work(world, worker);
  t.is(await statusOf(process, id), 'COMPLETED');
});

test('who dies between the commit and the second look is made up for by the job that comes again', async (t) => {
  const { world, process, queue, start } = scene();
  const id = await begin(process, ONE);
  await process.receive(told('Done'));
  const dying = dyingAtSecondLook(world);
  const [job] = queue.jobs;
  await t.throwsAsync(dying.advance(job ?? t.fail()), { message: 'the worker died' });
  t.is((await stateOf(process, id)).steps.get('a')?.event?.state, 'awaited');
  t.deepEqual(await start().advance(job ?? t.fail(), 1), { kind: 'done' });
  t.is(await statusOf(process, id), 'COMPLETED');
  t.is(world.services.calls.length, 1);
});

test('and where all of Redis is lost as well, by the reconciler, long before the time is over', async (t) => {
  const { process, queue, clock, world } = scene();
  const id = await begin(process, ONE);
  await process.receive(told('Done'));
  const dying = dyingAtSecondLook(world);
  await t.throwsAsync(dying.advance(queue.jobs[0] ?? t.fail()), { message: 'the worker died' });
  queue.loseAll();
  clock.move(SLACK_MS);
  await process.sweep();
  t.is(await statusOf(process, id), 'COMPLETED');
});

test('who dies once the event was taken is made up for when it comes again: it is no dead letter', async (t) => {
  const { world, process, store, start } = scene();
  const id = await begin(process, ONE);
  await work(world, process);
  const dying = startProcess(
    { ...world, store: { ...store, recordInbound: () => Promise.reject(new Error('died')) } },
    { triggers: TRIGGERS },
  );
  await t.throwsAsync(dying.receive(told('Done')), { message: 'died' });
  t.is(await statusOf(process, id), 'COMPLETED');
  t.like(await start().receive(told('Done')), { kind: 'done', workflowIds: [id] });
  t.deepEqual(await store.expiredEvents(Number.MAX_SAFE_INTEGER, 10), []);
});

test('the reconciler says when the time for an event is over, and looks for it before', async (t) => {
  const { world, process, clock, waits } = scene();
  const late = await begin(process, ONE);
  await work(world, process);
  clock.move(SLACK_MS);
  t.is((await process.sweep()).seen, 1, 'one look in case it came early');
  clock.move(SLACK_MS);
  t.is((await process.sweep()).seen, 0);
  clock.move(60_000);
  await process.sweep();
  const state = await stateOf(process, late);
  t.is(state.failure?.message, 'event Done for key K-1 did not come within 60000 ms');
  t.deepEqual(await waits(), []);
  await work(world, process);
  t.is(await statusOf(process, late), 'COMPENSATED');
});

test('a step that was begun anew after an event failed it is not failed by the same one again, and waits for the right one', async (t) => {
  const { world, process, store, start, waits } = scene();
  const definition = { ...ONE, onFailure: 'fail' as const };
  world.services.script('do-a', replied({ of: 'K-1' }), replied({ of: 'K-1' }));
  const id = await begin(process, definition);
  await work(world, process);
  const dying = startProcess(
    { ...world, store: { ...store, recordInbound: () => Promise.reject(new Error('died')) } },
    { triggers: TRIGGERS },
  );
  await t.throwsAsync(dying.receive(told('Broken')), { message: 'died' });
  t.is(await statusOf(process, id), 'FAILED');
  await process.orchestration.retryWorkflow(id, { by: 'ann', reason: 'mended' });
  await work(world, process);
  t.is((await stateOf(process, id)).steps.get('a')?.event?.state, 'awaited');
  // it was still parked: the look of the step that waits anew has written down that it was taken
  t.like(await start().receive(told('Broken')), { kind: 'duplicate' });
  t.is((await waits()).length, 1, 'it still waits');
  t.is(await statusOf(process, id), 'EXECUTING');
  await start().receive(told('Done', 'e-2'));
  t.is(await statusOf(process, id), 'COMPLETED');
});

test('an event that fails the step has it undone', async (t) => {
  const { world, process } = scene();
  const id = await begin(process, ONE);
  await work(world, process);
  t.like(await process.receive(told('Broken')), { kind: 'done', workflowIds: [id] });
  await work(world, process);
  t.is(await statusOf(process, id), 'COMPENSATED');
  t.deepEqual(
    world.services.calls.map(({ operation }) => operation),
    ['do-a', 'undo-a'],
  );
});

test('of two steps that wait under one key each takes its own event, in whichever order they come', async (t) => {
  const { world, process } = scene();
  const id = await begin(process, TWO);
  await work(world, process);
  t.deepEqual(await process.receive(told('Later', 'e-2')), { kind: 'parked' });
  await process.receive(told('Done', 'e-1'));
  await work(world, process);
  t.is(await statusOf(process, id), 'COMPLETED');
});

test('all workflows that wait under one key take the event, also when it came before any of them waited', async (t) => {
  for (const isEarly of [false, true]) {
    const { world, process, queue, store, start } = scene();
    const ids = [await begin(process, ONE), await begin(process, ONE)];
    if (isEarly) {
      // both calls are answered and both waits registered before either is committed
      await process.receive(told('Done'));
      for (const workflowId of ids) {
        await store.expectEvent({ service: SERVICE, key: 'K-1', workflowId, stepId: 'a' });
      }
    }
    await work(world, process);
    t.is(queue.jobs.length, 0);
    if (!isEarly) t.like(await start().receive(told('Done')), { kind: 'done' });
    for (const id of ids) t.is(await statusOf(process, id), 'COMPLETED');
  }
});

test('a workflow that is cancelled waits for nothing more, and its event for its time', async (t) => {
  const { world, process, waits } = scene();
  const id = await begin(process, ONE);
  await work(world, process);
  await process.orchestration.cancelWorkflow(id, { by: 'ann', reason: 'no', compensate: false });
  t.deepEqual(await waits(), []);
  t.deepEqual(await process.receive(told('Done')), { kind: 'parked' });
  t.is(await statusOf(process, id), 'CANCELLED');
});

test('a wait that was left behind is forgotten by the next event for it', async (t) => {
  const { world, process, store, waits } = scene();
  const id = await begin(process, ONE);
  await work(world, process);
  await process.receive(told('Done'));
  await store.expectEvent({ service: SERVICE, key: 'K-1', workflowId: id, stepId: 'a' });
  t.deepEqual(await process.receive(told('Done', 'e-2')), { kind: 'parked' });
  t.deepEqual(await waits(), []);
});

test('a workflow that can not be told of an event keeps it from no other', async (t) => {
  const { world, process, store, logger } = scene();
  const ids = [await begin(process, ONE), await begin(process, ONE)];
  await work(world, process);
  const other = startProcess(
    {
      ...world,
      store: {
        ...store,
        readLog: (id, after) =>
          id === ids[0] ? Promise.reject(new Error('damaged')) : store.readLog(id, after),
      },
    },
    { triggers: TRIGGERS },
  );
  t.like(await other.receive(told('Done')), { kind: 'done', workflowIds: [ids[1]] });
  t.true(logger.lines.some(({ message }) => message === 'a workflow can not be told of an event'));
});

test('a call step costs nothing that an event step needs', async (t) => {
  const { world, store, process: starter } = scene();
  const definition: WorkflowDefinition = definitionOf([call('a'), call('b', ['a'])]);
  await begin(starter, definition);
  const refuse = () => Promise.reject(new Error('asked for in vain'));
  const process = startProcess({
    ...world,
    store: { ...store, expectEvent: refuse, deliverEvent: refuse, forgetWait: refuse },
  });
  await work(world, process);
  t.is((await store.list({}, null, 1))[0]?.status, 'COMPLETED');
});
