import test from 'ava';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { DEAD_LETTER_HEADERS } from '#application/dead-letters/dead-letter.ts';
import { BusUnavailableError, type BusMessage } from '#application/ports/event-bus.ts';
import { beginRelayTerm } from '#application/relay/relay-term.ts';
import { paused } from '#test/contracts/workflow-store/fixtures.ts';
import {
  DEAD,
  happen,
  relayOn,
  startedWorkflow,
  TOPIC,
} from '#test/application/relay/filled-store.ts';

test('published events leave in log order, under the id of their place in the log and the key of their workflow', async (t) => {
  const { store, bus, begin } = relayOn();
  const [a, b] = [await startedWorkflow(store), await startedWorkflow(store)];
  await happen(store, a, [paused('one'), paused('two')]);
  await happen(store, b, [paused('three')]);
  const term = await begin();
  t.is(await term.publishNext(), 'idle');
  t.deepEqual(bus.sent.map(idOf), [
    `${a.workflowId}.2`,
    `${b.workflowId}.2`,
    `${a.workflowId}.3`,
    `${a.workflowId}.4`,
    `${b.workflowId}.3`,
  ]);
  for (const message of bus.sent) {
    t.is(message.topic, TOPIC);
    t.true(idOf(message).startsWith(`${String(message.key)}.`));
  }
});

test('an event is structured JSON with the context of its workflow', async (t) => {
  const { store, bus, begin } = relayOn();
  const { workflowId } = await startedWorkflow(store);
  await (await begin()).publishNext();
  const event = JSON.parse(String(bus.sent[0]?.value));
  t.is(event.specversion, '1.0');
  t.is(event.type, 'com.paklog.wes.orchestration.workflow.started');
  t.is(event.subject, `workflow/${workflowId}`);
  t.is(event.data.workflowDefinitionId, 'order-fulfillment');
  t.is(bus.sent[0]?.headers.get('content-type'), 'application/cloudevents+json; charset=utf-8');
});

test('in binary mode the attributes are headers and the value is the data', async (t) => {
  const { store, bus, parts } = relayOn();
  const { workflowId } = await startedWorkflow(store);
  const term = await beginRelayTerm({ ...parts, outgoing: { topic: TOPIC, format: 'binary' } });
  await term.publishNext();
  const [message] = bus.sent;
  t.deepEqual(Object.fromEntries(message?.headers ?? []), {
    ce_specversion: '1.0',
    ce_id: `${workflowId}.2`,
    ce_source: '/wes/orchestration/workflows',
    ce_type: 'com.paklog.wes.orchestration.workflow.started',
    ce_subject: `workflow/${workflowId}`,
    ce_time: new Date(1_750_000_000_001).toISOString(),
    'content-type': 'application/json',
  });
  t.is(JSON.parse(String(message?.value)).eventType, 'WorkflowStarted');
});

test('what is published once is not published again by the next term', async (t) => {
  const { store, bus, begin } = relayOn();
  const head = await startedWorkflow(store);
  await (await begin()).publishNext();
  const next = await begin();
  t.is(await next.publishNext(), 'idle');
  t.is(bus.sent.length, 1);
  await happen(store, head, [paused('later')]);
  await next.publishNext();
  t.is(bus.sent.length, 2);
});

test('a long backlog goes out page by page, in order', async (t) => {
  const { store, bus, begin } = relayOn();
  let head = await startedWorkflow(store);
  for (let index = 0; index < 12; index += 1) {
    head = await happen(
      store,
      head,
      Array.from({ length: 100 }, () => paused('again')),
    );
  }
  const term = await begin();
  const outcomes = [await term.publishNext(), await term.publishNext(), await term.publishNext()];
  t.deepEqual(outcomes, ['more', 'more', 'idle']);
  t.deepEqual(
    bus.sent.map(idOf),
    Array.from({ length: 1201 }, (_, index) => `${head.workflowId}.${index + 2}`),
  );
});

for (const fate of ['away', 'response lost', 'half'] as const) {
  test(`the bus is ${fate}: nothing is left out, the same page is published again`, async (t) => {
    const { store, bus, begin } = relayOn();
    const head = await startedWorkflow(store);
    await happen(store, head, [paused('one'), paused('two')]);
    const term = await begin();
    bus.meet(fate);
    await t.throwsAsync(term.publishNext(), { instanceOf: BusUnavailableError });
    t.is(await store.readCursor('relay'), null);
    await term.publishNext();
    t.deepEqual(
      [...new Set(bus.sent.map(idOf))],
      [2, 3, 4].map((n) => `${head.workflowId}.${n}`),
    );
  });
}

