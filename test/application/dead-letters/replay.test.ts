import test from 'ava';
import { letterOf, unsentLetter } from '#application/dead-letters/dead-letter.ts';
import { readLetters, type StoredLetter } from '#application/dead-letters/read-letters.ts';
import { REPLAY_HEADER, replayLetter } from '#application/dead-letters/replay.ts';
import type { BusMessage, ReceivedMessage } from '#application/ports/event-bus.ts';
import { received } from '#test/application/inbound/messages.ts';
import { fakeEventBus } from '#test/support/fake-event-bus.ts';

const DEATH = { reason: 'rejected', detail: 'no such order', at: 1000 } as const;

/** As they come back out of the dead-letter topic, at offsets 0, 1, ... */
function stored(letters: readonly Omit<BusMessage, 'topic'>[]): readonly ReceivedMessage[] {
  return letters.map(({ key, value, headers }, index) => ({
    ...received(value, {
      topic: 'dead',
      offset: String(index),
      headers: Object.fromEntries(headers),
    }),
    key: key === null ? null : Buffer.from(key),
  }));
}

function only(letters: readonly StoredLetter[]): StoredLetter {
  const [letter] = letters;
  if (letter === undefined || letters.length > 1) throw new Error(`${letters.length} letters`);
  return letter;
}

test('a letter tells why it died, and where it came from', (t) => {
  const message = received('{"a":1}', { topic: 'orders', offset: '17', key: 'o-1' });
  const letter = only(readLetters(stored([letterOf(message, DEATH)])));
  t.like(letter, {
    place: '0/0',
    reason: 'rejected',
    detail: 'no such order',
    diedAt: '1970-01-01T00:00:01.000Z',
    origin: { topic: 'orders', partition: '0', offset: '17' },
    omittedBytes: null,
    replayed: false,
  });
});

test('sent again it is the message that it was, under the name that it had, and is noted', async (t) => {
  const bus = fakeEventBus();
  const headers = { 'content-type': 'application/json' };
  const message = received('{"a":1}', { topic: 'orders', offset: '17', key: 'o-1', headers });
  const letters = [letterOf(message, DEATH)];
  t.is(await replayLetter(bus, 'dead', only(readLetters(stored(letters)))), null);
  const [again, note] = bus.sent;
  if (again === undefined || note === undefined) return t.fail();
  t.is(again.topic, 'orders');
  t.is(Buffer.from(again.value ?? '').toString(), '{"a":1}');
  t.is(Buffer.from(again.key ?? '').toString(), 'o-1');
  t.deepEqual([...again.headers.keys()], ['content-type', REPLAY_HEADER]);
  t.is(again.headers.get(REPLAY_HEADER), 'orders/0/17');

  const later = readLetters(stored([...letters, note]));
  t.like(only(later), { place: '0/0', replayed: true });
});

test('one that dies again keeps the name that it had at first', async (t) => {
  const bus = fakeEventBus();
  const second = received('{}', {
    topic: 'orders',
    offset: '30',
    headers: { [REPLAY_HEADER]: 'orders/0/17' },
  });
  await replayLetter(bus, 'dead', only(readLetters(stored([letterOf(second, DEATH)]))));
  t.is(Buffer.from(bus.sent[0]?.headers.get(REPLAY_HEADER) ?? '').toString(), 'orders/0/17');
});

test('what can not be sent again says why', async (t) => {
  const bus = fakeEventBus();
  const large = letterOf(received('x'.repeat(950_000), { topic: 'orders', offset: '1' }), DEATH);
  const ours = unsentLetter({ topic: 'workflows', key: 'w', bytes: 5 }, new Map(), DEATH);
  const strange = { key: null, value: 'hello', headers: new Map<string, string>() };
  const letters = readLetters(stored([large, ours, strange]));
  const answers = await Promise.all(letters.map((letter) => replayLetter(bus, 'dead', letter)));
  t.regex(answers.join('\n'), /950000 bytes were too many to be kept: it is at orders\/0\/1/);
  t.regex(answers.join('\n'), /it is in the log of its workflow/);
  t.regex(answers.join('\n'), /does not say where it came from/);
  t.deepEqual(bus.sent, []);
});
