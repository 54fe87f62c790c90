import test from 'ava';
import fc from 'fast-check';
import { resolveFields, resolveKnown, resolveMapping } from '#domain/definition/mapping.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';

const SCOPE: JsonObject = {
  input: { orderId: 'O-1', lines: [{ sku: 'A' }, { sku: 'B' }], note: null },
  steps: { 'create-wave': { output: { waveId: 'W-1' } } },
  context: { waveless: false },
};

test('references are replaced wherever they stand, everything else stays', (t) => {
  const template = {
    order: { $from: '/input/orderId' },
    nested: [{ wave: { $from: '/steps/create-wave/output/waveId' } }, 'literal', 7, null],
    waveless: { $from: '/context/waveless' },
    $default: 'alone a literal',
  };
  t.deepEqual(resolveMapping(template, SCOPE), {
    kind: 'value',
    value: {
      order: 'O-1',
      nested: [{ wave: 'W-1' }, 'literal', 7, null],
      waveless: false,
      $default: 'alone a literal',
    },
  });
});

test('null that was found wins over the default', (t) => {
  const template = { $from: '/input/note', $default: 'x' };
  t.deepEqual(resolveMapping(template, SCOPE), { kind: 'value', value: null });
});

test('the default stands in where the pointer leads nowhere, null included', (t) => {
  for (const value of ['x', null, { $from: 'not looked up' }]) {
    const template = { $from: '/input/missing', $default: value };
    t.deepEqual(resolveMapping(template, SCOPE), { kind: 'value', value });
  }
});

test('every pointer that leads nowhere is named, each once', (t) => {
  const template = {
    a: { $from: '/input/x' },
    b: [{ $from: '/steps/none/output' }, { $from: '/input/x' }],
    c: { $from: '/input/orderId' },
  };
  t.deepEqual(resolveFields(template, SCOPE), {
    kind: 'missing',
    pointers: ['/input/x', '/steps/none/output'],
  });
});

test('of an output what can be resolved is kept', (t) => {
  const template = {
    waveId: { $from: '/steps/create-wave/output/waveId' },
    label: { id: { $from: '/steps/none/output/id' } },
    fixed: 1,
  };
  t.deepEqual(resolveKnown(template, SCOPE), { waveId: 'W-1', fixed: 1 });
});

test('what was looked up is not read as a template again', (t) => {
  const scope = { input: { evil: { $from: '/context/secret' } }, context: { secret: 's' } };
  t.deepEqual(resolveMapping({ $from: '/input/evil' }, scope), {
    kind: 'value',
    value: { $from: '/context/secret' },
  });
});

test('a field __proto__ of a template stays data', (t) => {
  const template = JSON.parse(
    '{"__proto__":{"polluted":{"$from":"/input/orderId"}}}',
  ) as JsonObject;
  const resolved = resolveFields(template, SCOPE);
  t.is(JSON.stringify(resolved), '{"kind":"value","value":{"__proto__":{"polluted":"O-1"}}}');
  t.is((resolved.kind === 'value' ? resolved.value : {})['polluted'], undefined);
});

test('a $from that is no text leads nowhere', (t) => {
  t.deepEqual(resolveMapping({ $from: 5 }, SCOPE), { kind: 'missing', pointers: ['5'] });
});

const literal = fc.jsonValue({ maxDepth: 4 }).map((value) => value as Json);
const pointer = fc.oneof(
  fc.constantFrom(
    '/input/orderId',
    '/input/lines/0/sku',
    '/context/waveless',
    '/input/none',
    '',
    'x',
  ),
  fc.string(),
);
const reference = fc.record({ $from: pointer, $default: literal }, { requiredKeys: ['$from'] });
const { template } = fc.letrec<{ template: Json }>((tie) => ({
  template: fc.oneof(
    { maxDepth: 4 },
    reference as fc.Arbitrary<Json>,
    literal,
    fc.array(tie('template'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('template'), { maxKeys: 4 }),
  ),
}));

test('resolving is pure: nothing is changed, and the same comes out again', (t) => {
  fc.assert(
    fc.property(template, (mapping) => {
      const before = JSON.stringify([mapping, SCOPE]);
      const first = resolveMapping(mapping, SCOPE);
      t.is(JSON.stringify([mapping, SCOPE]), before);
      t.deepEqual(resolveMapping(mapping, SCOPE), first);
    }),
  );
});

test('a template without references resolves to itself', (t) => {
  fc.assert(
    fc.property(
      literal.filter((value) => !hasReference(value)),
      (value) => {
        t.deepEqual(resolveMapping(value, SCOPE), { kind: 'value', value });
      },
    ),
  );
});

test('with defaults everywhere nothing is ever missing', (t) => {
  fc.assert(
    fc.property(template, (mapping) => {
      t.is(resolveMapping(withDefaults(mapping), SCOPE).kind, 'value');
    }),
  );
});

function hasReference(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '$from') || Object.values<Json>(value).some(hasReference);
}

function withDefaults(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (!isJsonObject(value)) return value.map(withDefaults);
  if (Object.hasOwn(value, '$from')) return { $default: 0, ...value };
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withDefaults(part)]));
}
