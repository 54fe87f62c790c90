import test from 'ava';
import fc from 'fast-check';
import { requestTarget } from '#adapters/http/request-target.ts';
import type { JsonObject } from '#domain/json.ts';

function queryFor(input: JsonObject): string {
  const http = { method: 'GET', path: '/stock' } as const;
  const result = requestTarget({ http, operation: 'get', input });
  return result.kind === 'target' ? result.target.path : result.problem;
}

for (const [title, input, path] of [
  ['nothing', {}, '/stock'],
  ['an array as its name repeated', { sku: ['A', 'B', 3] }, '/stock?sku=A&sku=B&sku=3'],
  ['an object as its JSON', { at: { x: 1 } }, '/stock?at=%7B%22x%22%3A1%7D'],
  [
    'objects in an array one by one',
    { at: [{ x: 1 }, [2]] },
    '/stock?at=%7B%22x%22%3A1%7D&at=%5B2%5D',
  ],
  ['no null', { a: null, b: [null, 1], c: [] }, '/stock?b=1'],
  ['an empty text', { a: '' }, '/stock?a='],
  ['half a surrogate pair as the replacement character', { a: '\ud800' }, '/stock?a=%EF%BF%BD'],
] as const) {
  test(`a query holds ${title}`, (t) => {
    t.is(queryFor(input), path);
  });
}

test('__proto__ is a name like any other', (t) => {
  const input = JSON.parse('{"__proto__": 1}') as JsonObject;
  t.is(queryFor(input), '/stock?__proto__=1');
});

test('whatever text goes into a query comes out of it', (t) => {
  const texts = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(texts, (input) => {
      const { searchParams } = new URL(queryFor(input), 'http://host');
      t.deepEqual([...searchParams], Object.entries(input));
    }),
  );
});

test('a path that can not be filled is a fault of the call', (t) => {
  const http = { method: 'GET', path: '/stock/{sku}' } as const;
  const result = requestTarget({ http, operation: 'get', input: { sku: '..' } });
  t.is(result.kind, 'invalid');
});
