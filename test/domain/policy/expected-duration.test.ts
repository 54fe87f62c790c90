import test from 'ava';
import { expectedDuration } from '#domain/policy/expected-duration.ts';

test('nine of ten take at most as long as the slow ones, one of ten as the fast ones', (t) => {
  t.deepEqual(expectedDuration([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]), { slowMs: 9, fastMs: 1 });
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  t.deepEqual(expectedDuration(hundred), { slowMs: 90, fastMs: 10 });
});

test('of fewer than ten nothing is concluded', (t) => {
  t.is(expectedDuration([1, 2, 3, 4, 5, 6, 7, 8, 9]), null);
  t.is(expectedDuration([]), null);
});
