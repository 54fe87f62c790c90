import test from 'ava';
import { parseDefinition } from '#application/definitions/parse-definition.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import { RETRY_POLICIES } from '#domain/policy/retry.ts';
import { authored, authoredStep } from '#test/application/definitions/authored.ts';
import { accepted, faults, refusesAt } from '#test/application/definitions/reading.ts';

test('what is not said gets its default', (t) => {
  const definition = accepted(t, authored([authoredStep('a')]));
  t.deepEqual(definition, {
    definitionId: 'sample',
    version: 1,
    workflowType: 'PICKING',
    name: 'Sample',
    timeoutMs: 300_000,
    onFailure: 'compensate',
    inputSchema: null,
    lane: null,
    cutOffAt: null,
    steps: [
      {
        kind: 'call',
        stepId: 'a',
        stepName: 'a',
        serviceName: 'stock',
        operation: 'reserve',
        http: null,
        dependencies: [],
        condition: null,
        input: {},
        timeoutMs: null,
        retry: RETRY_POLICIES.default,
        failWhen: null,
        optional: false,
        pivot: false,
        completion: { mode: 'call' },
        compensation: { strategy: 'NONE' },
      },
    ],
    output: {},
  });
});

test('a step with everything that SPEC 8 names is read', (t) => {
  const full = {
    stepId: 'b',
    stepName: 'Reserve',
    serviceName: 'stock-alias',
    operation: 'reserve',
    http: { method: 'POST', path: '/stock/{sku}' },
    dependencies: ['a'],
    condition: { all: [{ equals: [{ $from: '/steps/a/output/ok' }, true] }] },
    input: {
      sku: { $from: '/input/lines/0/sku', $default: 'X' },
      waveless: { $from: '/context/waveless' },
    },
    timeoutMs: 5000,
    retry: { retries: 0, initialDelayMs: 1, maxDelayMs: 1, multiplier: 1 },
    failWhen: { gt: [{ $from: '/reply/failed' }, { $from: '/input/limit' }] },
    optional: true,
    pivot: false,
    completion: { mode: 'call' },
    compensation: {
      strategy: 'REVERSE_OPERATION',
      operation: 'release',
      http: { method: 'DELETE', path: '/reservations/{id}' },
      input: { id: { $from: '/steps/b/output/id' } },
    },
  };
  const { steps } = accepted(t, authored([authoredStep('a'), full]));
  t.deepEqual<unknown, unknown>(steps[1], { kind: 'call', ...full });
});

test('a retry policy may be named', (t) => {
  const { steps } = accepted(t, authored([authoredStep('a', { retry: 'aggressive' })]));
  t.deepEqual(steps[0]?.kind === 'call' ? steps[0].retry : null, RETRY_POLICIES.aggressive);
});

test('a step may wait for a time to pass, or to come', (t) => {
  const waits: readonly JsonObject[] = [
    { durationMs: 1 },
    { durationMs: 30 * 24 * 3_600_000 },
    { until: { $from: '/input/pickupAt' } },
    { until: '2026-03-01T06:00:00+01:00' },
    { until: 1_800_000_000_000 },
  ];
  for (const wait of waits) {
    const { steps } = accepted(t, authored([{ stepId: 'pause', wait }]));
    t.like(steps[0], { kind: 'wait', stepId: 'pause', wait });
  }
});

test('what was once accepted can be read again without a catalogue', (t) => {
  const source = authored([authoredStep('a', { serviceName: 'gone', operation: 'gone' })]);
  t.is(parseDefinition(source, null).kind, 'ok');
  refusesAt(t, source, ['/steps/0/serviceName']);
});

