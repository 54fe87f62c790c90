import test from 'ava';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import {
  createDefinitionCatalog,
  DefinitionMissingError,
} from '#application/definition-catalog.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import type { JsonObject } from '#domain/json.ts';
import { authoredOf } from '#test/support/authored-of.ts';
import { call, creationOf, definitionOf, wait } from '#test/support/domain-definitions.ts';

const DEFINITION = definitionOf([
  call('a', [], { timeoutMs: null }),
  call('b', ['a'], { timeoutMs: 700, serviceName: 'stock' }),
  wait('c', ['b'], { durationMs: 5 }),
]);

const REGISTRY = new Map([
  ['inventory-service', { name: 'inventory-service', timeoutMs: 4000 }],
  ['stock', { name: 'inventory-service', timeoutMs: 4000 }],
]);

async function catalogOf(source: JsonObject, registry = REGISTRY) {
  const store = createMemoryStore();
  const { definitionId, version } = DEFINITION;
  await store.saveDefinition({ definitionId, version, source, createdAt: 0 });
  let reads = 0;
  const counted = {
    ...store,
    findDefinition(id: string, of: number | null) {
      reads += 1;
      return store.findDefinition(id, of);
    },
  };
  const catalog = createDefinitionCatalog(counted, { find: (name) => registry.get(name) });
  return { catalog, reads: () => reads };
}

function createdOn(definition: WorkflowDefinition) {
  const event = { type: 'WorkflowCreated', ...creationOf(definition) } as const;
  return { workflowId: 'w', version: 1, occurredAt: 0, event };
}

test('a version is read and parsed once', async (t) => {
  const { catalog, reads } = await catalogOf(authoredOf(DEFINITION));
  const first = await catalog.find('tested', 1);
  t.is(first?.steps.length, 3);
  const [found, ofLog] = [
    await catalog.find('tested', 1),
    await catalog.ofLog(createdOn(DEFINITION)),
  ];
  t.true(found === first && ofLog === first);
  t.is(reads(), 1);
});

test('steps go by the name of their service, and by its time-out where they have none', async (t) => {
  const { catalog } = await catalogOf(authoredOf(DEFINITION));
  const definition = await catalog.find('tested', 1);
  t.like(definition?.steps, [
    { serviceName: 'inventory-service', timeoutMs: 4000 },
    { serviceName: 'inventory-service', timeoutMs: 700 },
    { kind: 'wait' },
  ]);
});

test('what was accepted once can be read when its service has left the registry', async (t) => {
  const { catalog } = await catalogOf(authoredOf(DEFINITION), new Map());
  t.like((await catalog.find('tested', 1))?.steps, [{ timeoutMs: null }, { serviceName: 'stock' }]);
});

test('a version that is not there is not found, and is looked for again', async (t) => {
  const { catalog, reads } = await catalogOf(authoredOf(DEFINITION));
  t.is(await catalog.find('tested', 2), null);
  t.is(await catalog.find('tested', 2), null);
  t.is(reads(), 2);
});

test('a workflow on a version that is gone is an error that names it', async (t) => {
  const { catalog } = await catalogOf(authoredOf(DEFINITION));
  const error = await t.throwsAsync(catalog.ofLog(createdOn({ ...DEFINITION, version: 7 })), {
    instanceOf: DefinitionMissingError,
  });
  t.is(error?.message, 'definition tested@7 is not in the store');
});

test('a stored version that someone broke by hand is an error that says how', async (t) => {
  const { catalog } = await catalogOf({ ...authoredOf(DEFINITION), steps: [] });
  const error = await t.throwsAsync(catalog.find('tested', 1), {
    instanceOf: DefinitionMissingError,
  });
  t.regex(error?.message ?? '', /tested@1 can't be read: .*\/steps/);
});

test('a log that does not begin at the beginning is an error', async (t) => {
  const { catalog } = await catalogOf(authoredOf(DEFINITION));
  const event = { type: 'WorkflowStarted', deadlineAt: 1 } as const;
  const first = { workflowId: 'w', version: 1, occurredAt: 0, event };
  await t.throwsAsync(catalog.ofLog(first), { message: /begins with WorkflowStarted/ });
});
