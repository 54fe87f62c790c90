import test from 'ava';
import {
  leastLoaded,
  shouldRebalance,
  shouldTripCircuitBreaker,
  targetLoad,
} from '#domain/policy/load-balancing.ts';
import { metrics, metricsOfScore } from '#test/domain/policy/readings.ts';

test('an overloaded instance calls for rebalancing', (t) => {
  t.false(shouldRebalance([metricsOfScore(94.9)]));
  t.true(shouldRebalance([metricsOfScore(95)]));
  t.false(shouldRebalance([]));
});

test('so do two instances of one service more than 30 points apart', (t) => {
  t.false(shouldRebalance([metricsOfScore(20.3), metricsOfScore(50.3)]));
  t.true(shouldRebalance([metricsOfScore(20.3), metricsOfScore(50.4)]));
});

test('different services may differ as they like', (t) => {
  const picking = metricsOfScore(80, { serviceName: 'picking-service' });
  t.false(shouldRebalance([metricsOfScore(0), picking]));
});

for (const [score, target] of [
  [0, 59.5],
  [42.4, 59.5],
  [42.5, 42.5],
  [60, 60],
  [85, 85],
  [85.1, 85],
  [95, 85],
  [95.1, 68],
  [100, 68],
] as const) {
  test(`a load of ${score} is to become ${target}`, (t) => {
    t.is(targetLoad(score), target);
  });
}

for (const score of [Number.NaN, -1, 100.1, Infinity]) {
  test(`a load of ${score} is refused`, (t) => {
    t.like(targetLoad(score), { kind: 'refused' });
  });
}

test('a new call goes to the least loaded instance that accepts work', (t) => {
  const failing = metrics({ serviceId: 'failing', errorRate: 0.5 });
  const busy = metricsOfScore(60, { serviceId: 'busy' });
  const idle = metricsOfScore(30, { serviceId: 'idle' });
  const alsoIdle = metricsOfScore(30, { serviceId: 'also-idle' });
  t.is(leastLoaded([failing, busy, idle, alsoIdle]), idle);
  t.is(leastLoaded([failing, metricsOfScore(85)]), null);
  t.is(leastLoaded([]), null);
});

test('half of ten calls failing trips the breaker', (t) => {
  t.true(shouldTripCircuitBreaker(0.5, 10) === true);
  t.true(shouldTripCircuitBreaker(0.49, 10) === false);
  t.true(shouldTripCircuitBreaker(1, 9) === false);
  t.like(shouldTripCircuitBreaker(Number.NaN, 10), { kind: 'refused' });
  t.like(shouldTripCircuitBreaker(0.5, -1), { kind: 'refused' });
});
