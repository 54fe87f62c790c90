import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { QueueUnavailableError, StoreUnavailableError } from '#application/ports/errors.ts';
import { isProblem } from '#test/api/support/problem.ts';
import { NOBODY, START, startApi, type TestApi } from '#test/api/support/start-api.ts';

const WORKFLOWS = '/api/v1/workflows';
const INVALID = {
  status: 400,
  error: 'VALIDATION_ERROR',
  title: 'The request is not valid',
} as const;

for (const [what, body, field, message] of [
  ['malformed JSON', '{"a": nope}', 'body', 'is not valid JSON'],
  ['an unfinished body', '{"a": [1, 2', 'body', 'is not valid JSON'],
  ['a body of white space', '  ', 'body', 'is not valid JSON'],
  ['bytes that are no UTF-8', Buffer.from('{"a":"\xff"}', 'latin1'), 'body', 'is not valid UTF-8'],
  ['an empty body', '', 'body', 'is required'],
  ['null', 'null', 'body', 'must be of type object'],
  ['an array', '[]', 'body', 'must be of type object'],
  [
    '10,000 arrays in one another',
    `{"inputParameters":{"lines":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`,
    `inputParameters.lines${'.0'.repeat(62)}`,
    'is nested deeper than 64 levels',
  ],
  [
    '__proto__ deep inside',
    '{"inputParameters":{"lines":[{"__proto__":{"admin":true}}]}}',
    'inputParameters.lines.0.__proto__',
    'is a key that is not allowed',
  ],
  [
    'constructor',
    '{"metadata":{"constructor":1}}',
    'metadata.constructor',
    'is a key that is not allowed',
  ],
  ['prototype', '{"prototype":1}', 'prototype', 'is a key that is not allowed'],
  [
    'a number beyond all numbers',
    '{"metadata":{"n":1e999}}',
    'metadata.n',
    'is a number out of range',
  ],
] as const) {
  test(`${what} is a 400 that names the place`, async (t) => {
    const api = await startApi(t);
    const answer = await api.call('POST', '/workflows', { body });
    const position = /\(at position \d+\)/.exec(answer.text)?.[0];
    const told = position ? `${message} ${position}` : message;
    isProblem(t, answer, {
      ...INVALID,
      message: `${field}: ${told}`,
      path: WORKFLOWS,
      validationErrors: [{ field, message: told }],
    });
    t.deepEqual(api.logger.lines, []);
  });
}

test('64 levels are deep enough', async (t) => {
  const api = await startApi(t);
  // The body and inputParameters are two of them.
  const nested = JSON.parse('['.repeat(63) + ']'.repeat(63));
  const body = { ...START, inputParameters: { nested } };
  t.is((await api.call('POST', '/workflows', { body })).status, 400);
  body.inputParameters.nested = nested[0];
  t.is((await api.call('POST', '/workflows', { body })).status, 201);
});

test('half a million arrays in one another do no harm', async (t) => {
  const api = await startApi(t);
  const body = '['.repeat(500_000) + ']'.repeat(500_000);
  t.is((await api.call('POST', '/workflows', { body })).status, 400);
});

test('thousands of unknown fields make an answer of bounded size', async (t) => {
  const api = await startApi(t);
  const fields = Array.from({ length: 20_000 }, (_, n): [string, number] => [`f${n}`, n]);
  const body = { ...START, ...Object.fromEntries(fields), ['x'.repeat(10_000)]: 1 };
  const { status, json, text: answer } = await api.call('POST', '/workflows', { body });
  t.is(status, 400);
  t.is(json['unlistedValidationErrors'], 19_901);
  t.true(answer.length < 20_000);
});

test('a body above 1 MiB is a 413', async (t) => {
  const api = await startApi(t);
  const fitting = { ...START, inputParameters: { text: 'x'.repeat(1_000_000) } };
  t.is((await api.call('POST', '/workflows', { body: fitting })).status, 201);
  isProblem(t, await api.call('POST', '/workflows', { body: 'x'.repeat(2 * 1024 * 1024) }), {
    status: 413,
    error: 'PAYLOAD_TOO_LARGE',
    title: 'The body is too large',
    message: 'A request body may have at most 1048576 bytes',
    path: WORKFLOWS,
  });
});

for (const [contentType, message] of [
  ['text/plain', 'The only content type understood is application/json'],
  ['application/x-www-form-urlencoded', 'The only content type understood is application/json'],
  ['multipart/form-data; boundary=x', 'The only content type understood is application/json'],
  ['application/jsonp', 'The only content type understood is application/json'],
  ['text/plain; application/json', 'The only content type understood is application/json'],
  ['application/json; charset=utf-16', 'JSON must be encoded in UTF-8'],
] as const) {
  test(`a body of type ${contentType} is a 415`, async (t) => {
    const api = await startApi(t);
    const answer = await api.call('POST', '/workflows', {
      headers: { 'Content-Type': contentType },
      body: START,
    });
    isProblem(t, answer, {
      status: 415,
      error: 'UNSUPPORTED_MEDIA_TYPE',
      title: 'Unsupported content',
      message,
      path: WORKFLOWS,
    });
  });
}