test('all faults of a definition are told at once, each where it is', (t) => {
  const source = authored(
    [
      authoredStep('a', { dependencies: ['c'], retry: 'heroic', colour: 'red' }),
      authoredStep('a', { serviceName: 'nobody', timeoutMs: 0 }),
      { stepId: 'c', serviceName: 'stock', operation: 'steal', dependencies: ['a', 'z'] },
      authoredStep('d', { input: { x: { $from: '/steps/a/output/x' } }, pivot: 'yes' }),
      'step',
    ],
    { timeoutMs: 999, workflowType: 'DANCING', output: { x: { $from: '/steps/none/output' } } },
  );
  refusesAt(t, source, [
    '/workflowType',
    '/timeoutMs',
    '/steps/0/dependencies',
    '/steps/0/retry',
    '/steps/0/colour',
    '/steps/1/stepId',
    '/steps/1/serviceName',
    '/steps/1/timeoutMs',
    '/steps/2/operation',
    '/steps/2/compensation',
    '/steps/2/dependencies/1',
    '/steps/3/input/x/$from',
    '/steps/3/pivot',
    '/steps/4',
    '/output/x/$from',
  ]);
  const text = faults(source).join('\n');
  t.regex(text, /cyclic dependency: a -> c -> a/);
  t.regex(text, /unknown service "nobody"/);
  t.regex(text, /unknown operation "steal"/);
  t.regex(text, /unknown retry policy/);
  t.regex(text, /"strategy": "NONE"/);
});

test('a source that is no object, or lacks what must be there, is refused', (t) => {
  for (const source of [null, 1, 'x', [], undefined, true]) t.is(faults(source).length, 1);
  refusesAt(t, {}, ['/definitionId', '/version', '/workflowType', '/name', '/steps']);
  t.true(faults({}).every((fault) => fault.endsWith(' is required')));
});

const HEADER_FAULTS: readonly (readonly [string, JsonObject, string])[] = [
  ['an id with @', { definitionId: 'a@1' }, '/definitionId'],
  ['an empty id', { definitionId: '' }, '/definitionId'],
  ['version 0', { version: 0 }, '/version'],
  ['version 1.5', { version: 1.5 }, '/version'],
  ['a blank name', { name: '  ' }, '/name'],
  ['a timeout above ten years', { timeoutMs: 1e15 }, '/timeoutMs'],
  ['an unknown onFailure', { onFailure: 'shrug' }, '/onFailure'],
  ['an unknown field', { owner: 'me' }, '/owner'],
  ['an output that is no object', { output: [] }, '/output'],
  ['an output that is one reference', { output: { $from: '/input' } }, '/output/$from'],
  ['an output from the reply', { output: { x: { $from: '/reply/x' } } }, '/output/x/$from'],
  ['no steps', { steps: [] }, '/steps'],
  ['steps that are no list', { steps: {} }, '/steps'],
  ['an inputSchema of no type', { inputSchema: { type: 'thing' } }, '/inputSchema/type'],
];

for (const [what, changes, field] of HEADER_FAULTS) {
  test(`refused: ${what}`, (t) => {
    refusesAt(t, authored([authoredStep('a')], changes), [field]);
  });
}

const undo = (input: JsonObject, path = '/r/{id}') => ({
  compensation: {
    strategy: 'REVERSE_OPERATION',
    operation: 'release',
    http: { method: 'DELETE', path },
    input,
  },
});
const nested = (depth: number): Json =>
  depth === 1 ? { exists: { $from: '/input/x' } } : { not: nested(depth - 1) };

