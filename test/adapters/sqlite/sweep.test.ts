import test from 'ava';
import { setTimeout as delay } from 'node:timers/promises';
import { createSweep } from '#adapters/sqlite/sweep.ts';

/** What expires, as numbers of rows that are left. */
function table(rows: number) {
  const left = { rows };
  const removed: number[] = [];
  const sweep = createSweep((_now, limit) => {
    const count = Math.min(limit, left.rows);
    left.rows -= count;
    removed.push(count);
    return count;
  });
  return { left, removed, sweep };
}

test('a backlog is removed bit by bit until nothing is left, never in one write', async (t) => {
  const { left, removed, sweep } = table(3500);
  let writes = 0;
  for (; left.rows > 0; writes += 1) {
    sweep(0);
    await delay(10);
  }
  t.deepEqual(removed, [1000, 1000, 1000, 500]);
  t.true(writes > removed.length, 'not with every write');
});

test('where nothing is left it is looked again only after a minute', (t) => {
  const { removed, sweep } = table(10);
  for (const now of [0, 1, 59_999, 60_000, 60_001]) sweep(now);
  t.deepEqual(removed, [10, 0]);
});
