import test from 'ava';
import { relaxedWeight, shiftWeights } from '#domain/policy/rebalance.ts';

const instance = (url: string, score: number | null, weight = 1) => ({ url, score, weight });
const sharesOf = (weights: ReadonlyMap<string, number> | null) =>
  weights && Object.fromEntries([...weights].map(([url, weight]) => [url, weight.toFixed(2)]));

test('a heavy instance gives shares to an idle one, by the loads that SPEC 4 wants', (t) => {
  // 96 -> 68 and 20 -> 59.5: 0.708 and 2.975, whose mean is made 1
  t.deepEqual(sharesOf(shiftWeights([instance('a', 96), instance('b', 20)], null)), {
    a: '0.38',
    b: '1.62',
  });
});

test('instances that are as they should be keep their shares', (t) => {
  t.is(shiftWeights([instance('a', 60), instance('b', 80)], null), null);
});

test('one instance has nobody to give to, nor have several of which only one is known', (t) => {
  t.is(shiftWeights([instance('a', 99)], null), null);
  t.is(shiftWeights([instance('a', 99), instance('b', null)], null), null);
});

test('an instance of which nothing is known keeps its weight, as far as the mean allows', (t) => {
  const weights = shiftWeights([instance('a', 96), instance('b', 20), instance('c', null)], null);
  t.deepEqual(sharesOf(weights), { a: '0.45', b: '1.91', c: '0.64' });
});

test('a share goes back to 1, two thirds of the way in ten minutes, and never beyond', (t) => {
  t.is(relaxedWeight(0.4, 0), 0.4);
  t.is(relaxedWeight(0.4, 600_000).toFixed(2), '0.78');
  t.is(relaxedWeight(10, 600_000).toFixed(2), '4.31');
  t.is(relaxedWeight(0.1, 86_400_000).toFixed(6), '1.000000');
  t.is(relaxedWeight(0.4, -5), 0.4, 'a clock that was set back');
});

test('a target that somebody names holds for all', (t) => {
  const weights = shiftWeights([instance('a', 80), instance('b', 40)], 60);
  t.deepEqual(sharesOf(weights), { a: '0.67', b: '1.33' });
});

test('shares build up over several rebalancings and stay within bounds', (t) => {
  let shares = new Map([
    ['a', 1],
    ['b', 1],
  ]);
  for (let round = 0; round < 20; round += 1) {
    const instances = [instance('a', 100, shares.get('a')), instance('b', 0, shares.get('b'))];
    shares = new Map(shiftWeights(instances, null) ?? shares);
  }
  t.is(shares.get('a'), 0.1);
  t.true((shares.get('b') ?? 0) <= 10);
});

for (const target of [0, 100]) {
  test(`a target of ${target} moves what can be moved`, (t) => {
    const weights = shiftWeights([instance('a', 50), instance('b', 0)], target);
    t.true([...(weights?.values() ?? [])].every((weight) => weight >= 0.1 && weight <= 10));
  });
}