/** Changes to step 1 of two, of which it does not depend on the other, and the fields at fault. */
const STEP_FAULTS: readonly (readonly [string, JsonObject, ...string[]])[] = [
  ['a step id with a dot', { stepId: 'a.b' }, 'stepId'],
  ['a step id __proto__', { stepId: '__proto__' }, 'stepId'],
  ['a step id that is a number', { stepId: 7 }, 'stepId'],
  ['a step id of 65 characters', { stepId: 'a'.repeat(65) }, 'stepId'],
  ['a dependency on itself', { dependencies: ['b'] }, 'dependencies'],
  ['a dependency listed twice', { dependencies: ['a', 'a'] }, 'dependencies/1'],
  ['a dependency that is a number', { dependencies: ['a', 1] }, 'dependencies/1'],
  ['no compensation', { compensation: null }, 'compensation'],
  ['an unknown strategy', { compensation: { strategy: 'HOPE' } }, 'compensation/strategy'],
  [
    'a strategy without operation',
    { compensation: { strategy: 'CUSTOM' } },
    'compensation/operation',
  ],
  [
    'NONE with an operation',
    { compensation: { strategy: 'NONE', operation: 'release' } },
    'compensation/operation',
  ],
  ['a pivot that is undone', { pivot: true, ...undo({ id: 1 }) }, 'compensation/strategy'],
  [
    'an unknown undo operation',
    { compensation: { strategy: 'CUSTOM', operation: 'pray' } },
    'compensation/operation',
  ],
  ['an operation that is no name', { serviceName: 'anything', operation: '../x' }, 'operation'],
  ['a timeout above 600 s', { timeoutMs: 600_001 }, 'timeoutMs'],
  ['a timeout as text', { timeoutMs: '5s' }, 'timeoutMs'],
  [
    'an own policy that is incomplete',
    { retry: { retries: 1 } },
    'retry/initialDelayMs',
    'retry/maxDelayMs',
    'retry/multiplier',
  ],
  [
    'an own policy that is impossible',
    { retry: { retries: 21, initialDelayMs: 0, maxDelayMs: -1, multiplier: 11 } },
    'retry/retries',
    'retry/initialDelayMs',
    'retry/maxDelayMs',
    'retry/maxDelayMs',
    'retry/multiplier',
  ],
  [
    'a maximum below the beginning',
    { retry: { retries: 1, initialDelayMs: 2, maxDelayMs: 1, multiplier: 1 } },
    'retry/maxDelayMs',
  ],
  ['an inherited name as policy', { retry: 'constructor' }, 'retry'],
  ['an HTTP method of our own', { http: { method: 'FETCH', path: '/x' } }, 'http/method'],
  ['a path with a query', { http: { method: 'GET', path: '/x?y=1' } }, 'http/path'],
  ['a path parameter without input', { http: { method: 'GET', path: '/x/{id}' } }, 'http/path'],
  [
    'a path parameter that is an object',
    { http: { method: 'GET', path: '/x/{id}' }, input: { id: {} } },
    'input/id',
  ],
  ['an inherited path parameter', { http: { method: 'GET', path: '/x/{toString}' } }, 'http/path'],
  ['an undo path parameter without input', undo({}), 'compensation/http/path'],
  [
    'a pointer to a step that is no ancestor',
    { input: { x: { $from: '/steps/a/output/x' } } },
    'input/x/$from',
  ],
  ['a pointer to an unknown step', { input: { x: { $from: '/steps/q/output' } } }, 'input/x/$from'],
  ['a pointer to its own output', { input: { x: { $from: '/steps/b/output' } } }, 'input/x/$from'],
  ['a pointer past the output', { input: { x: { $from: '/steps/a/status' } } }, 'input/x/$from'],
  ['a pointer to all steps', { input: { x: { $from: '/steps' } } }, 'input/x/$from'],
  ['a pointer to everything', { input: { x: { $from: '' } } }, 'input/x/$from'],
  ['a pointer with an unknown root', { input: { x: { $from: '/inputs/x' } } }, 'input/x/$from'],
  ['a malformed pointer', { input: { x: [{ $from: '/input/~2' }] } }, 'input/x/0/$from'],
  [
    'a pointer through __proto__',
    { input: { x: { $from: '/input/__proto__/x' } } },
    'input/x/$from',
  ],
  ['a pointer that is no text', { input: { x: { $from: ['input'] } } }, 'input/x/$from'],
  [
    'a field beside $from',
    { input: { x: { $from: '/input/x', $defualt: 1 } } },
    'input/x/$defualt',
  ],
  [
    'a default with $from',
    { input: { x: { $from: '/input/x', $default: [{ $from: '/input/y' }] } } },
    'input/x/$default',
  ],
  ['an input that is one reference', { input: { $from: '/input' } }, 'input/$from'],
  ['an input that is a list', { input: [] }, 'input'],
  ['the reply in an input', { input: { x: { $from: '/reply/x' } } }, 'input/x/$from'],
  [
    'the reply in a condition',
    { condition: { exists: { $from: '/reply/x' } } },
    'condition/exists/$from',
  ],
  [
    'the reply in a compensation',
    undo({ id: { $from: '/reply/id' } }),
    'compensation/input/id/$from',
  ],
  [
    'an undo that looks at a step that is no ancestor',
    undo({ id: { $from: '/steps/a/output/id' } }),
    'compensation/input/id/$from',
  ],
  [
    'a condition on a step that is no ancestor',
    { condition: { any: [{ equals: [{ $from: '/steps/a/output/x' }, 1] }] } },
    'condition/any/0/equals/0/$from',
  ],
  [
    'failWhen on a step that is no ancestor',
    { failWhen: { lt: [1, { $from: '/steps/a/output/x' }] } },
    'failWhen/lt/1/$from',
  ],
  ['an unknown operator', { condition: { matches: ['a', 'b'] } }, 'condition/matches'],
  ['two operators', { condition: { exists: 1, not: { exists: 1 } } }, 'condition'],
  ['no operator', { condition: { all: [{}] } }, 'condition/all/0'],
  ['a condition that is a text', { condition: 'gift' }, 'condition'],
  ['a comparison with one operand', { failWhen: { gt: [1] } }, 'failWhen/gt'],
  ['all of no list', { failWhen: { all: { exists: 1 } } }, 'failWhen/all'],
  ['a condition nested 9 deep', { condition: nested(9) }, `condition${'/not'.repeat(8)}`],
  ['two kinds at once', { wait: { durationMs: 1 }, child: {} }, ''],
  ['a call that waits', { wait: { durationMs: 1 } }, 'serviceName', 'operation'],
  ['an unknown completion', { completion: { mode: 'later' } }, 'completion/mode'],
];

