import test from 'ava';
import type { JsonObject } from '#domain/json.ts';
import { NOW, type OpenStore } from '#test/contracts/workflow-store/fixtures.ts';

const SOURCE = { definitionId: 'pick', steps: [{ stepId: 'a', input: { n: 1, m: [null, 'x'] } }] };

function definition(definitionId: string, version: number, source: JsonObject = SOURCE) {
  return { definitionId, version, source, createdAt: NOW + version };
}

export function definitionsContract(name: string, open: OpenStore): void {
  test(`${name}: a saved definition is found by its version, as authored`, async (t) => {
    const store = await open(t);
    t.is(await store.saveDefinition(definition('pick', 1)), 'saved');
    const stored = { ...definition('pick', 1), retired: false };
    t.deepEqual(await store.findDefinition('pick', 1), stored);
    t.is(await store.findDefinition('pick', 2), null);
    t.is(await store.findDefinition('pack', 1), null);
    t.deepEqual(await store.findVersion('pick', 1), { version: 1, retired: false });
    t.is(await store.findVersion('pick', 2), null);
    t.is(await store.findVersion('pack', 1), null);
  });

  test(`${name}: a version is immutable: the same source is unchanged, another a conflict`, async (t) => {
    const store = await open(t);
    await store.saveDefinition(definition('pick', 1));
    const reordered = { steps: SOURCE.steps, definitionId: 'pick' };
    t.is(await store.saveDefinition({ ...definition('pick', 1), createdAt: 0 }), 'unchanged');
    t.is(await store.saveDefinition(definition('pick', 1, reordered)), 'unchanged');
    t.is(await store.saveDefinition(definition('pick', 1, { ...SOURCE, steps: [] })), 'conflict');
    t.is(await store.saveDefinition(definition('pick', 1, { ...SOURCE, more: null })), 'conflict');
    t.deepEqual(await store.findDefinition('pick', 1), {
      ...definition('pick', 1),
      retired: false,
    });
  });

  test(`${name}: of many saves of one version exactly one is saved`, async (t) => {
    const store = await open(t);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.saveDefinition(definition('pick', 1, { ...SOURCE, even: index % 2 === 0 })),
      ),
    );
    const winner = results.indexOf('saved');
    t.deepEqual(
      results,
      results.map((_, index) => {
        if (index === winner) return 'saved';
        return index % 2 === winner % 2 ? 'unchanged' : 'conflict';
      }),
    );
  });

  test(`${name}: without a version the newest that is not retired is found`, async (t) => {
    const store = await open(t);
    t.is(await store.findDefinition('pick', null), null);
    for (const version of [2, 10, 9]) await store.saveDefinition(definition('pick', version));
    t.is((await store.findDefinition('pick', null))?.version, 10);
    t.true(await store.retireDefinition('pick', 10));
    t.is((await store.findDefinition('pick', null))?.version, 9);
    t.deepEqual(await store.findVersion('pick', null), { version: 9, retired: false });
    t.deepEqual(await store.findVersion('pick', 10), { version: 10, retired: true });
    t.true(await store.retireDefinition('pick', 9));
    t.true(await store.retireDefinition('pick', 2));
    t.is(await store.findDefinition('pick', null), null);
    t.is(await store.findVersion('pick', null), null);
  });

  test(`${name}: a retired version is still found by its number, and stays retired`, async (t) => {
    const store = await open(t);
    await store.saveDefinition(definition('pick', 1));
    t.true(await store.retireDefinition('pick', 1));
    t.true(await store.retireDefinition('pick', 1), 'again');
    t.is(await store.saveDefinition(definition('pick', 1)), 'unchanged');
    t.deepEqual(await store.findDefinition('pick', 1), { ...definition('pick', 1), retired: true });
  });

  test(`${name}: what does not exist can't be retired`, async (t) => {
    const store = await open(t);
    await store.saveDefinition(definition('pick', 1));
    t.false(await store.retireDefinition('pick', 2));
    t.false(await store.retireDefinition('pack', 1));
    t.false((await store.findDefinition('pick', 1))?.retired);
  });

  test(`${name}: definitions are listed by id, then version, with the retired ones`, async (t) => {
    const store = await open(t);
    for (const [id, version] of [
      ['pick', 10],
      ['pack', 1],
      ['pick', 9],
      ['pick', 2],
    ] as const) {
      await store.saveDefinition(definition(id, version));
    }
    await store.retireDefinition('pick', 9);
    t.deepEqual(await store.listDefinitions(), [
      { ...definition('pack', 1), retired: false },
      { ...definition('pick', 2), retired: false },
      { ...definition('pick', 9), retired: true },
      { ...definition('pick', 10), retired: false },
    ]);
  });
}
