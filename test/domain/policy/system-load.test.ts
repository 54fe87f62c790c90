import test from 'ava';
import {
  loadTrend,
  NO_LOAD_YET,
  recordLoad,
  systemFreeCapacity,
  type SystemLoad,
} from '#domain/policy/system-load.ts';
import { metrics, metricsOfScore } from '#test/domain/policy/readings.ts';

/** Snapshots of these scores, one a minute unless told otherwise. */
function loadOf(scores: readonly number[], everyMs = 60_000): SystemLoad {
  let load = NO_LOAD_YET;
  scores.forEach((score, index) => {
    const next = recordLoad(load, index * everyMs, [metricsOfScore(score)]);
    if ('kind' in next) throw new Error(next.reason);
    load = next;
  });
  return load;
}

test('the last 100 snapshots are kept', (t) => {
  const load = loadOf(Array.from({ length: 103 }, (_, index) => index % 50));
  t.is(load.snapshots.length, 100);
  t.is(load.snapshots[0]?.at, 3 * 60_000);
});

for (const [scores, trend] of [
  [[], 'STABLE'],
  [[10, 20, 40, 80], 'STABLE'],
  [[50, 50, 50, 50, 55], 'STABLE'],
  [[50, 50, 50, 50, 55.1], 'INCREASING'],
  [[50, 70, 70, 70, 55.1], 'INCREASING'],
  [[90, 50, 90, 90, 90, 56], 'INCREASING'],
  [[0, 0, 0, 0, 0], 'STABLE'],
  [[0, 0, 0, 0, 1], 'INCREASING'],
  [[60, 60, 60, 60, 52], 'DECREASING'],
  [[60, 60, 60, 60, 53], 'STABLE'],
] as const) {
  test(`scores ${scores.join(', ') || 'none'}: ${trend}`, (t) => {
    t.is(loadTrend(loadOf(scores)), trend);
  });
}

test('exactly 90 % of the mean is not yet decreasing', (t) => {
  // 42, 40, 40, 42 and 36 have the mean 40, and 36 is 90 % of it
  t.is(loadTrend(loadOf([42, 40, 40, 42, 36])), 'STABLE');
  t.is(loadTrend(loadOf([42, 40, 40, 42, 35.9])), 'DECREASING');
});

test('only the last five minutes make the mean', (t) => {
  // one a minute: of eight snapshots the last five count, and those are level
  t.is(loadTrend(loadOf([80, 80, 80, 40, 40, 40, 40, 40])), 'STABLE');
  // one a second: all eight count
  t.is(loadTrend(loadOf([80, 80, 80, 40, 40, 40, 40, 40], 1000)), 'DECREASING');
});

test('free capacity of the system is the mean over its instances', (t) => {
  const load = recordLoad(NO_LOAD_YET, 0, [metricsOfScore(20), metricsOfScore(60)]);
  t.is('kind' in load ? null : systemFreeCapacity(load), 60);
  t.is(systemFreeCapacity(NO_LOAD_YET), 100);
});

test('a snapshot without readings, of no time or out of order is refused', (t) => {
  const load = loadOf([10, 10]);
  t.like(recordLoad(load, 70_000, []), { kind: 'refused' });
  t.like(recordLoad(load, Number.NaN, [metrics()]), { kind: 'refused' });
  t.like(recordLoad(load, 59_999, [metrics()]), { kind: 'refused' });
  t.false('kind' in recordLoad(load, 60_000, [metrics()]));
});
