import test from 'ava';
import {
  bypassesBatch,
  compareOrders,
  DEFAULT_BATCH_SIZE,
  isWavelessPaused,
  wavelessBatchSize,
  wavelessIntervalMs,
  type WaitingOrder,
} from '#domain/policy/waveless.ts';

/** size, score, batch */
for (const [size, score, batch] of [
  [DEFAULT_BATCH_SIZE, 0, 20],
  [DEFAULT_BATCH_SIZE, 49.9, 20],
  [DEFAULT_BATCH_SIZE, 50, 10],
  [DEFAULT_BATCH_SIZE, 84.9, 10],
  [DEFAULT_BATCH_SIZE, 85, 5],
  [DEFAULT_BATCH_SIZE, 94.9, 5],
  [DEFAULT_BATCH_SIZE, 95, 2],
  [DEFAULT_BATCH_SIZE, 100, 2],
  [20, 10, 20],
  [1, 95, 1],
  [3, 85, 1],
  [50, 60, 20],
] as const) {
  test(`a size of ${size} at a load of ${score} makes batches of ${batch}`, (t) => {
    t.is(wavelessBatchSize(size, score), batch);
  });
}

for (const [waiting, intervalMs] of [
  [0, 2000],
  [9, 2000],
  [10, 1000],
  [50, 1000],
  [51, 1000],
  [100, 1000],
  [101, 500],
] as const) {
  test(`with ${waiting} waiting a batch goes every ${intervalMs} ms`, (t) => {
    t.is(wavelessIntervalMs(waiting), intervalMs);
  });
}

test('release pauses at a load of 95 or an error rate of 0.5', (t) => {
  t.true(isWavelessPaused(94.9, 0.49) === false);
  t.true(isWavelessPaused(95, 0) === true);
  t.true(isWavelessPaused(0, 0.5) === true);
});

test('figures that are none are refused', (t) => {
  for (const bad of [Number.NaN, -1, Infinity]) {
    t.like(wavelessBatchSize(10, bad), { kind: 'refused' });
    t.like(wavelessBatchSize(bad, 10), { kind: 'refused' });
    t.like(wavelessIntervalMs(bad), { kind: 'refused' });
    t.like(isWavelessPaused(bad, 0), { kind: 'refused' });
    t.like(isWavelessPaused(0, bad), { kind: 'refused' });
  }
  t.like(wavelessBatchSize(0, 10), { kind: 'refused' });
});

const NOW = 1_000_000;

function order(workflowId: string, priority: WaitingOrder['priority'], ageMs: number) {
  return { workflowId, priority, waitingSince: NOW - ageMs };
}

test('HIGH goes first, then NORMAL, then LOW, and the older before the younger', (t) => {
  const sorted = [
    order('low-old', 'LOW', 50),
    order('normal-young', 'NORMAL', 1),
    order('high', 'HIGH', 0),
    order('normal-b', 'NORMAL', 9),
    order('normal-a', 'NORMAL', 9),
  ].toSorted(compareOrders);
  t.deepEqual(
    sorted.map((one) => one.workflowId),
    ['high', 'normal-a', 'normal-b', 'normal-young', 'low-old'],
  );
});

test('HIGH bypasses the batch, and so does what has waited more than a minute', (t) => {
  t.true(bypassesBatch(order('a', 'HIGH', 0), NOW));
  t.false(bypassesBatch(order('a', 'NORMAL', 60_000), NOW));
  t.true(bypassesBatch(order('a', 'LOW', 60_001), NOW));
});
