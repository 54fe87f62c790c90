import test from 'ava';
import { p90 } from '#domain/policy/expected-duration.ts';

test('nine of ten take at most as long', (t) => {
  t.is(p90([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]), 9);
  t.is(p90(Array.from({ length: 100 }, (_, index) => index + 1)), 90);
});

test('of fewer than ten nothing is concluded', (t) => {
  t.is(p90([1, 2, 3, 4, 5, 6, 7, 8, 9]), null);
  t.is(p90([]), null);
});