for (const [what, changes, ...fields] of STEP_FAULTS) {
  test(`refused: ${what}`, (t) => {
    const source = authored([authoredStep('a'), authoredStep('b', changes)]);
    const paths = fields.map((field) => (field === '' ? '/steps/1' : `/steps/1/${field}`));
    refusesAt(t, source, paths);
  });
}

const WAIT_FAULTS: readonly (readonly [string, Json, string])[] = [
  ['no time at all', { durationMs: 0 }, '/durationMs'],
  ['more than 30 days', { durationMs: 30 * 24 * 3_600_000 + 1 }, '/durationMs'],
  ['a duration and an end', { durationMs: 1, until: 1 }, ''],
  ['neither', {}, ''],
  ['a time without offset', { until: '2026-03-01T06:00:00' }, '/until'],
  ['a day that there is not', { until: '2026-13-01T06:00:00Z' }, '/until'],
  ['a list', { until: [] }, '/until'],
  ['a step that is no ancestor', { until: { $from: '/steps/b/output/at' } }, '/until/$from'],
];

for (const [what, wait, field] of WAIT_FAULTS) {
  test(`refused: waiting for ${what}`, (t) => {
    refusesAt(t, authored([{ stepId: 'a', wait }, authoredStep('b')]), [`/steps/0/wait${field}`]);
  });
}

test('a condition nested 8 deep is accepted', (t) => {
  accepted(t, authored([authoredStep('a', { condition: nested(8) })]));
});

test('the kinds of steps to come say that they are not available yet', (t) => {
  t.deepEqual(
    faults(
      authored([
        authoredStep('a'),
        { stepId: 'b', dependencies: ['a'], child: { workflowDefinitionId: 'putaway' } },
        { stepId: 'c', approval: {} },
        { stepId: 'd', forEach: {} },
        authoredStep('e', { dependencies: ['b'], input: { x: { $from: '/steps/a/output/x' } } }),
      ]),
    ),
    [
      '/steps/1/child child steps are not available yet',
      '/steps/2/approval approval steps are not available yet',
      '/steps/3/forEach forEach steps are not available yet',
    ],
  );
});

