import test from 'ava';
import { clockWatch } from '#application/clock-watch.ts';
import { createFakeClock } from '#test/support/fake-clock.ts';

const AFTERMATH_MS = 5000;

/** A watch that has been asked for a while. */
function scene() {
  const clock = createFakeClock();
  const mayHoldLaterTimes = clockWatch(clock);
  const first = mayHoldLaterTimes();
  for (let asked = 0; asked < 6; asked += 1) {
    clock.move(1000);
    mayHoldLaterTimes();
  }
  return { clock, mayHoldLaterTimes, first };
}

test('in the beginning nobody knows what was before, nor after a pause', (t) => {
  const { clock, first, mayHoldLaterTimes } = scene();
  t.true(first);
  t.false(mayHoldLaterTimes());
  clock.move(5001);
  t.true(mayHoldLaterTimes());
});

test('a clock that is put back is noticed, and for some seconds after', (t) => {
  const { clock, mayHoldLaterTimes } = scene();
  clock.set(-60_000);
  t.true(mayHoldLaterTimes());
  clock.move(AFTERMATH_MS);
  t.true(mayHoldLaterTimes());
  clock.move(1);
  t.false(mayHoldLaterTimes());
});

test('time that passes, a clock put forward, and one put back by a little are nothing', (t) => {
  const { clock, mayHoldLaterTimes } = scene();
  clock.move(1000);
  t.false(mayHoldLaterTimes());
  clock.set(3_600_000);
  t.false(mayHoldLaterTimes());
  clock.set(-10_000);
  t.false(mayHoldLaterTimes());
});

test('many little steps back are noticed as one', (t) => {
  const { clock, mayHoldLaterTimes } = scene();
  const seen = Array.from({ length: 11 }, () => {
    clock.set(-1000);
    return mayHoldLaterTimes();
  });
  t.deepEqual(seen, [...Array.from({ length: 10 }, () => false), true]);
});
