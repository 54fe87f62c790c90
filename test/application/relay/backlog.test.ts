import test from 'ava';
import { relayBacklog } from '#application/relay/backlog.ts';
import { NOW, paused } from '#test/contracts/workflow-store/fixtures.ts';
import { happen, relayOn, startedWorkflow } from '#test/application/relay/filled-store.ts';

test('the backlog is what lies after the cursor, as old as its oldest event', async (t) => {
  const { store, begin } = relayOn();
  const backlog = relayBacklog({ store, clock: { now: () => NOW + 5000 } });
  t.deepEqual(await backlog(), { events: 0, ageMs: 0 });
  const head = await startedWorkflow(store);
  t.deepEqual(await backlog(), { events: 2, ageMs: 5000 });

  await (await begin()).publishNext();
  t.deepEqual(await backlog(), { events: 0, ageMs: 0 });
  await happen(store, head, [paused('one'), paused('two')]);
  t.deepEqual(await backlog(), { events: 2, ageMs: 5000 - 2 });
});
