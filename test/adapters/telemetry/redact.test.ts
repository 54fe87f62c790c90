import test from 'ava';
import fc from 'fast-check';
import { safeText, toLoggable } from '#adapters/telemetry/redact.ts';

test('plain JSON passes as it is', (t) => {
  const value = { a: [1, 'two', true, null, { b: {} }] };
  t.deepEqual(JSON.parse(JSON.stringify(toLoggable(value))), value);
});

for (const name of [
  'password',
  'Password',
  'dbPassword',
  'BULL_BOARD_PASSWORD',
  'authorization',
  'Proxy-Authorization',
  'x-api-key',
  'apiKey',
  'API_KEY',
  'accessToken',
  'client_secret',
  'cookie',
  'set-cookie',
  'credentials',
  'privateKey',
]) {
  test(`a field called ${name} is masked whatever it holds`, (t) => {
    t.deepEqual(Object.entries(toLoggable({ [name]: 'hush' }) as object), [[name, '***']]);
    t.deepEqual(Object.entries(toLoggable({ [name]: { deep: ['hush'] } }) as object), [
      [name, '***'],
    ]);
  });
}

for (const name of [
  'passwordless',
  'workflowId',
  'key',
  'tokens_used',
  'secretary',
  'idempotencyKey',
]) {
  test(`a field called ${name} is shown`, (t) => {
    t.deepEqual(Object.entries(toLoggable({ [name]: 'shown' }) as object), [[name, 'shown']]);
  });
}

test('what JSON can not say is named instead of thrown on', (t) => {
  const value = toLoggable({
    big: 10n,
    not: NaN,
    fn: function pick() {},
    sym: Symbol('s'),
    at: new Date(0),
    never: new Date(NaN),
    map: new Map([['a', 1]]),
    set: new Set(['x']),
    bytes: new Uint8Array(3),
  });
  t.deepEqual(JSON.parse(JSON.stringify(value)), {
    big: '10',
    not: 'NaN',
    fn: '[function pick]',
    sym: 'Symbol(s)',
    at: '1970-01-01T00:00:00.000Z',
    never: 'Invalid Date',
    map: [['a', 1]],
    set: ['x'],
    bytes: '[3 bytes]',
  });
});

test('a cycle is cut; an object that only occurs twice is shown twice', (t) => {
  const twice = { a: 1 };
  const loop: Record<string, unknown> = { one: twice, two: twice };
  loop['self'] = loop;
  const error = new Error('round');
  error.cause = error;
  t.deepEqual(JSON.parse(JSON.stringify(toLoggable({ loop }))), {
    loop: { one: { a: 1 }, two: { a: 1 }, self: '[circular]' },
  });
  t.like(toLoggable(error), { message: 'round', cause: '[circular]' });
});

test('the errors of an aggregate are all shown', (t) => {
  const shown = toLoggable(new AggregateError([new Error('one'), new Error('two')], 'both'));
  t.like(shown, { message: 'both', errors: [{ message: 'one' }, { message: 'two' }] });
});

test('size is bounded: long texts, long lists, deep nesting', (t) => {
  let deep: unknown = 'bottom';
  for (let level = 0; level < 1000; level += 1) deep = { deep };
  const shown = toLoggable({
    text: 'x'.repeat(1e6),
    list: Array.from({ length: 1e5 }, () => 0),
    deep,
  });
  t.true(JSON.stringify(shown).length < 10_000);
});

test('credentials of a URL are masked wherever it stands in a text', (t) => {
  t.is(
    safeText('at mongodb://u:p@db/x and redis://:p@q'),
    'at mongodb://***@db/x and redis://***@q',
  );
  t.is(
    safeText('mail a@b.example, see https://docs.example/a@b'),
    'mail a@b.example, see https://docs.example/a@b',
  );
});

test('anything at all can be logged', (t) => {
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }),
      (value) => {
        JSON.stringify({ value: toLoggable(value) });
      },
    ),
  );
  t.pass();
});
