import test from 'ava';
import { Writable } from 'node:stream';
import { createLogger, LOG_LEVELS, type LoggerOptions } from '#adapters/telemetry/logger.ts';

/** A logger into memory: `lines()` is what would be on stdout. */
function logInto(options: Partial<LoggerOptions> = {}) {
  let text = '';
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const logger = createLogger({ level: 'debug', format: 'json', out, ...options });
  const lines = () => text.split('\n').slice(0, -1);
  const records = () => lines().map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, lines, records };
}

test('json: one object a line, with time, level, message and the fields', (t) => {
  const { logger, records } = logInto();
  logger.info('step done', { workflowId: 'w-1', stepId: 'pick', attempt: 2, output: { sku: 'A' } });
  const [record] = records();
  t.is(records().length, 1);
  t.like(record, {
    level: 'info',
    message: 'step done',
    workflowId: 'w-1',
    stepId: 'pick',
    attempt: 2,
    output: { sku: 'A' },
  });
  t.true(Math.abs(Date.parse(String(record?.['timestamp'])) - Date.now()) < 60_000);
});

test('fields can not pose as time, level or message', (t) => {
  const { logger, records } = logInto();
  logger.info('true', { level: 'error', message: 'false', timestamp: 'never' });
  t.like(records()[0], { level: 'info', message: 'true' });
  t.not(records()[0]?.['timestamp'], 'never');
});

for (const [index, level] of LOG_LEVELS.entries()) {
  test(`level ${level} writes ${LOG_LEVELS.slice(0, index + 1).join(', ')} and nothing else`, (t) => {
    const { logger, records } = logInto({ level });
    for (const each of LOG_LEVELS) logger[each]('line');
    t.deepEqual(
      records().map((record) => record['level']),
      LOG_LEVELS.slice(0, index + 1),
    );
  });
}

test('fields of a level that is off are never looked at', (t) => {
  const { logger } = logInto({ level: 'info' });
  const fields = {
    get expensive(): never {
      throw new Error('looked at');
    },
  };
  t.notThrows(() => logger.debug('line', fields));
  t.notThrows(() => logger.child({ process: 'worker' }).debug('line', fields));
  t.throws(() => logger.info('line', fields), { message: 'looked at' });
});

test('fields of the logger and of its children are on every line; the nearest wins', (t) => {
  const { logger, records } = logInto({ fields: { process: 'worker' } });
  const child = logger.child({ workflowId: 'w-1', stepId: 'a' });
  child.child({ stepId: 'b' }).info('inner', { attempt: 1 });
  logger.info('outer');
  t.like(records()[0], { process: 'worker', workflowId: 'w-1', stepId: 'b', attempt: 1 });
  t.like(records()[1], { process: 'worker' });
  t.false('workflowId' in (records()[1] ?? {}));
});

test('an error brings its stack, its code and its causes', (t) => {
  const { logger, records } = logInto();
  const cause = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
  logger.error('no queue', { error: new TypeError('away', { cause }) });
  const error = records()[0]?.['error'] as Record<string, Record<string, string>>;
  t.like(error, {
    name: 'TypeError',
    message: 'away',
    cause: { name: 'Error', message: 'connection refused', code: 'ECONNREFUSED' },
  });
  t.regex(String(error['stack']), /TypeError: away\n +at .*logger\.test\.ts/);
  t.regex(String(error['cause']?.['stack']), /at .*logger\.test\.ts/);
});

test('pretty: one line for people, with the fields behind the message', (t) => {
  const { logger, lines } = logInto({ format: 'pretty' });
  logger.info('step done', {
    workflowId: 'w-1',
    note: 'two words',
    none: undefined,
    deep: { a: [1] },
  });
  t.is(lines().length, 1);
  t.regex(
    lines()[0] ?? '',
    /^\d\d:\d\d:\d\d\.\d{3} info {2}step done workflowId=w-1 note="two words" deep=\{"a":\[1\]\}$/,
  );
});

test('pretty: stacks of an error and its causes follow below, indented', (t) => {
  const { logger, lines } = logInto({ format: 'pretty' });
  logger.error('no queue', { error: new Error('away', { cause: new Error('refused') }) });
  const [head, ...stacks] = lines();
  t.regex(head ?? '', /error no queue error="away"$/);
  t.is(stacks[0], '    Error: away');
  t.true(stacks.includes('    caused by Error: refused'));
  t.true(stacks.every((line) => line.startsWith('    ')));
});

test('pretty: text from outside forges no line and no colour', (t) => {
  const { logger, lines } = logInto({ format: 'pretty' });
  logger.warn('bad\n12:00:00.000 info all is well \u001B[31mred', {
    name: 'x\ny\u001B[2J\u009B2J',
  });
  t.is(lines().length, 1);
  t.notRegex(lines()[0] ?? '', /\p{Cc}/u);
});

test('pretty: colours only on a terminal', (t) => {
  const chunks: string[] = [];
  const terminal = Object.assign(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk.toString());
        done();
      },
    }),
    { isTTY: true },
  );
  createLogger({ level: 'info', format: 'pretty', out: terminal }).info('line');
  t.true(chunks.join('').includes('\u001B[32minfo'));
});

test('secrets are masked in fields, in nested fields and in URLs', (t) => {
  const { logger, lines } = logInto();
  const url = 'redis://app:hush@queue.example:6379';
  logger.info(`connecting to ${url}`, {
    url,
    headers: { 'X-Api-Key': 'hush', authorization: 'Bearer hush', accept: 'json' },
    config: [{ dbPassword: 'hush', access_token: 'hush' }],
    error: new Error(`no answer from ${url}`),
  });
  t.false(lines().join().includes('hush'));
  t.true(lines().join().includes('redis://***@queue.example:6379'));
  t.true(lines().join().includes('"accept":"json"'));
});
