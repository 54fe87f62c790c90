import test from 'ava';
import fc from 'fast-check';
import { formatPointer, lookup, parsePointer } from '#domain/definition/json-pointer.ts';
import type { Json } from '#domain/json.ts';

// The document and the pointers of RFC 6901, section 5.
const RFC_DOCUMENT: Json = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
};

test('every pointer of the RFC leads to its value', (t) => {
  const expected: readonly (readonly [string, Json])[] = [
    ['', RFC_DOCUMENT],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ];
  for (const [pointer, value] of expected) {
    t.deepEqual(lookup(RFC_DOCUMENT, pointer), { found: true, value }, pointer);
  }
});

test('~01 is the text ~1 and not a slash', (t) => {
  t.deepEqual(parsePointer('/~01'), ['~1']);
  t.deepEqual(lookup({ '~1': 'tilde', '/': 'slash' }, '/~01'), { found: true, value: 'tilde' });
});

test('null is found, absence is not', (t) => {
  t.deepEqual(lookup({ a: null }, '/a'), { found: true, value: null });
  t.deepEqual(lookup({ a: null }, '/b'), { found: false });
  t.deepEqual(lookup({ a: null }, '/a/b'), { found: false });
});

test('what JavaScript adds to values leads nowhere', (t) => {
  const document: Json = { list: ['a'], text: 'abc', number: 1, object: {} };
  const pointers = [
    '/__proto__',
    '/constructor',
    '/constructor/name',
    '/object/toString',
    '/object/hasOwnProperty',
    '/list/length',
    '/list/map',
    '/list/__proto__',
    '/text/length',
    '/text/0',
    '/number/toFixed',
  ];
  for (const pointer of pointers) t.deepEqual(lookup(document, pointer), { found: false }, pointer);
});

test('own fields with such names are data', (t) => {
  const document = JSON.parse('{"__proto__":{"a":1},"constructor":2}') as Json;
  t.deepEqual(lookup(document, '/__proto__/a'), { found: true, value: 1 });
  t.deepEqual(lookup(document, '/constructor'), { found: true, value: 2 });
});

test('array indices are those of the RFC: digits without a leading zero, inside the array', (t) => {
  const list = ['a', 'b'];
  t.deepEqual(lookup(list, '/1'), { found: true, value: 'b' });
  for (const token of [
    '-',
    '01',
    '00',
    '-1',
    '+1',
    '1.0',
    '1e0',
    '2',
    ' 1',
    '',
    '0x1',
    '9'.repeat(400),
  ]) {
    t.deepEqual(lookup(list, `/${token}`), { found: false }, token);
  }
});

test('a malformed pointer leads nowhere', (t) => {
  for (const pointer of ['a', 'a/b', '/~', '/~2', '/a~', '#/a']) {
    t.is(parsePointer(pointer), null, pointer);
    t.deepEqual(lookup({ a: { b: 1 }, '~': 1 }, pointer), { found: false }, pointer);
  }
});

test('any tokens survive being formatted and parsed', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('~', '/', '0', '1', 'a', '') })),
      (tokens) => {
        t.deepEqual(parsePointer(formatPointer(tokens)), tokens);
      },
    ),
  );
});

test('every value of a document is found by the way to it', (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), (document) => {
      for (const [tokens, value] of placesOf(document as Json)) {
        t.deepEqual(lookup(document as Json, formatPointer(tokens)), { found: true, value });
      }
    }),
  );
});

function placesOf(value: Json): readonly (readonly [readonly string[], Json])[] {
  if (typeof value !== 'object' || value === null) return [[[], value]];
  const inner = Object.entries<Json>(value).flatMap(([key, part]) =>
    placesOf(part).map(([tokens, found]) => [[key, ...tokens], found] as const),
  );
  return [[[], value], ...inner];
}