test('JSON may say that it is UTF-8, in any case', async (t) => {
  const api = await startApi(t);
  for (const contentType of [
    'application/json;charset=utf-8',
    'Application/JSON; Charset="UTF-8"',
  ]) {
    const headers = { 'Content-Type': contentType };
    t.is((await api.call('POST', '/workflows', { headers, body: START })).status, 201);
  }
});

test('a body without a content type, and a compressed one, are a 415', async (t) => {
  const api = await startApi(t);
  const bare = await raw(api, 'POST', WORKFLOWS, ['Content-Length: 2'], '{}');
  t.regex(bare, /^HTTP\/1\.1 415 .*Content-Type: application\/json/s);
  const compressed = await api.call('POST', '/workflows', {
    headers: { 'Content-Encoding': 'gzip' },
    body: START,
  });
  t.is(compressed.status, 415);
});

test('an empty form of a foreign page changes nothing: 415, even where no body is needed', async (t) => {
  const api = await startApi(t);
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  t.is((await api.call('POST', '/workflows/rebalance', { headers, body: '' })).status, 415);
});

test('a script of a foreign page changes nothing: 403', async (t) => {
  const api = await startApi(t);
  const id = api.fake.begin();
  for (const headers of [
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
  ]) {
    // fetch sets Sec-Fetch-Site itself
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const answer = await raw(api, 'PUT', `${WORKFLOWS}/${id}/pause`, lines);
    t.regex(answer, /^HTTP\/1\.1 403 .*"error":"PERMISSION_DENIED"/s, lines.join());
  }
  t.is((await api.fake.getWorkflowById(id))?.status, 'EXECUTING');
  const own = [`Origin: ${api.origin}`];
  t.regex(await raw(api, 'PUT', `${WORKFLOWS}/${id}/pause`, own), /^HTTP\/1\.1 200 /);
});

for (const [method, path, allow] of [
  ['DELETE', '/workflows', 'POST, GET, HEAD'],
  ['GET', '/workflows/rebalance', 'POST'],
  ['POST', `/workflows/${NOBODY}/pause`, 'PUT'],
  ['PATCH', '/definitions/x', 'PUT, GET, HEAD'],
  ['POST', '/stream', 'GET, HEAD'],
  ['PUT', '/openapi.json', 'GET, HEAD'],
] as const) {
  test(`${method} ${path} is a 405 that allows ${allow}`, async (t) => {
    const api = await startApi(t);
    const answer = await api.call(method, path);
    t.is(answer.headers.get('allow'), allow);
    isProblem(t, answer, {
      status: 405,
      error: 'METHOD_NOT_ALLOWED',
      title: 'Method not allowed',
      message: `${method} is not possible here; allowed: ${allow}`,
      path: `/api/v1${path}`,
    });
  });
}

test('OPTIONS tells what is allowed', async (t) => {
  const api = await startApi(t);
  const { status, headers } = await api.call('OPTIONS', '/workflows');
  t.deepEqual([status, headers.get('allow')], [204, 'POST, GET, HEAD']);
});

for (const path of [
  '/',
  '/api/v1',
  '/api/v1/orders',
  '/api/v2/workflows',
  '/API/v1/workflows/x/y',
]) {
  test(`${path} is no route`, async (t) => {
    const api = await startApi(t);
    isProblem(t, await api.call('GET', `${api.origin}${path}?secret=1`), {
      status: 404,
      error: 'RESOURCE_NOT_FOUND',
      title: 'Not found',
      message: `There is no route ${path}`,
      path,
    });
  });
}

test('broken percent-encoding in a path is a 400', async (t) => {
  const api = await startApi(t);
  isProblem(t, await api.call('GET', '/definitions/%E0%A4%A'), {
    ...INVALID,
    message: 'path: is not valid percent-encoding',
    path: '/api/v1/definitions/%E0%A4%A',
    validationErrors: [{ field: 'path', message: 'is not valid percent-encoding' }],
  });
});

for (const [error, message] of [
  [
    new StoreUnavailableError('ECONNREFUSED 10.0.0.5:27017'),
    'The store can not be reached or takes no writes (GET /orchestration/health says why); nothing was changed',
  ],
  [new QueueUnavailableError('ECONNREFUSED 10.0.0.6:6379'), 'The queue can not be reached'],
] as const) {
  test(`${error.name} is a 503 with Retry-After`, async (t) => {
    const api = await startApi(t);
    api.fake.startWorkflow = () => Promise.reject(error);
    const answer = await api.call('POST', '/workflows', { body: START });
    t.is(answer.headers.get('retry-after'), '2');
    isProblem(t, answer, {
      status: 503,
      error: 'SERVICE_UNAVAILABLE',
      title: 'Unavailable for now',
      message,
      path: WORKFLOWS,
    });
    t.like(api.logger.lines, [
      { level: 'warn', message: 'requests fail', fields: { reason: error.message } },
    ]);
  });
}

