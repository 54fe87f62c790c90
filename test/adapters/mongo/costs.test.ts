import test from 'ava';
import type { WorkflowHead, WorkflowStore } from '#application/ports/workflow-store.ts';
import type { WorkflowEvent } from '#domain/workflow/events.ts';
import { openObserved, type SentCommand } from '#test/adapters/mongo/observed-store.ts';
import {
  committed,
  continuation,
  creation,
  NOW,
  paused,
} from '#test/contracts/workflow-store/fixtures.ts';
import { mongodbForFile } from '#test/servers/mongodb.ts';

/** Round trips and bytes are the same on every server; how long they take is not. */
const mongodb = await mongodbForFile(test);
if (mongodb !== null) {
  test('a step of a busy process costs at most one write round trip and 1.5 KB, its place in the feed included', async (t) => {
    const { store, commandsOf } = await openObserved(t, mongodb.freshUrl());
    const [workflows, steps] = [60, 5];
    const commands = await commandsOf(async () => {
      await Promise.all(Array.from({ length: workflows }, () => runWorkflow(store, steps)));
      await store.counts();
    });
    const commits = workflows * (steps + 1);
    const writes = commands.filter(isWrite);
    const roundTrips = writes.length / commits;
    const bytes = sum(writes) / commits;
    t.log(`per commit: ${roundTrips.toFixed(3)} write round trips, ${bytes.toFixed(0)} bytes`);
    t.true(roundTrips <= 0.2, `${roundTrips} write round trips`);
    t.true(bytes <= 1500, `${bytes} bytes`);
  });

  test('a step that is alone costs one round trip', async (t) => {
    const { store, commandsOf } = await openObserved(t, mongodb.freshUrl());
    const { head } = creation();
    const creating = await commandsOf(() => store.append({ ...creation(head) }));
    t.deepEqual(
      creating.map(({ name }) => name),
      ['insert'],
    );
    const stepping = await commandsOf(() => store.append(continuation(head, {}, stepEvents(1))));
    t.deepEqual(
      stepping.map(({ name }) => name),
      ['update'],
    );
    t.log(`${sum(stepping)} bytes`);
    t.true(sum(stepping) <= 1500);
  });

  test('what has not moved is not sent again', async (t) => {
    const { store, commandsOf } = await openObserved(t, mongodb.freshUrl());
    const head = await committed(t, store, creation({ input: { pad: 'x'.repeat(10_000) } }));
    let log: unknown = null;
    const [find, ...others] = await commandsOf(async () => {
      log = await store.readLog(head.workflowId, 1);
    });
    t.deepEqual(log, []);
    t.deepEqual(find?.command['filter'], { _id: head.workflowId, version: { $gt: 1 } });
    t.deepEqual(others, []);
  });

  test('a workflow of 100,000 events is whole, and its commits cost the same to the end', async (t) => {
    const { store, commandsOf } = await openObserved(t, mongodb.freshUrl());
    let head = await committed(t, store, creation());
    const batch = Array.from({ length: 1000 }, (_, index) => paused(`event ${index}`));
    const costs: { readonly commands: number; readonly bytes: number }[] = [];
    while (head.version < 100_000) {
      const commit = continuation(head, {}, batch);
      const sent = await commandsOf(() => store.append(commit));
      costs.push({ commands: sent.length, bytes: sum(sent) });
      head = commit.head;
    }
    t.log(`a commit of 1000 events: ${costs.at(1)?.bytes} bytes, the last: ${costs.at(-1)?.bytes}`);
    t.is(
      median(costs.map(({ commands }) => commands)),
      median(costs.slice(0, 20).map(({ commands }) => commands)),
    );
    const tenth = (from: number) =>
      costs.slice(from, from + 10).reduce((all, one) => all + one.bytes, 0);
    t.true(tenth(90) < 1.05 * tenth(5), `${tenth(90)} bytes against ${tenth(5)}`);

    const log = await store.readLog(head.workflowId, 0);
    t.is(log.length, 100_001);
    t.true(log.every(({ version }, index) => version === index + 1));
    t.deepEqual(await store.readLog(head.workflowId, 100_000), log.slice(100_000));
    t.is((await store.readFeed('99990', 100)).events.at(-1)?.version, 100_001);
  });
}

/** What a step is in the log: its result, and the dispatch of the next. */
function stepEvents(step: number): readonly WorkflowEvent[] {
  return [
    {
      type: 'WorkflowStepExecuted',
      stepId: `reserve-inventory-${step}`,
      stepName: 'Reserve inventory',
      output: {
        reservationId: '3b1d3f8e-3f0a-4a4e-9b0e-1f2e3d4c5b6a',
        lines: [{ sku: 'SKU-1', quantity: 3, location: 'A-01-02' }],
      },
      startedAt: NOW,
      executionTimeMs: 31,
    },
    {
      type: 'StepsDispatched',
      dispatch: step,
      direction: 'do',
      stepIds: ['create-wave'],
      dueAt: null,
    },
  ];
}

async function runWorkflow(store: WorkflowStore, steps: number): Promise<void> {
  const commit = creation({ correlationId: 'order-4711' });
  await store.append(commit);
  let head: WorkflowHead = commit.head;
  for (let step = 1; step <= steps; step += 1) {
    const next = continuation(head, { status: 'EXECUTING', wakeAt: NOW + step }, stepEvents(step));
    await store.append(next);
    head = next.head;
  }
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function isWrite({ name }: SentCommand): boolean {
  return name === 'insert' || name === 'update';
}

function sum(commands: readonly SentCommand[]): number {
  return commands.reduce((all, { bytes }) => all + bytes, 0);
}
