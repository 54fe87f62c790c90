import test from 'ava';
import fc from 'fast-check';
import {
  ancestorsOf,
  dependenciesOf,
  dependencyOrder,
  dependentsOf,
  type GraphStep,
} from '#domain/definition/graph.ts';
import { randomDag } from '#test/domain/definition/random-dag.ts';

const DIAMOND: readonly GraphStep[] = [
  { stepId: 'd', dependencies: ['b', 'c'] },
  { stepId: 'a', dependencies: [] },
  { stepId: 'b', dependencies: ['a'] },
  { stepId: 'c', dependencies: ['a'] },
];

test('a diamond is sorted, with its dependents and ancestors', (t) => {
  const dependencies = dependenciesOf(DIAMOND);
  t.deepEqual(dependencyOrder(dependencies), { order: ['a', 'b', 'c', 'd'], cycles: [] });
  t.deepEqual(dependentsOf(dependencies).get('a'), ['b', 'c']);
  t.deepEqual(dependentsOf(dependencies).get('d'), []);
  t.deepEqual([...ancestorsOf(dependencies, ['b', 'c'])].toSorted(), ['a', 'b', 'c']);
  t.deepEqual(ancestorsOf(dependencies, []), new Set());
});

test('unknown and doubled dependencies are ignored, and of two steps of one id the first counts', (t) => {
  const dependencies = dependenciesOf([
    { stepId: 'a', dependencies: [] },
    { stepId: 'b', dependencies: ['a', 'a', 'nobody'] },
    { stepId: 'a', dependencies: ['b'] },
  ]);
  t.deepEqual(
    [...dependencies],
    [
      ['a', []],
      ['b', ['a']],
    ],
  );
  t.deepEqual([...ancestorsOf(dependencies, ['nobody', 'b'])].toSorted(), ['a', 'b']);
});

test('a cycle is named by its steps, in the order in which they need one another', (t) => {
  const { order, cycles } = dependencyOrder(
    dependenciesOf([
      { stepId: 'free', dependencies: [] },
      { stepId: 'behind', dependencies: ['x', 'free'] },
      { stepId: 'x', dependencies: ['y'] },
      { stepId: 'y', dependencies: ['z', 'free'] },
      { stepId: 'z', dependencies: ['x'] },
      { stepId: 'self', dependencies: ['self'] },
    ]),
  );
  t.deepEqual(order, ['free']);
  t.deepEqual(cycles, [['x', 'y', 'z'], ['self']]);
});

test('in every order of a DAG each step comes once, and after those it depends on', (t) => {
  fc.assert(
    fc.property(randomDag(30), (steps) => {
      const dependencies = dependenciesOf(steps);
      const { order, cycles } = dependencyOrder(dependencies);
      t.deepEqual(cycles, []);
      t.deepEqual(order.toSorted(), steps.map((step) => step.stepId).toSorted());
      for (const [index, stepId] of order.entries()) {
        const before = new Set(order.slice(0, index));
        const needed = dependencies.get(stepId) ?? [];
        t.true(needed.every((id) => before.has(id)));
        t.true([...ancestorsOf(dependencies, needed)].every((id) => before.has(id)));
      }
    }),
  );
});

test('dependents are dependencies read the other way round', (t) => {
  fc.assert(
    fc.property(randomDag(30), (steps) => {
      const dependencies = dependenciesOf(steps);
      const dependents = dependentsOf(dependencies);
      const forward = [...dependencies].flatMap(([id, needed]) => needed.map((n) => `${n}>${id}`));
      const backward = [...dependents].flatMap(([id, users]) => users.map((u) => `${id}>${u}`));
      t.deepEqual(backward.toSorted(), forward.toSorted());
    }),
  );
});

test('an edge that closes a circle makes a cycle of real edges', (t) => {
  fc.assert(
    fc.property(randomDag(20), fc.nat(), (steps, choice) => {
      const order = dependencyOrder(dependenciesOf(steps)).order;
      const last = order.at(-1 - (choice % Math.max(order.length, 1)));
      const dependencies = dependenciesOf(steps);
      const first = [...ancestorsOf(dependencies, last === undefined ? [] : [last])][0];
      if (last === undefined || first === undefined) return;
      const closed = dependenciesOf(
        steps.map((step) =>
          step.stepId === first ? { ...step, dependencies: [...step.dependencies, last] } : step,
        ),
      );
      const { cycles, order: sorted } = dependencyOrder(closed);
      t.true(cycles.length > 0);
      for (const cycle of cycles) {
        for (const [index, stepId] of cycle.entries()) {
          t.true(closed.get(stepId)?.includes(cycle[(index + 1) % cycle.length] ?? ''));
          t.false(sorted.includes(stepId));
        }
      }
    }),
  );
});

test('10,000 steps in a row, and in one circle, are sorted at once and without overflow', (t) => {
  const row = Array.from({ length: 10_000 }, (_, index) => ({
    stepId: `s${index}`,
    dependencies: index === 0 ? [] : [`s${index - 1}`],
  }));
  const started = performance.now();
  const dependencies = dependenciesOf(row.toReversed());
  t.is(dependencyOrder(dependencies).order.length, 10_000);
  t.is(ancestorsOf(dependencies, ['s9999']).size, 10_000);
  const circle = dependenciesOf([{ stepId: 's0', dependencies: ['s9999'] }, ...row.slice(1)]);
  t.is(dependencyOrder(circle).cycles[0]?.length, 10_000);
  t.true(performance.now() - started < 2000);
});
