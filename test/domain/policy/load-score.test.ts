import test from 'ava';
import fc from 'fast-check';
import {
  acceptsWork,
  freeCapacity,
  isOverloaded,
  loadMetrics,
  loadScore,
  needsRebalancing,
  serviceHealth,
  type LoadReading,
} from '#domain/policy/load-score.ts';
import { metrics, metricsOfScore, reading } from '#test/domain/policy/readings.ts';

test('the score weighs cpu and memory 0.3 each, queue and errors 0.2 each', (t) => {
  t.is(loadScore(metrics({ cpuUsagePercent: 100 })), 30);
  t.is(loadScore(metrics({ memoryUsagePercent: 50 })), 15);
  t.is(loadScore(metrics({ queueDepth: 500 })), 10);
  t.is(loadScore(metrics({ errorRate: 0.25 })), 5);
});

test('a queue counts as full from 1000 on', (t) => {
  t.is(loadScore(metrics({ queueDepth: 999 })), 19.98);
  t.is(loadScore(metrics({ queueDepth: 1000 })), 20);
  t.is(loadScore(metrics({ queueDepth: 1_000_000 })), 20);
});

test('the sum of the parts is exact: 0.57 errors on a full machine are 91.4', (t) => {
  t.is(
    loadScore(
      metrics({
        cpuUsagePercent: 100,
        memoryUsagePercent: 100,
        queueDepth: 1000,
        errorRate: 0.57,
      }),
    ),
    91.4,
  );
});

/** score, overloaded, needs rebalancing, free capacity */
const THRESHOLDS = [
  [0, false, false, 100],
  [84.9, false, false, 15.1],
  [85, false, true, 15],
  [94.9, false, true, 5.1],
  [95, true, true, 5],
  [100, true, true, 0],
] as const;

for (const [score, overloaded, rebalance, free] of THRESHOLDS) {
  test(`a score of ${score}: overloaded ${overloaded}, needs rebalancing ${rebalance}, ${free} free`, (t) => {
    const instance = metricsOfScore(score);
    t.is(loadScore(instance), score);
    t.is(isOverloaded(instance), overloaded);
    t.is(needsRebalancing(instance), rebalance);
    t.is(Math.round(freeCapacity(instance) * 1e6) / 1e6, free);
  });
}

test('an instance accepts work below a score of 85 and an error rate of 0.5', (t) => {
  t.true(acceptsWork(metricsOfScore(84.9)));
  t.false(acceptsWork(metricsOfScore(85)));
  t.true(acceptsWork(metrics({ errorRate: 0.49 })));
  t.false(acceptsWork(metrics({ errorRate: 0.5 })));
});

test('health: overload is graver than errors, errors graver than load', (t) => {
  t.is(serviceHealth(metricsOfScore(95)), 'CRITICAL');
  t.is(serviceHealth(metrics({ errorRate: 1, cpuUsagePercent: 100 })), 'DEGRADED');
  t.is(serviceHealth(metrics({ errorRate: 0.51 })), 'DEGRADED');
  t.is(serviceHealth(metrics({ errorRate: 0.5 })), 'HEALTHY');
  t.is(serviceHealth(metricsOfScore(85)), 'WARNING');
  t.is(serviceHealth(metricsOfScore(84.9)), 'HEALTHY');
});

for (const [name, value] of [
  ['cpuUsagePercent', Number.NaN],
  ['cpuUsagePercent', 100.1],
  ['memoryUsagePercent', -1],
  ['activeRequests', -1],
  ['queueDepth', Infinity],
  ['averageResponseTimeMs', Number.NaN],
  ['errorRate', 1.01],
  ['timestamp', -1],
] as const) {
  test(`a reading with ${name} ${value} is refused by name`, (t) => {
    const result = loadMetrics(reading({ [name]: value }));
    t.like(result, { kind: 'refused' });
    t.regex('reason' in result ? result.reason : '', new RegExp(`^${name} `));
  });
}

test('all faults of a reading are named together', (t) => {
  const result = loadMetrics(reading({ cpuUsagePercent: -1, errorRate: 2 }));
  t.regex('reason' in result ? result.reason : '', /cpuUsagePercent .*; errorRate /);
});

const anyReading: fc.Arbitrary<LoadReading> = fc
  .record({
    cpuUsagePercent: fc.double({ min: 0, max: 100, noNaN: true }),
    memoryUsagePercent: fc.double({ min: 0, max: 100, noNaN: true }),
    queueDepth: fc.nat(5000),
    errorRate: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(reading);

test('scores lie within 0..100, and free capacity is the rest', (t) => {
  fc.assert(
    fc.property(anyReading, (figures) => {
      const instance = metrics(figures);
      const score = loadScore(instance);
      t.true(score >= 0 && score <= 100);
      t.is(freeCapacity(instance), 100 - score);
      t.true(!acceptsWork(instance) || !needsRebalancing(instance));
    }),
  );
});
