import test from 'ava';
import fc from 'fast-check';
import { fillPath, inspectPathTemplate } from '#domain/definition/path-template.ts';
import type { Json } from '#domain/json.ts';

test('values are put in and the names used are told', (t) => {
  const filled = fillPath('/put-walls/{putWallId}/slots/{slot}/assign', {
    putWallId: 'PW-1',
    slot: 7,
    orderId: 'O-1',
  });
  t.deepEqual(filled, {
    kind: 'filled',
    path: '/put-walls/PW-1/slots/7/assign',
    used: new Set(['putWallId', 'slot']),
  });
});

test('a name may stand twice', (t) => {
  const filled = fillPath('/a/{id}/b/{id}', { id: 'x' });
  t.deepEqual(filled, { kind: 'filled', path: '/a/x/b/x', used: new Set(['id']) });
});

test('values are URL-encoded: none of them can add a segment, a query or a replacement pattern', (t) => {
  const cases: readonly (readonly [Json, string])[] = [
    ['a/b', '/s/a%2Fb'],
    ['../etc', '/s/..%2Fetc'],
    ['%2e%2e', '/s/%252e%252e'],
    ['a?b#c', '/s/a%3Fb%23c'],
    ['Ü ', '/s/%C3%9C%20'],
    ['$&', '/s/%24%26'],
    ['{sku}', '/s/%7Bsku%7D'],
    [true, '/s/true'],
    [-1.5, '/s/-1.5'],
    ['...', '/s/...'],
  ];
  for (const [sku, path] of cases) {
    t.deepEqual(fillPath('/s/{sku}', { sku }), { kind: 'filled', path, used: new Set(['sku']) });
  }
});

test('a value that would call another path is an error, and all such are told', (t) => {
  const bad: readonly Json[] = ['', '.', '..', null, [], {}, ['x'], '\ud800'];
  for (const value of bad) {
    t.is(fillPath('/s/{sku}', { sku: value }).kind, 'invalid', JSON.stringify(value));
  }
  t.deepEqual(fillPath('/{a}/{b}/{c}/{a}', { b: '..', c: 'fine' }), {
    kind: 'invalid',
    problems: ['path parameter a is missing', 'path parameter b is .., which a path must not hold'],
  });
});

test('inherited fields are not there', (t) => {
  t.is(fillPath('/{constructor}', {}).kind, 'invalid');
  t.is(fillPath('/{__proto__}', {}).kind, 'invalid');
});

test('every text that is filled in comes back out of its own segment', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const filled = fillPath('/a/{x}/b', { x: text });
      if (filled.kind === 'invalid') {
        t.true(['', '.', '..'].includes(text));
        return;
      }
      const segments = filled.path.split('/');
      t.is(segments.length, 4);
      t.is(decodeURIComponent(segments[2] ?? ''), text);
      t.is(new URL(filled.path, 'http://host').pathname, filled.path);
    }),
  );
});

test('templates are absolute paths without query, fragment, dots or stray braces', (t) => {
  t.deepEqual(inspectPathTemplate('/loads/{loadId}/carrier/{loadId}'), {
    kind: 'ok',
    names: ['loadId'],
  });
  t.is(inspectPathTemplate('/').kind, 'ok');
  const malformed = [
    '',
    'loads',
    '//host/loads',
    'http://host/loads',
    '/loads?x=1',
    '/loads#x',
    '/a b',
    '/../admin',
    '/a/./b',
    '/a/%2E%2e/b',
    '/{',
    '/{}',
    '/{a b}',
    '/}{',
    '/{{a}}',
    '/a\\b',
    `/${'a'.repeat(1000)}`,
  ];
  for (const template of malformed) t.is(inspectPathTemplate(template).kind, 'malformed', template);
});
