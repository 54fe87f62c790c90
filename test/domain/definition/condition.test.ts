import test from 'ava';
import fc from 'fast-check';
import { holds } from '#domain/definition/condition.ts';
import type { Condition } from '#domain/definition/definition.ts';
import type { Json, JsonObject } from '#domain/json.ts';

const SCOPE: JsonObject = {
  input: { gift: true, total: 100, sku: 'B', none: null, tags: ['a', { b: 1 }], lines: [{ q: 1 }] },
};
const NOWHERE = { $from: '/input/absent' };
const at = (pointer: string) => ({ $from: `/input/${pointer}` });

const TRUE: readonly Condition[] = [
  { equals: [at('gift'), true] },
  { equals: [at('lines'), [{ q: 1 }]] },
  { equals: [at('none'), null] },
  {
    equals: [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
  },
  { in: [at('sku'), ['A', 'B']] },
  { in: [{ b: 1 }, at('tags')] },
  { exists: at('none') },
  { gt: [at('total'), 99.5] },
  { lt: [at('total'), 101] },
  { gt: [at('sku'), 'A'] },
  { lt: ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'] },
  { not: { equals: [NOWHERE, 1] } },
  { all: [] },
  { all: [{ exists: at('sku') }, { gt: [at('total'), 1] }] },
  { any: [{ exists: NOWHERE }, { exists: at('sku') }] },
  { equals: [{ $from: '/input/absent', $default: 1 }, 1] },
];

const FALSE: readonly Condition[] = [
  { equals: [at('total'), '100'] },
  { in: [at('sku'), 'ABC'] },
  { in: ['B', { B: 1 }] },
  { in: [1, ['1']] },
  { exists: NOWHERE },
  { gt: [at('total'), 100] },
  { lt: [at('total'), 100] },
  { gt: [at('total'), '1'] },
  { gt: [at('gift'), false] },
  { lt: [null, 1] },
  { any: [] },
  { all: [{ exists: at('sku') }, { exists: NOWHERE }] },
  { any: [{ exists: NOWHERE }] },
];

for (const condition of TRUE) {
  test(`holds: ${JSON.stringify(condition)}`, (t) => {
    t.true(holds(condition, SCOPE));
  });
}

for (const condition of FALSE) {
  test(`does not hold: ${JSON.stringify(condition)}`, (t) => {
    t.false(holds(condition, SCOPE));
  });
}

test('no comparison with a missing operand holds, on either side', (t) => {
  const operands: readonly [Json, Json][] = [
    [NOWHERE, 1],
    [1, NOWHERE],
    [NOWHERE, NOWHERE],
    [[NOWHERE], [1]],
  ];
  for (const pair of operands) {
    t.false(holds({ equals: pair }, SCOPE));
    t.false(holds({ in: pair }, SCOPE));
    t.false(holds({ gt: pair }, SCOPE));
    t.false(holds({ lt: pair }, SCOPE));
  }
});

const number = fc.double({ noNaN: true });

test('numbers are less, equal or greater, and just one of it', (t) => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      const relations = [
        holds({ lt: [a, b] }, {}),
        holds({ equals: [a, b] }, {}),
        holds({ gt: [a, b] }, {}),
      ];
      t.is(relations.filter(Boolean).length, 1);
    }),
  );
});

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...TRUE, ...FALSE),
    fc.record({ not: tie('condition') }),
    fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
  ),
}));

test('not, all and any obey the laws of De Morgan', (t) => {
  fc.assert(
    fc.property(fc.array(condition, { maxLength: 4 }), (parts) => {
      const noneHolds = holds({ not: { any: parts } }, SCOPE);
      t.is(noneHolds, holds({ all: parts.map((part) => ({ not: part })) }, SCOPE));
      t.is(
        noneHolds,
        parts.every((part) => !holds(part, SCOPE)),
      );
    }),
  );
});