test('a server that is away is one line in the log, however many requests fail', async (t) => {
  const api = await startApi(t);
  api.fake.startWorkflow = () => Promise.reject(new StoreUnavailableError('disk is full'));
  for (let n = 0; n < 5; n += 1) await api.call('POST', '/workflows', { body: START });
  api.fake.startWorkflow = () => Promise.reject(new QueueUnavailableError('gone'));
  await api.call('POST', '/workflows', { body: START });
  t.deepEqual(
    api.logger.lines.map(({ fields }) => fields),
    [{ reason: 'disk is full' }, { reason: 'gone' }],
  );
});

for (const [what, failure] of [
  ['an error', new Error('password=hunter2 at /srv/wes/store.ts')],
  ['an URIError of our own', new URIError('hunter2')],
] as const) {
  test(`a 500 for ${what} shows nothing of it, and is logged under the request id it names`, async (t) => {
    const api = await startApi(t);
    api.fake.getWorkflowById = () => Promise.reject(failure);
    const answer = await api.call('GET', `/workflows/${NOBODY}`, {
      headers: { 'X-Request-Id': 'req-1' },
    });
    isProblem(t, answer, {
      status: 500,
      error: 'INTERNAL_ERROR',
      title: 'Internal error',
      message: 'The request failed inside the engine; it is logged under request id req-1',
      path: `${WORKFLOWS}/${NOBODY}`,
    });
    t.notRegex(answer.text, /hunter2|\.ts/);
    t.like(api.logger.lines, [
      { level: 'error', fields: { requestId: 'req-1', method: 'GET', error: failure } },
    ]);
  });
}

test('every answer has a request id: the client’s own if it is fit for a log', async (t) => {
  const api = await startApi(t);
  const idFor = async (given: string) => {
    const headers = { 'X-Request-Id': given };
    return (await api.call('GET', '/workflows', { headers })).headers.get('x-request-id');
  };
  t.is(await idFor('A-1.b_c'), 'A-1.b_c');
  for (const unfit of ['', 'x'.repeat(65), 'a b', '{"$ne":1}']) {
    t.regex((await idFor(unfit)) ?? '', /^[0-9a-f-]{36}$/);
  }
});

test('requests beyond the limit are a 429 with Retry-After; those that end make room', async (t) => {
  const api = await startApi(t, { settings: { maxConcurrentRequests: 1 } });
  const held = Promise.withResolvers<null>();
  const reached = Promise.withResolvers<void>();
  api.fake.getWorkflowById = () => {
    reached.resolve();
    return held.promise;
  };
  const first = api.call('GET', `/workflows/${NOBODY}`);
  await reached.promise;
  const second = await api.call('GET', '/workflows');
  t.is(second.headers.get('retry-after'), '1');
  isProblem(t, second, {
    status: 429,
    error: 'TOO_MANY_REQUESTS',
    title: 'Too many requests',
    message: '1 requests are in progress; try again shortly',
    path: WORKFLOWS,
  });
  t.is((await api.call('GET', `${api.origin}/livez`)).status, 200);
  held.resolve(null);
  t.is((await first).status, 404);
  t.is((await api.call('GET', '/workflows')).status, 200);
});

test('answers carry no X-Powered-By, no CORS headers, and the security headers', async (t) => {
  const api = await startApi(t);
  const { headers } = await api.call('GET', '/workflows', {
    headers: { Origin: 'https://evil.example' },
  });
  t.is(headers.get('x-powered-by'), null);
  t.is(headers.get('access-control-allow-origin'), null);
  t.is(headers.get('x-content-type-options'), 'nosniff');
  t.regex(headers.get('content-security-policy') ?? '', /script-src 'self'/);
});

test('a header with a line break in it is refused, and the server goes on', async (t) => {
  const api = await startApi(t);
  const answer = await raw(api, 'GET', WORKFLOWS, ['X-Operator: a\rSet-Cookie: b=1']);
  t.regex(answer, /^HTTP\/1\.1 400 /);
  t.notRegex(answer, /set-cookie/i);
  t.is((await api.call('GET', '/workflows')).status, 200);
});

test('a repeated header that may come once only is refused', async (t) => {
  const api = await startApi(t);
  const body = JSON.stringify(START);
  const answer = await raw(
    api,
    'POST',
    WORKFLOWS,
    [
      'Idempotency-Key: a',
      'Idempotency-Key: b',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ],
    body,
  );
  t.regex(answer, /^HTTP\/1\.1 400 .*"idempotency-key","message":"must be a single string"/s);
});

/** A request as bytes: for what fetch would not send. */
async function raw(
  api: TestApi,
  method: string,
  path: string,
  headers: readonly string[],
  body = '',
): Promise<string> {
  const socket = connect(api.port, '127.0.0.1');
  await once(socket, 'connect');
  const lines = [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${api.port}`, 'Connection: close'];
  socket.write(`${[...lines, ...headers].join('\r\n')}\r\n\r\n${body}`);
  return text(socket);
}
