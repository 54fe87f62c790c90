import test from 'ava';
import fc from 'fast-check';
import { canonicalJson } from '#application/definitions/canonical-json.ts';
import { jsonEqual } from '#domain/definition/json-equality.ts';
import type { Json } from '#domain/json.ts';

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => value as Json);

test('keys are sorted at every depth, lists keep their order', (t) => {
  const value = { b: [{ d: 1, c: 'ü"' }, null], a: { z: {}, y: [] }, '': true };
  t.is(canonicalJson(value), '{"":true,"a":{"y":[],"z":{}},"b":[{"c":"ü\\"","d":1},null]}');
});

test('it is JSON of the same value', (t) => {
  fc.assert(
    fc.property(json, (value) => {
      t.true(jsonEqual(JSON.parse(canonicalJson(value)) as Json, value));
    }),
  );
});

test('two texts are the same exactly when the values are equal', (t) => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      t.is(canonicalJson(a) === canonicalJson(b), jsonEqual(a, b));
    }),
  );
});

test('a field __proto__ is kept', (t) => {
  t.is(canonicalJson(JSON.parse('{"b":1,"__proto__":2}') as Json), '{"__proto__":2,"b":1}');
});

test('no depth exhausts the call stack', (t) => {
  const text = '['.repeat(100_000) + ']'.repeat(100_000);
  t.is(canonicalJson(JSON.parse(text) as Json), text);
});
