import test from 'ava';
import fc from 'fast-check';
import { decayedLimit } from '#domain/policy/limit-decay.ts';

test('a limit holds for 15 s without a monitor, doubles every 6 s, and is normal again after 45 s', (t) => {
  const course = [0, 15, 21, 27, 33, 39, 45, 100].map((s) => decayedLimit(1, 15_000, 50, s * 1000));
  t.deepEqual(course, [1, 1, 2, 4, 8, 16, 50, 50]);
  t.is(decayedLimit(1, 15_000, null, 44_999), 31);
  t.is(decayedLimit(1, 15_000, null, 45_000), null, 'no limit in the registry: none');
});

test('whoever looks for the first time on the way goes on from there', (t) => {
  t.is(decayedLimit(4, 27_000, 50, 27_000), 4);
  t.is(decayedLimit(4, 27_000, 50, 33_000), 8);
});

test('it never falls, and never exceeds what the registry grants', (t) => {
  const second = fc.integer({ min: 0, max: 60_000 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.option(fc.integer({ min: 50, max: 90 })),
      second,
      second,
      (limit, normal, one, other) => {
        const [earlier, later] = [Math.min(one, other), Math.max(one, other)];
        const before = decayedLimit(limit, 15_000, normal, earlier) ?? Infinity;
        const after = decayedLimit(limit, 15_000, normal, later) ?? Infinity;
        t.true(limit <= before && before <= after && (normal === null || after <= normal));
      },
    ),
  );
});
