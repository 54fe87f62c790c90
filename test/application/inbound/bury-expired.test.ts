import test from 'ava';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { DEAD_LETTER_HEADERS } from '#application/dead-letters/dead-letter.ts';
import { readParked } from '#application/awaited/parked-event.ts';
import { buryExpired } from '#application/inbound/bury-expired.ts';
import { decodeMessage } from '#application/inbound/decode-message.ts';
import { inboundRecord } from '#application/inbound/inbound-record.ts';
import { receiveEvent } from '#application/inbound/receive-event.ts';
import { BusUnavailableError } from '#application/ports/event-bus.ts';
import { createFakeClock } from '#test/application/inbound/fake-clock.ts';
import { inboundEngine } from '#test/application/inbound/inbound-engine.ts';
import { received } from '#test/application/inbound/messages.ts';
import { fakeEventBus } from '#test/support/fake-event-bus.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';

/** As the trigger of the tests has it. */
const PARKED_MS = 60_000;

async function setUp() {
  const clock = createFakeClock();
  const store = createMemoryStore();
  const engine = await inboundEngine(store, clock.now);
  const bus = fakeEventBus();
  const logger = recordingLogger();
  const bury = buryExpired({ store, letters: { bus, topic: 'dead' }, clock, logger });
  const receive = async (value: string, offset: string) =>
    await receiveEvent(engine)(
      decodeMessage(received(value, { topic: 'task.completed', offset }), engine.triggers.bare),
    );
  return { clock, bus, bury, receive, engine, logger };
}

test('a parked event that nobody came for is a dead letter with its place, once its time is over', async (t) => {
  const { clock, bus, bury, receive } = await setUp();
  await receive('{"taskId":"T-1"}', '7');
  clock.move(PARKED_MS - 1);
  t.is(await bury(), 0);
  clock.move(1);
  t.is(await bury(), 1);
  t.is(await bury(), 0, 'and it is parked no more');
  const [letter] = bus.sent;
  t.is(letter?.headers.get(DEAD_LETTER_HEADERS.reason), 'unmatched');
  t.regex(
    String(letter?.headers.get(DEAD_LETTER_HEADERS.detail)),
    /key T-1 of warehouse-operations/,
  );
  t.is(letter?.headers.get(DEAD_LETTER_HEADERS.topic), 'task.completed');
  t.is(letter?.headers.get(DEAD_LETTER_HEADERS.offset), '7');
});

test('an event that a step has taken is no dead letter, though it was still parked', async (t) => {
  const { clock, bus, bury, receive, engine } = await setUp();
  await receive('{"taskId":"T-1"}', '7');
  const [parked] = await engine.store.expiredEvents(Number.MAX_SAFE_INTEGER, 1);
  const { event } = readParked(parked ?? t.fail());
  await engine.store.recordInbound(inboundRecord(event, 'taken by a step', clock.now()));
  clock.move(PARKED_MS);
  t.is(await bury(), 1);
  t.deepEqual(bus.sent, []);
  t.is(await bury(), 0);
});

test('without a bus the log keeps what nobody came for', async (t) => {
  const { clock, receive, engine, logger } = await setUp();
  await receive('{"taskId":"T-1"}', '7');
  clock.move(PARKED_MS);
  const bury = buryExpired({ store: engine.store, letters: null, clock, logger });
  t.is(await bury(), 1);
  t.is(await bury(), 0);
  const [line] = logger.lines;
  t.like(line, { level: 'warn', message: 'no step came for a parked event' });
  t.like(line?.fields, { key: 'T-1', event: { data: { taskId: 'T-1' } } });
});

test('such a letter, sent again, is the event that it was', async (t) => {
  const { clock, bus, bury, receive } = await setUp();
  await receive('{"taskId":"T-1"}', '7');
  clock.move(PARKED_MS);
  await bury();
  const value = String(bus.sent[0]?.value);
  t.like(JSON.parse(value), { id: 'task.completed/0/7', data: { taskId: 'T-1' } });
  t.deepEqual(await receive(value, '8'), { kind: 'parked' });
  t.deepEqual(await receive('{"taskId":"T-1"}', '7'), { kind: 'parked' });
  clock.move(PARKED_MS);
  t.is(await bury(), 1, 'it was there once');
});

test('while the bus is away an event stays parked', async (t) => {
  const { clock, bus, bury, receive } = await setUp();
  await receive('{"taskId":"T-1"}', '7');
  clock.move(PARKED_MS);
  bus.isDown = true;
  await t.throwsAsync(bury(), { instanceOf: BusUnavailableError });
  bus.isDown = false;
  t.is(await bury(), 1);
});
