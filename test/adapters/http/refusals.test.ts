import test, { type ExecutionContext } from 'ava';
import { aCall, failureOf, inventoryAt, type TestCaller } from '#test/adapters/http/callers.ts';
import { answering, httpServer } from '#test/adapters/http/servers.ts';
import type { FailedCall } from '#adapters/http/judge.ts';

/** A caller of a service that always answers so. */
async function answeredWith(
  t: ExecutionContext,
  status: number,
  { headers = {}, body = '' }: { headers?: Record<string, string | string[]>; body?: string } = {},
): Promise<TestCaller> {
  const { url } = await httpServer(t, (_, response) => {
    response.writeHead(status, headers).end(body);
  });
  return inventoryAt(t, url);
}

async function refusal(...args: Parameters<typeof answeredWith>): Promise<FailedCall> {
  const { caller } = await answeredWith(...args);
  return failureOf(await caller.call(aCall()));
}

for (const [status, errorType, recoverable, outcome] of [
  [400, 'VALIDATION_ERROR', false, 'not-applied'],
  [403, 'PERMISSION_DENIED', false, 'not-applied'],
  [404, 'RESOURCE_NOT_FOUND', false, 'not-applied'],
  [409, 'BUSINESS_RULE_VIOLATION', false, 'not-applied'],
  [408, 'TIMEOUT', true, 'unknown'],
  [429, 'SERVICE_UNAVAILABLE', true, 'not-applied'],
  [500, 'INTERNAL_ERROR', true, 'not-applied'],
  [502, 'SERVICE_UNAVAILABLE', true, 'unknown'],
  [503, 'SERVICE_UNAVAILABLE', true, 'not-applied'],
  [504, 'TIMEOUT', true, 'unknown'],
] as const) {
  test(`an answer of ${status} is ${errorType}, ${outcome}`, async (t) => {
    t.like(await refusal(t, status), {
      kind: 'failed',
      status,
      errorType,
      recoverable,
      outcome,
      retryAfterMs: null,
    });
  });
}

test('the message says who answered what to which request, and why', async (t) => {
  const body = '{"detail":"no stock of A-1","stack":"secret"}';
  const { message } = await refusal(t, 409, { body });
  t.regex(
    message,
    /^inventory-service \(http:\/\/127\.0\.0\.1:\d+\) answered 409 to POST \/reserve: no stock of A-1$/,
  );
});

test('the query, which may hold anything, is not in the message', async (t) => {
  const { caller } = await answeredWith(t, 404);
  const http = { method: 'GET', path: '/stock' } as const;
  const { message } = failureOf(await caller.call(aCall({ http, input: { card: '4711' } })));
  t.regex(message, /GET \/stock$/);
});

test('a redirect is an error that names where it leads, and is not followed', async (t) => {
  let requests = 0;
  const { url } = await httpServer(t, (_, response) => {
    requests += 1;
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  const failure = failureOf(await inventoryAt(t, url).caller.call(aCall()));
  t.like(failure, { status: 307, recoverable: false, outcome: 'not-applied' });
  t.regex(failure.message, /answered 307 \(a redirect to \/elsewhere\)/);
  t.is(requests, 1);
});

test('Retry-After in seconds and as a date is passed on', async (t) => {
  t.like(await refusal(t, 429, { headers: { 'retry-after': '7' } }), { retryAfterMs: 7000 });
  const { caller, clock } = await answeredWith(t, 503, {
    headers: { 'retry-after': new Date(1_700_000_030_000).toUTCString() },
  });
  clock.advance(1_700_000_000_000 - clock.now());
  t.like(await caller.call(aCall()), { retryAfterMs: 30_000 });
});

test('Retry-After counts for 429 and 503 only, and two of them are one', async (t) => {
  t.like(await refusal(t, 500, { headers: { 'retry-after': '7' } }), { retryAfterMs: null });
  const twice = { headers: { 'retry-after': ['3', '9'] } };
  t.like(await refusal(t, 503, twice), { retryAfterMs: 3000 });
});

test('an endless error page is cut off, and its status stands', async (t) => {
  const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`;
  const { url, server } = await answering(
    t,
    'HTTP/1.1 503 No\r\ntransfer-encoding: chunked\r\n\r\n',
    (socket) => {
      const more = (): void => void (socket.writable && socket.write(chunk, more));
      more();
    },
  );
  const { promise: hungUp, resolve } = Promise.withResolvers<void>();
  server.on('connection', (socket) => socket.on('close', () => resolve()));
  const failure = failureOf(await inventoryAt(t, url).caller.call(aCall()));
  t.like(failure, { status: 503, errorType: 'SERVICE_UNAVAILABLE', outcome: 'not-applied' });
  t.true(failure.message.length < 400);
  await hungUp;
});

test('an error whose body breaks off or hangs is the error that its status says', async (t) => {
  const head = 'HTTP/1.1 422 No\r\ncontent-length: 100\r\n\r\n{"detail":';
  const breaking = await answering(t, head, (socket) => socket.destroy());
  const hanging = await answering(t, head);
  for (const { url } of [breaking, hanging]) {
    const result = await inventoryAt(t, url).caller.call(aCall({ timeoutMs: 1000 }));
    t.like(result, { status: 422, errorType: 'VALIDATION_ERROR', outcome: 'not-applied' });
  }
});
