import test, { type ExecutionContext } from 'ava';
import { compileInputSchema, inputProblems } from '#application/definitions/input-schema.ts';
import { parseDefinition } from '#application/definitions/parse-definition.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import { authored, authoredStep } from '#test/application/definitions/authored.ts';

function definitionWith(inputSchema: Json) {
  const result = parseDefinition(authored([authoredStep('a')], { inputSchema }), null);
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.problems));
  return result.definition;
}

/** What is wrong with `x` under a schema for it, as `path message`. */
function problemsOfX(schema: Json, x: Json): readonly string[] {
  const definition = definitionWith({ properties: { x: schema } });
  return inputProblems(definition, { x }).map(({ field, message }) => `${field} ${message}`);
}

function refusedSchemaAt(t: ExecutionContext, schema: Json, path: string): void {
  const compiled = compileInputSchema(schema);
  const paths = compiled.kind === 'ok' ? [] : compiled.problems.map((problem) => problem.path);
  t.deepEqual(paths, [path], JSON.stringify(schema));
}

test('every fault of an input is told, by its field', (t) => {
  const definition = definitionWith({
    type: 'object',
    required: ['orderId', 'lines', 'zone'],
    additionalProperties: false,
    properties: {
      orderId: { type: 'string' },
      zone: { enum: ['A', 'B'] },
      lines: {
        type: 'array',
        items: { type: 'object', required: ['sku'], properties: { quantity: { minimum: 1 } } },
      },
    },
  });
  const good = { orderId: 'O-1', zone: 'A', lines: [{ sku: 'x', quantity: 1, more: true }] };
  t.deepEqual(inputProblems(definition, good), []);
  const bad = { orderId: 5, lines: [{ sku: 'x' }, { quantity: 0 }], colour: 'red' };
  t.deepEqual(inputProblems(definition, bad), [
    { field: 'inputParameters.zone', message: 'is required' },
    { field: 'inputParameters.colour', message: 'is not allowed' },
    { field: 'inputParameters.orderId', message: 'must be of type string' },
    { field: 'inputParameters.lines.1.sku', message: 'is required' },
    { field: 'inputParameters.lines.1.quantity', message: 'must be at least 1' },
  ]);
});

test('a definition without inputSchema takes any input', (t) => {
  t.deepEqual(inputProblems(definitionWith(null), { anything: [1, { goes: null }] }), []);
});

test('an input nested too deeply is refused, schema or not', (t) => {
  const input = JSON.parse(`{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`) as JsonObject;
  t.regex(inputProblems(definitionWith(null), input)[0]?.message ?? '', /nested deeper/);
});

test('required fields are required although no type is said and no property is described', (t) => {
  const definition = definitionWith({ required: ['toString'] });
  t.deepEqual(inputProblems(definition, {}), [
    { field: 'inputParameters.toString', message: 'is required' },
  ]);
});