test('a fault is not followed by faults of what was put in its place', (t) => {
  const source = authored([
    authoredStep('a', { serviceName: 5, operation: null, http: 7 }),
    authoredStep('b', { dependencies: 'a', input: { x: { $from: '/input/x' } } }),
  ]);
  refusesAt(t, source, [
    '/steps/0/serviceName',
    '/steps/0/operation',
    '/steps/0/http',
    '/steps/1/dependencies',
  ]);
});

test('more than 200 steps are refused, 200 are not', (t) => {
  const row = (length: number) =>
    authored(
      Array.from({ length }, (_, index) =>
        authoredStep(`s${index}`, index === 0 ? {} : { dependencies: [`s${index - 1}`] }),
      ),
    );
  accepted(t, row(200));
  t.deepEqual(faults(row(201)), ['/steps must be 1 to 200 steps, are 201']);
});

const HOSTILE: readonly (readonly [string, () => unknown, RegExp])[] = [
  ['100,000 lists in one another', () => nestedLists(100_000), /nested deeper than 64/],
  ['a value that holds itself', circle, /nested deeper than 64/],
  ['10,000 steps', () => authored(rowOf(10_000)), /\/steps must be 1 to 200 steps, are 10000/],
  [
    '5,000 steps in one circle',
    () => authored(rowOf(5000, true)),
    /cyclic dependency: s0 -> s4999/,
  ],
  ['a text of 1 MiB', () => authored([], { name: 'x'.repeat(2 ** 20) }), /^\/name is longer than/],
  ['a field name of 1 MiB', () => authored([], { ['x'.repeat(2 ** 20)]: 1 }), /is longer than/],
  [
    'a field __proto__',
    () => JSON.parse('{"__proto__":{"steps":[]}}'),
    /^\/__proto__ must not be used/,
  ],
  [
    'a field __proto__ deep inside',
    () => authored([JSON.parse('{"input":{"__proto__":1}}')]),
    /^\/steps\/0\/input\/__proto__ must not/,
  ],
  ['half a character', () => authored([], { name: '\ud800' }), /well-formed/],
  [
    'a million values',
    () => authored([], { output: { x: Array.from({ length: 1_000_000 }, () => 0) } }),
    /at most 50000 values/,
  ],
  [
    'what is not JSON',
    () => ({ ...authored([]), name: () => 'x', version: NaN, output: new Date(0) }),
    /is not JSON/,
  ],
  [
    'pointers of 16,000 characters',
    () => authored([authoredStep('a', { input: { x: { $from: '/x'.repeat(8000) } } })]),
    /^.{1,300}$/,
  ],
  [
    '10,000 faults',
    () =>
      authored([
        authoredStep(
          'a',
          Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`f${index}`, 1])),
        ),
      ]),
    /and 9500 more problems/,
  ],
];

for (const [what, build, expected] of HOSTILE) {
  test(`quickly and clearly refused: ${what}`, (t) => {
    const source = build();
    const started = performance.now();
    const found = faults(source);
    t.true(performance.now() - started < 2000);
    t.true(
      found.some((fault) => expected.test(fault)),
      found.slice(0, 3).join('\n').slice(0, 500),
    );
    t.true(JSON.stringify(found).length < 200_000);
  });
}

function nestedLists(depth: number): unknown {
  return JSON.parse(`{"output":${'['.repeat(depth)}${']'.repeat(depth)}}`);
}

function circle(): unknown {
  const value: Record<string, unknown> = {};
  value['steps'] = [value];
  return value;
}

function rowOf(length: number, closed = false): readonly JsonObject[] {
  return Array.from({ length }, (_, index) => {
    const before = index === 0 && closed ? length : index;
    return authoredStep(`s${index}`, { dependencies: before === 0 ? [] : [`s${before - 1}`] });
  });
}
