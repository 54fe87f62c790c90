import test from 'ava';
import fc from 'fast-check';
import { FIRST_TURN, takeTurns, type LaneLine, type LaneTurns } from '#domain/policy/lane-turns.ts';

function line(lane: string, orders: number, weight = 1): LaneLine<string> {
  const numbers = Array.from({ length: orders }, (_, index) => `${lane}${index + 1}`);
  return { lane, weight, line: numbers };
}

test('lanes take turns, each in the order of its line', (t) => {
  const { taken } = takeTurns([line('B', 2), line('A', 3)], 4, FIRST_TURN);
  t.deepEqual(taken, ['A1', 'B1', 'A2', 'B2']);
});

test('the next batch goes on where the last one ended', (t) => {
  const lanes = [line('A', 9), line('B', 9), line('C', 9)];
  const first = takeTurns(lanes, 4, FIRST_TURN);
  t.deepEqual(first.taken, ['A1', 'B1', 'C1', 'A2']);
  t.deepEqual(takeTurns(lanes, 2, first.turns).taken, ['B1', 'C1']);
});

test('a lane of weight 2 gets two for one, also across batches', (t) => {
  const lanes = [line('A', 9, 2), line('B', 9)];
  const first = takeTurns(lanes, 1, FIRST_TURN);
  const second = takeTurns([line('A', 8, 2), line('B', 9)], 2, first.turns);
  t.deepEqual([...first.taken, ...second.taken], ['A1', 'A1', 'B1']);
});

test('a lane that has nothing to release loses its turn', (t) => {
  const { turns } = takeTurns([line('A', 1), line('B', 5)], 1, FIRST_TURN);
  t.deepEqual(takeTurns([line('A', 5), line('C', 5)], 2, turns).taken, ['C1', 'A1']);
});

test('nothing is taken of no lanes, and of an empty batch', (t) => {
  t.deepEqual(takeTurns([], 5, FIRST_TURN).taken, []);
  t.deepEqual(takeTurns([line('A', 3)], 0, FIRST_TURN).taken, []);
});

test('of lanes that always have orders none gets ahead of another by more than one turn', (t) => {
  const scene = fc.record({
    weights: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 2, maxLength: 6 }),
    batches: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 60 }),
  });
  fc.assert(
    fc.property(scene, ({ weights, batches }) => {
      const lanes = weights.map((weight, index) => line(`lane-${index}-`, 30, weight));
      const served = new Map(lanes.map(({ lane }) => [lane, 0]));
      let turns: LaneTurns = FIRST_TURN;
      for (const size of batches) {
        const step = takeTurns(lanes, size, turns);
        turns = step.turns;
        t.is(step.taken.length, size);
        for (const order of step.taken) {
          const owner = lanes.find(({ line: orders }) => orders.includes(order));
          if (owner) served.set(owner.lane, (served.get(owner.lane) ?? 0) + 1);
        }
        const shares = lanes.map(({ lane, weight }) => (served.get(lane) ?? 0) / weight);
        t.true(Math.max(...shares) - Math.min(...shares) <= 1 + 1e-9, shares.join(' '));
      }
    }),
  );
});