test('no more than 100 problems are told', (t) => {
  const definition = definitionWith({ additionalProperties: false });
  const input = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${index}`, 1]));
  t.is(inputProblems(definition, input).length, 100);
});

/** Schema for a value, values that it takes, values that it does not. */
const KEYWORDS: readonly (readonly [JsonObject, readonly Json[], readonly Json[]])[] = [
  [{ type: 'integer' }, [1, -1, 1.0, 1e300], [1.5, '1', null]],
  [{ type: ['string', 'null'] }, ['a', null], [1, false]],
  [{ type: 'number' }, [1.5], ['1.5']],
  [{ type: 'object' }, [{}], [[], null]],
  [{ type: 'array' }, [[]], [{}]],
  [{ type: 'boolean' }, [true], [0]],
  [{ enum: [1, 'a', { b: [1] }] }, [1, 'a', { b: [1] }], ['1', { b: [2] }, null]],
  [{ const: null }, [null], [0]],
  [{ allOf: [{ minimum: 1 }, { maximum: 3 }] }, [2, 'text'], [0, 4]],
  [{ anyOf: [{ type: 'string' }, { minimum: 5 }] }, ['a', 5], [4]],
  [{ oneOf: [{ minimum: 5 }, { maximum: 7 }] }, [4, 8], [6]],
  [{ not: { type: 'null' } }, [1], [null]],
  [{ minimum: 1 }, [1, 'text'], [0.9]],
  [{ maximum: 1 }, [1], [1.1]],
  [{ exclusiveMinimum: 1 }, [1.1], [1]],
  [{ exclusiveMaximum: 1 }, [0.9], [1]],
  [{ multipleOf: 0.01 }, [0.07, 19.99, 0, 123_456.78], [0.005, 1.001]],
  [{ minLength: 2 }, ['ab', '😀😀', 5], ['a', '😀']],
  [{ maxLength: 1 }, ['', '😀'], ['ab']],
  [{ pattern: '^[A-Z]{2}-\\d+$' }, ['AB-1'], ['AB-', 'xAB-1', 'AB-1x']],
  [
    { format: 'date-time' },
    ['2024-02-29T23:59:59.5Z', '2024-01-01T00:00:00+01:00'],
    [
      '2023-02-29T00:00:00Z',
      '2024-01-01',
      '2024-01-01T00:00:00',
      '2024-01-01 00:00:00Z',
      '2024-01-01T24:00:00Z',
    ],
  ],
  [{ format: 'date' }, ['2024-02-29', '0001-01-01'], ['2023-02-29', '2024-13-01', '24-01-01']],
  [{ format: 'uuid' }, ['123e4567-e89b-12d3-a456-426614174000'], ['123e4567']],
  [{ format: 'email' }, ['a@b.example'], ['a@b', 'a b@c.d', '@b.c', 'a@@b.c', 'a@b..c']],
  [{ format: 'uri' }, ['https://a.example/x?y'], ['a.example']],
  [{ items: { type: 'string' } }, [[], ['a'], 'no list'], [['a', 1]]],
  [{ minItems: 1 }, [[1]], [[]]],
  [{ maxItems: 1 }, [[1]], [[1, 2]]],
  [
    { uniqueItems: true },
    [[1, '1', [1], { a: 1 }]],
    [
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  ],
  [{ uniqueItems: false }, [[1, 1]], []],
  [{ minProperties: 1 }, [{ a: 1 }], [{}]],
  [{ maxProperties: 1 }, [{ a: 1 }], [{ a: 1, b: 2 }]],
  [
    { additionalProperties: { type: 'number' }, properties: { a: true } },
    [{ a: 'x', b: 1 }],
    [{ b: 'x' }],
  ],
  [{ properties: { a: false } }, [{}], [{ a: 1 }]],
  [
    { title: 'X', description: 'd', default: 5, examples: [], $comment: 'c', $schema: 's' },
    [1, null],
    [],
  ],
];

for (const [schema, taken, refused] of KEYWORDS) {
  test(`an input may be bound by ${JSON.stringify(schema)}`, (t) => {
    for (const value of taken) t.deepEqual(problemsOfX(schema, value), [], JSON.stringify(value));
    for (const value of refused) t.is(problemsOfX(schema, value).length, 1, JSON.stringify(value));
  });
}

test('a schema that demands what is not understood is refused, never ignored', (t) => {
  refusedSchemaAt(t, 5, '/inputSchema');
  refusedSchemaAt(t, { minimun: 5 }, '/inputSchema/minimun');
  refusedSchemaAt(t, { $ref: '#/$defs/a' }, '/inputSchema/$ref');
  refusedSchemaAt(t, { type: 'text' }, '/inputSchema/type');
  refusedSchemaAt(t, { type: [] }, '/inputSchema/type');
  refusedSchemaAt(t, { type: 'constructor' }, '/inputSchema/type');
  refusedSchemaAt(t, { constructor: 1 }, '/inputSchema/constructor');
  refusedSchemaAt(t, { required: 'orderId' }, '/inputSchema/required');
  refusedSchemaAt(t, { required: [1] }, '/inputSchema/required');
  refusedSchemaAt(t, { properties: { a: { items: 5 } } }, '/inputSchema/properties/a/items');
  refusedSchemaAt(t, { properties: [] }, '/inputSchema/properties');
  refusedSchemaAt(t, { enum: [] }, '/inputSchema/enum');
  refusedSchemaAt(t, { minimum: '1' }, '/inputSchema/minimum');
  refusedSchemaAt(t, { minLength: -1 }, '/inputSchema/minLength');
  refusedSchemaAt(t, { multipleOf: 0 }, '/inputSchema/multipleOf');
  refusedSchemaAt(t, { uniqueItems: 1 }, '/inputSchema/uniqueItems');
  refusedSchemaAt(t, { format: 'hostname' }, '/inputSchema/format');
  refusedSchemaAt(t, { anyOf: [{ type: 'string' }, { typ: 'x' }] }, '/inputSchema/anyOf/1/typ');
  refusedSchemaAt(t, { allOf: {} }, '/inputSchema/allOf');
  refusedSchemaAt(t, { pattern: '(a+)+$' }, '/inputSchema/pattern');
});
