import test from 'ava';
import fc from 'fast-check';
import { createFeedWindow, type StreamEvent } from '#api/stream/feed-window.ts';

function events(from: number, count: number, text: string | null = 'x'): StreamEvent[] {
  return Array.from({ length: count }, (_, n) => ({
    position: `p${from + n}`,
    workflowId: 'w',
    text,
  }));
}

test('a reader that goes from its last position on sees every event once, or is told that it fell out', (t) => {
  const sizes = fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 30 });
  fc.assert(
    fc.property(
      sizes,
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 5 }),
      (batches, kept, limit) => {
        const window = createFeedWindow('p0', { events: kept, characters: 1_000_000 });
        let total = 0;
        for (const size of batches) {
          window.append(events(total + 1, size));
          total += size;
        }
        for (let start = 0; start <= total; start += 1) {
          const next = window.after(`p${start}`, limit);
          const isKept = start >= total - kept;
          t.deepEqual(next, isKept ? events(start + 1, Math.min(limit, total - start)) : null);
        }
        t.is(window.end(), `p${total}`);
      },
    ),
  );
});

test('the beginning of an empty feed is a position too', (t) => {
  const window = createFeedWindow(null, { events: 10, characters: 100 });
  t.deepEqual(window.after(null, 10), []);
  window.append(events(1, 2));
  t.deepEqual(window.after(null, 10), events(1, 2));
});

test('bulky events push older ones out before their number does', (t) => {
  const window = createFeedWindow('p0', { events: 1000, characters: 100 });
  window.append(events(1, 5, 'x'.repeat(40)));
  t.is(window.after('p2', 10), null);
  t.is(window.after('p3', 10)?.length, 2);
});
