import test from 'ava';
import fc from 'fast-check';
import { DEEPEST_JSON, findHostileJson } from '#api/http/hostile-json.ts';
import type { Json } from '#domain/json.ts';

test('harmless JSON of any shape passes', (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 10 }), (value) => {
      const text = JSON.stringify(value);
      fc.pre(!/"(?:__proto__|constructor|prototype)"/.test(text));
      const parsed: Json = JSON.parse(text);
      t.deepEqual(findHostileJson(parsed), []);
    }),
  );
});

test('a forbidden key is found wherever it stands', (t) => {
  const key = fc.constantFrom('__proto__', 'constructor', 'prototype');
  const path = fc.array(fc.constantFrom('a', 'b', 0), { maxLength: 20 });
  fc.assert(
    fc.property(path, key, (steps, name) => {
      let text = `{"${name}":1}`;
      for (const step of steps.toReversed())
        text = step === 0 ? `[${text}]` : `{"${step}":${text}}`;
      const parsed: Json = JSON.parse(text);
      t.deepEqual(findHostileJson(parsed), [
        { field: [...steps, name].join('.'), message: 'is a key that is not allowed' },
      ]);
    }),
  );
});

test('a string that reads like a forbidden key is no key', (t) => {
  t.deepEqual(findHostileJson({ name: '__proto__', list: ['constructor'] }), []);
});

test('every fault is found, and those too deep alone end the search', (t) => {
  const twice: Json = JSON.parse('{"a":{"constructor":1e400},"prototype":2}');
  t.is(findHostileJson(twice).length, 3);
  const deep: Json = JSON.parse('['.repeat(DEEPEST_JSON + 1) + ']'.repeat(DEEPEST_JSON + 1));
  t.is(findHostileJson(deep).length, 1);
});
