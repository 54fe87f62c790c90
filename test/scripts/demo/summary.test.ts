import test from 'ava';
import fc from 'fast-check';
import { quantile } from '../../../scripts/demo/summary.ts';

test('a quantile is one of the values, with that share of them not above it', (t) => {
  const values = fc.array(fc.integer(), { minLength: 1 });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(values, share, (list, wanted) => {
      const found = quantile(list, wanted);
      if (found === null || !list.includes(found)) return false;
      return list.filter((value) => value <= found).length >= wanted * list.length;
    }),
  );
  t.is(quantile([4, 1, 3, 2], 0.5), 2);
  t.is(quantile([4, 1, 3, 2], 0.99), 4);
  t.is(quantile([], 0.5), null);
});
