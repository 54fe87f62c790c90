import test from 'ava';
import { approximateBytes, bytesGained } from '#application/approximate-bytes.ts';
import { decide, decideCreation } from '#domain/workflow/decide.ts';
import type { JsonObject } from '#domain/json.ts';
import { succeeds } from '#test/support/domain-commands.ts';
import { call, creationOf, definitionOf } from '#test/support/domain-definitions.ts';

const DEFINITION = definitionOf([call('a'), call('b', ['a'])]);

function stateWith(input: JsonObject) {
  return decideCreation(DEFINITION, 'w', creationOf(DEFINITION, { input }), 0).state;
}

test('it comes to about what the data takes as JSON', (t) => {
  const input = {
    lines: Array.from({ length: 2000 }, (_, n) => ({ sku: `SKU-${n}`, quantity: n })),
  };
  const bytes = approximateBytes(stateWith(input)) - approximateBytes(stateWith({}));
  const json = JSON.stringify(input).length;
  t.true(bytes > json / 2 && bytes < json * 3, `${bytes} for ${json}`);
});

test('replies of services count', (t) => {
  const before = stateWith({});
  const decision = decide(before, succeeds('a', { text: 'x'.repeat(100_000) }), 1);
  if (decision.kind === 'illegal') return t.fail();
  t.true(approximateBytes(decision.state) - approximateBytes(before) >= 100_000);
});

test('deep data is measured too', (t) => {
  let deep: JsonObject = { text: 'x'.repeat(100_000) };
  for (let level = 0; level < 50; level += 1) deep = { deep };
  t.true(approximateBytes(stateWith(deep)) > 100_000);
});

test('what a state has gained is the difference of the two', (t) => {
  const before = stateWith({ sku: 'A1' });
  const decision = decide(before, succeeds('a', { lines: ['x'.repeat(5000), { n: 1 }] }), 1);
  if (decision.kind === 'illegal') return t.fail();
  const { state } = decision;
  t.is(bytesGained(before, state), approximateBytes(state) - approximateBytes(before));
  t.true(bytesGained(before, state) > 5000);
  t.is(bytesGained(state, before), -bytesGained(before, state));
  t.is(bytesGained(state, state), 0);
});
