import test from 'ava';
import { DEAD_LETTER_HEADERS } from '#application/dead-letters/dead-letter.ts';
import { handleBatch } from '#application/inbound/handle-batch.ts';
import type { IncomingEvent } from '#application/inbound/incoming-event.ts';
import { readTriggers } from '#application/inbound/read-triggers.ts';
import type { Reception } from '#application/inbound/receive-event.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { BusMessage, ReceivedMessage } from '#application/ports/event-bus.ts';
import { pause } from '#composition/pause.ts';
import { ORDERS, TRIGGERS } from '#test/application/inbound/inbound-engine.ts';
import { orderEvent, received } from '#test/application/inbound/messages.ts';
import { fakeEventBus } from '#test/support/fake-event-bus.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';

const DEAD = 'dead';
const DONE: Reception = { kind: 'done', outcome: 'started', workflowIds: ['w'] };
/** Of the handler's own pauses: an outage is looked at again every second. */
const OUTAGE_MS = 1000;

function setUp(receive: (event: IncomingEvent, attempt: number) => Promise<Reception>) {
  const read = readTriggers(TRIGGERS);
  if (read.kind === 'invalid') throw new Error(read.faults.join());
  const bus = fakeEventBus();
  const attempts = new Map<string, number>();
  const outage = { isOver: true };
  const handle = handleBatch({
    triggers: read.triggers,
    bus,
    deadLetterTopic: DEAD,
    clock: { now: () => 0 },
    logger: recordingLogger(),
    async receive(event) {
      const attempt = (attempts.get(event.id) ?? 0) + 1;
      attempts.set(event.id, attempt);
      return await receive(event, attempt);
    },
    patience: {
      attempts: 3,
      attemptLimitMs: 300,
      pauseMs: 1,
      pause: (ms, signal) => pause(ms === OUTAGE_MS ? 5 : ms, signal),
      isUp: async () => outage.isOver,
    },
  });
  const never = new AbortController().signal;
  return {
    bus,
    attempts,
    outage,
    handle: (all: readonly ReceivedMessage[], signal = never) => handle(all, signal),
  };
}

/** Order events, each `<key>/<event id>`, at offsets 0, 1, ... */
function batch(...events: readonly string[]): readonly ReceivedMessage[] {
  return events.map((event, index) => {
    const [key = '', id = ''] = event.split('/');
    return received(orderEvent('validated', key, { id }), { offset: String(index) });
  });
}

function header({ headers }: BusMessage, name: keyof typeof DEAD_LETTER_HEADERS): string {
  return String(headers.get(DEAD_LETTER_HEADERS[name]) ?? '');
}

test('events of one key are handled in their order, those of others beside them', async (t) => {
  const log: string[] = [];
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { handle } = setUp(async ({ id }) => {
    if (id === 'a1') await released;
    log.push(id);
    if (id === 'b2') release();
    return DONE;
  });
  t.is(await handle(batch('a/a1', 'a/a2', 'b/b1', 'b/b2')), 4);
  t.deepEqual(log, ['b1', 'b2', 'a1', 'a2']);
});

test('one that fails as often as it is tried is a dead letter, and holds up nobody', async (t) => {
  const { bus, attempts, handle } = setUp(async ({ id }) => {
    if (id === 'a1') throw new Error('it is poison');
    return DONE;
  });
  t.is(await handle(batch('a/a1', 'a/a2', 'b/b1')), 3);
  t.deepEqual(Object.fromEntries(attempts), { a1: 3, a2: 1, b1: 1 });
  const [letter] = bus.sent;
  if (letter === undefined) return t.fail();
  t.like(letter, { topic: DEAD });
  t.is(header(letter, 'reason'), 'failed');
  t.is(header(letter, 'detail'), 'it is poison');
  t.is(header(letter, 'topic'), ORDERS);
  t.is(`${header(letter, 'partition')}/${header(letter, 'offset')}`, '0/0');
  t.is(Buffer.from(letter.value ?? '').toString(), orderEvent('validated', 'a', { id: 'a1' }));
});

test('one that never ends is given up as well', async (t) => {
  const { bus, handle } = setUp(async ({ id }) =>
    id === 'a1' ? await new Promise<Reception>(() => {}) : DONE,
  );
  t.is(await handle(batch('a/a1', 'b/b1')), 2);
  t.regex(bus.sent.map((letter) => header(letter, 'detail')).join(), /took longer than 300 ms/);
});

test('one that fails now and then takes effect', async (t) => {
  const { bus, handle } = setUp(async (_event, attempt) => {
    if (attempt < 3) throw new Error('not yet');
    return DONE;
  });
  t.is(await handle(batch('a/a1')), 1);
  t.deepEqual(bus.sent, []);
});

test('while the store is away nothing is given up', async (t) => {
  const { bus, attempts, handle } = setUp(async (_event, attempt) => {
    if (attempt < 20) throw new StoreUnavailableError('away');
    return DONE;
  });
  t.is(await handle(batch('a/a1')), 1);
  t.is(attempts.get('a1'), 20);
  t.deepEqual(bus.sent, []);
});

test('a failure that does not say so counts as outage while the store does not answer', async (t) => {
  const { bus, outage, handle } = setUp(async (_event, attempt) => {
    outage.isOver = attempt > 10;
    if (attempt < 12) throw new Error('socket closed');
    return DONE;
  });
  t.is(await handle(batch('a/a1')), 1);
  t.deepEqual(bus.sent, []);
});

test('a refusal is a dead letter at once; while the bus is away it waits, and so does its key', async (t) => {
  const log: string[] = [];
  const { bus, handle } = setUp(async ({ id }) => {
    log.push(id);
    return id === 'a1' ? { kind: 'refuse', reason: 'rejected', detail: 'no such order' } : DONE;
  });
  bus.isDown = true;
  const handled = handle(batch('a/a1', 'a/a2'));
  await pause(50, new AbortController().signal);
  t.deepEqual(log, ['a1']);
  bus.isDown = false;
  t.is(await handled, 2);
  t.deepEqual(log, ['a1', 'a2']);
  t.deepEqual(
    bus.sent.map((letter) => [header(letter, 'reason'), header(letter, 'detail')]),
    [['rejected', 'no such order']],
  );
});

test('a letter that the dead-letter topic refuses is reduced to what is ours', async (t) => {
  const { bus, handle } = setUp(async () => DONE);
  bus.refuse(({ headers }) => headers.has('huge'));
  const message = received('no JSON', { headers: { huge: Buffer.alloc(2_000_000) } });
  t.is(await handle([message]), 1);
  const [letter] = bus.sent;
  if (letter === undefined) return t.fail();
  t.is(letter.value, null);
  t.is(header(letter, 'reason'), 'undecodable');
  t.is(header(letter, 'omitted'), '7');
});

test('stopped half-way it says how many are done, counted from the first', async (t) => {
  const stopping = new AbortController();
  const { handle } = setUp(async ({ id }) => {
    if (id === 'b1') {
      stopping.abort();
      throw new StoreUnavailableError('away');
    }
    return DONE;
  });
  const done = await handle(batch('a/a1', 'b/b1', 'c/c1', 'b/b2'), stopping.signal);
  t.true(done <= 1, 'b1 is not done, so nothing from it on may be called done');
});
