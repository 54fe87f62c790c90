import test from 'ava';
import fc from 'fast-check';
import { jsonEqual } from '#domain/definition/json-equality.ts';
import type { Json } from '#domain/json.ts';

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => value as Json);

test('a value equals its copy, whatever the order of keys', (t) => {
  fc.assert(
    fc.property(json, (value) => {
      t.true(jsonEqual(value, reversed(value)));
    }),
  );
});

test('two values are equal exactly when their sorted JSON texts are', (t) => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      t.is(jsonEqual(a, b), JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
    }),
  );
});

test('types are not converted, and arrays are not objects', (t) => {
  t.false(jsonEqual(1, '1'));
  t.false(jsonEqual(0, false));
  t.false(jsonEqual(null, false));
  t.false(jsonEqual([], {}));
  t.false(jsonEqual(['a'], { 0: 'a' }));
  t.false(jsonEqual({ a: 1 }, { a: 1, b: 2 }));
  t.false(jsonEqual({ a: 1, b: 2 }, { a: 1 }));
  t.false(jsonEqual({ toString: 1 }, { a: 1 }));
});

test('a field __proto__ is compared as data', (t) => {
  const one = JSON.parse('{"__proto__":1}') as Json;
  const two = JSON.parse('{"__proto__":2}') as Json;
  t.true(jsonEqual(one, JSON.parse('{"__proto__":1}') as Json));
  t.false(jsonEqual(one, two));
  t.false(jsonEqual(one, {}));
});

test('values nested deeper than the call stack goes are compared', (t) => {
  const deep = (leaf: string) =>
    JSON.parse('['.repeat(100_000) + leaf + ']'.repeat(100_000)) as Json;
  t.true(jsonEqual(deep('1'), deep('1')));
  t.false(jsonEqual(deep('1'), deep('2')));
});

function reversed(value: Json): Json {
  return rebuilt(value, (entries) => entries.reverse());
}

function sorted(value: Json): Json {
  return rebuilt(value, (entries) => entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function rebuilt(value: Json, order: (entries: [string, Json][]) => [string, Json][]): Json {
  if (typeof value !== 'object' || value === null) return value === 0 ? 0 : value;
  if (Array.isArray(value)) return value.map((item: Json) => rebuilt(item, order));
  const entries = Object.entries<Json>(value).map(([key, part]): [string, Json] => [
    key,
    rebuilt(part, order),
  ]);
  return Object.fromEntries(order(entries));
}
