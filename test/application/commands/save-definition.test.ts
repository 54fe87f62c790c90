import test from 'ava';
import { authoredOf } from '#test/support/authored-of.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import { createEngineWorld, requestFor, startProcess } from '#test/support/engine-process.ts';

const SOURCE = authoredOf(definitionOf([call('a')]));

function engine() {
  const world = createEngineWorld();
  return { ...startProcess(world).orchestration, clock: world.clock };
}

test('a version is saved as authored, with its time', async (t) => {
  const { saveDefinition, findDefinition, listDefinitions, clock } = engine();
  const definition = {
    definitionId: 'tested',
    version: 1,
    source: SOURCE,
    createdAt: clock.now(),
    retired: false,
  };
  t.deepEqual(await saveDefinition(SOURCE), { kind: 'saved', definition });
  t.deepEqual(await findDefinition('tested', 1), definition);
  t.deepEqual(await findDefinition('tested', null), definition);
  t.deepEqual(await listDefinitions(), [definition]);
});

test('saving the same again changes nothing and shows what is stored, retired or not', async (t) => {
  const { saveDefinition, retireDefinition, clock } = engine();
  const first = await saveDefinition(SOURCE);
  await retireDefinition('tested', 1);
  clock.move(1000);
  const second = await saveDefinition(SOURCE);
  if (first.kind !== 'saved' || second.kind !== 'unchanged') return t.fail(second.kind);
  t.deepEqual(second.definition, { ...first.definition, retired: true });
});

test('a version that is saved, or found saved at the start, is read then: the first workflow does not wait for it', async (t) => {
  const world = createEngineWorld();
  await startProcess(world).orchestration.saveDefinition(SOURCE);
  const asked: number[] = [];
  const store: typeof world.store = {
    ...world.store,
    findDefinition(definitionId, version) {
      asked.push(version ?? 0);
      return world.store.findDefinition(definitionId, version);
    },
  };
  const { orchestration, workflows } = startProcess({ ...world, store });
  t.like(await orchestration.saveDefinition(SOURCE), { kind: 'unchanged' });
  asked.length = 0;
  const request = requestFor(definitionOf([call('a')]));
  const started = await orchestration.startWorkflow(request);
  if (started.kind !== 'started') return t.fail(started.kind);
  await workflows.load(started.state.workflowId, { fresh: true });
  t.deepEqual(asked, []);
});

test('a version never changes', async (t) => {
  const { saveDefinition, findDefinition } = engine();
  await saveDefinition(SOURCE);
  const result = await saveDefinition({ ...SOURCE, name: 'Another name' });
  t.deepEqual(result, { kind: 'conflict', definitionId: 'tested', version: 1 });
  t.deepEqual((await findDefinition('tested', 1))?.source, SOURCE);
});

test('what is no definition, or names unknown services, is refused with its problems', async (t) => {
  const { saveDefinition, listDefinitions } = engine();
  t.is((await saveDefinition('nonsense')).kind, 'invalid');
  const unknown = await saveDefinition(
    authoredOf(definitionOf([call('a', [], { serviceName: 'nobody' })])),
  );
  t.is(unknown.kind === 'invalid' && unknown.problems[0]?.field, '/steps/0/serviceName');
  t.deepEqual(await listDefinitions(), []);
});