test('a term is over as soon as another has begun; what it still sends are repetitions', async (t) => {
  const { store, bus, begin } = relayOn();
  const head = await startedWorkflow(store);
  const old = await begin();
  const next = await begin();
  await happen(store, head, [paused('one')]);
  t.is(await old.publishNext(), 'over');
  t.is(await store.readCursor('relay'), null, 'an old term moves no cursor');
  t.is(await next.publishNext(), 'idle');
  t.is(await next.publishNext(), 'idle');
  const ids = [`${head.workflowId}.2`, `${head.workflowId}.3`];
  t.deepEqual(bus.sent.map(idOf), [...ids, ...ids]);
});

test('an event that the bus refuses is a dead letter in its turn, and holds up nothing', async (t) => {
  const { store, bus, logger, begin } = relayOn();
  const head = await startedWorkflow(store);
  const large = 'x'.repeat(5000);
  await happen(store, head, [paused('one'), paused(large), paused('three')]);
  bus.refuse(({ topic, value }) => topic === TOPIC && String(value).length > 4000);
  t.is(await (await begin()).publishNext(), 'idle');

  const [letter, ...others] = bus.sent.filter(({ topic }) => topic === DEAD);
  t.deepEqual(others, []);
  t.is(letter?.value, null);
  t.is(letter?.key, head.workflowId);
  const headers = Object.fromEntries(letter?.headers ?? []);
  t.is(headers[DEAD_LETTER_HEADERS.reason], 'refused-by-bus');
  t.is(headers[DEAD_LETTER_HEADERS.detail], 'MESSAGE_TOO_LARGE');
  t.is(headers[DEAD_LETTER_HEADERS.topic], TOPIC);
  t.true(Number(headers[DEAD_LETTER_HEADERS.omitted]) > 5000);
  t.is(headers['ce_id'], `${head.workflowId}.4`);
  t.is(headers['ce_type'], 'com.paklog.wes.orchestration.workflow.paused');
  const sent = bus.sent.filter(({ topic }) => topic === TOPIC).map(idOf);
  t.deepEqual(
    sent,
    [2, 3, 5].map((version) => `${head.workflowId}.${version}`),
  );
  t.true(
    logger.lines.some(
      ({ level, fields }) => level === 'error' && fields.workflowId === head.workflowId,
    ),
  );
});

test('an event whose workflow can not be read is a dead letter, and holds up nothing', async (t) => {
  const { store, bus, parts } = relayOn();
  const head = await startedWorkflow(store);
  await happen(store, head, [paused('one')]);
  const blind = { ...parts, workflows: { loadMany: async () => new Map() } };
  await (await beginRelayTerm(blind)).publishNext();
  t.deepEqual(
    bus.sent.map(({ topic, headers }) => [topic, headers.get(DEAD_LETTER_HEADERS.reason)]),
    [
      [DEAD, 'unpublishable'],
      [TOPIC, undefined],
    ],
  );
});

test('large pages are sent in batches that a broker takes', async (t) => {
  const { store, bus, begin } = relayOn();
  const head = await startedWorkflow(store);
  await happen(
    store,
    head,
    Array.from({ length: 30 }, () => paused('x'.repeat(100_000))),
  );
  const sizes: number[] = [];
  const { publish } = bus;
  bus.publish = (messages) => {
    sizes.push(messages.reduce((sum, { value }) => sum + String(value).length, 0));
    return publish(messages);
  };
  await (await begin()).publishNext();
  t.is(bus.sent.length, 31);
  t.true(sizes.length >= 6 && Math.max(...sizes) <= 512 * 1024, sizes.join());
});

test('a feed that repeats events leads to repetitions under the same ids', async (t) => {
  const store = createMemoryStore();
  const { bus, parts } = relayOn(store);
  const head = await startedWorkflow(store);
  await happen(store, head, [paused('one')]);
  const repeating = {
    ...store,
    readFeed: async (after: string | null, limit: number) => {
      const page = await store.readFeed(after, limit);
      return { ...page, events: [...page.events, ...page.events] };
    },
  };
  await (await beginRelayTerm({ ...parts, store: repeating })).publishNext();
  t.deepEqual([...new Set(bus.sent.map(idOf))], [`${head.workflowId}.2`, `${head.workflowId}.3`]);
});

function idOf({ value }: BusMessage): string {
  return JSON.parse(String(value)).id;
}
