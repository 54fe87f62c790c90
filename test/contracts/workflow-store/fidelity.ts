import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import {
  committed,
  creation,
  NOW,
  remembered,
  type OpenStore,
  type Store,
} from '#test/contracts/workflow-store/fixtures.ts';

export function fidelityContract(name: string, open: OpenStore): void {
  test(`${name}: text of every script comes back as it went in`, async (t) => {
    const store = await open(t);
    const input = {
      scripts: 'Grüße 你好 مرحبا 👩‍👩‍👧 e\u0301',
      controls: 'a\u0000b\nc\u2028d\ufeff',
      'key with ü and \u0000': "'; DROP TABLE events; --",
      loneSurrogate: '\ud800x',
    };
    t.deepEqual(await roundTrip(t, store, input), input);
    const head = await committed(t, store, creation({ correlationId: 'Grüße-👩‍👩‍👧-%_"\'' }));
    const { correlationId } = head;
    t.deepEqual(await store.list({ correlationId: correlationId ?? '' }, null, 10), [head]);
  });

  test(`${name}: keys that mean something to JavaScript stay plain own properties`, async (t) => {
    const store = await open(t);
    const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":null}';
    const input: JsonObject = JSON.parse(text);
    const back = await roundTrip(t, store, input);
    t.is(JSON.stringify(back), text);
    t.true(isJsonObject(back) && Object.hasOwn(back, '__proto__'));
    t.is(Object.getPrototypeOf(back), Object.prototype);
    t.false('polluted' in {});
    await store.saveDefinition({ definitionId: 'd', version: 1, source: input, createdAt: NOW });
    t.is(JSON.stringify((await store.findDefinition('d', 1))?.source), text);
  });

  test(`${name}: any JSON comes back as it went in`, async (t) => {
    const store = await open(t);
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
        const text = JSON.stringify({ value });
        t.is(JSON.stringify(await roundTrip(t, store, JSON.parse(text))), text);
      }),
      { numRuns: 50 },
    );
  });

  test(`${name}: an event of 200 KiB is nothing special`, async (t) => {
    const store = await open(t);
    const lines = Array.from({ length: 2000 }, (_, index) => ({
      sku: `SKU-${index}`,
      pad: 'ü'.repeat(40),
    }));
    const input = { lines };
    t.true(Buffer.byteLength(JSON.stringify(input)) > 200 * 1024);
    t.deepEqual(await roundTrip(t, store, input), input);
  });

  test(`${name}: what was handed in or given out may be changed without harm to the store`, async (t) => {
    const store = await open(t);
    const input = { nested: { list: ['before'] } };
    const start = { ...remembered('key', { response: input }) };
    const commit = {
      ...start,
      head: { ...start.head },
      events: creation({ ...start.head, input }).events,
    };
    await committed(t, store, commit);
    const source = { nested: { list: ['before'] } };
    await store.saveDefinition({ definitionId: 'd', version: 1, source, createdAt: NOW });
    const { workflowId } = commit.head;

    const read = async () => ({
      log: await store.readLog(workflowId, 0),
      logs: (await store.readLogs([workflowId])).get(workflowId),
      feed: (await store.readFeed(null, 10)).events,
      list: await store.list({}, null, 10),
      record: await store.findIdempotency('key', NOW),
      definition: await store.findDefinition('d', 1),
      definitions: await store.listDefinitions(),
    });
    const before = structuredClone(await read());
    for (const given of [input, source, commit.head, await read()]) deface(given);
    t.deepEqual(await read(), before);
  });
}

async function roundTrip(t: ExecutionContext, store: Store, input: JsonObject): Promise<Json> {
  const { workflowId } = await committed(t, store, creation({ input }));
  const [recorded] = await store.readLog(workflowId, 0);
  const event = recorded?.event;
  return event?.type === 'WorkflowCreated' ? event.input : null;
}

/** Changes every string and number within, and empties every array. */
function deface(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    deface(inner);
    if (typeof inner !== 'object') Reflect.set(value, key, 'defaced');
  }
  if (Array.isArray(value)) value.length = 0;
}
