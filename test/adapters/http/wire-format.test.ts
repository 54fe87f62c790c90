import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { aCall, inventoryAt, WORKFLOW_ID } from '#test/adapters/http/callers.ts';
import { httpServer, rawServer } from '#test/adapters/http/servers.ts';
import type { ServiceCall } from '#application/ports/service-caller.ts';

type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: string };

/** Makes a call and returns what the service saw of it. */
async function seen(
  t: ExecutionContext,
  call: ServiceCall,
  { basePath = '', config = {} } = {},
): Promise<Seen> {
  const requests: Seen[] = [];
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    requests.push({ method, url, headers, body: await text(request) });
    response.end('{}');
  }
  const server = await httpServer(t, (request, response) => void answer(request, response));
  const { caller } = inventoryAt(t, server.url + basePath, config);
  t.deepEqual(await caller.call(call), { kind: 'replied', reply: {} });
  t.is(requests.length, 1);
  return requests[0] as Seen;
}

test('the headers of SPEC 9 are on every call, beside those of the registry', async (t) => {
  const { headers } = await seen(t, aCall({ correlationId: 'order 17' }), {
    config: { headers: { 'x-api-key': 's3cret' } },
  });
  t.like(headers, {
    'idempotency-key': `${WORKFLOW_ID}:reserve:do`,
    'x-workflow-id': WORKFLOW_ID,
    'x-step-id': 'reserve',
    'x-correlation-id': 'order 17',
    'x-api-key': 's3cret',
    'accept-encoding': 'identity',
    'content-type': 'application/json',
  });
  t.regex(String(headers['traceparent']), /^00-0190a6f27c3e7abc8def0123456789ab-[0-9a-f]{16}-01$/);
});

test('the bytes on the wire are one plain HTTP/1.1 request', async (t) => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const { url } = await rawServer(t, (socket) => {
    socket.once('data', (bytes) => {
      resolve(bytes.toString());
      socket.end('HTTP/1.1 204 No Content\r\n\r\n');
    });
  });
  const { caller } = inventoryAt(t, url);
  await caller.call(aCall({ http: { method: 'PUT', path: '/a' }, input: { ü: 1 } }));
  const [head, body] = (await promise).split('\r\n\r\n');
  t.is(body, '{"ü":1}');
  t.regex(head ?? '', /^PUT \/a HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/);
  t.regex(head ?? '', /\r\nIdempotency-Key: .*\r\nX-Workflow-Id: .*\r\nX-Step-Id: /);
  t.regex(head ?? '', /\r\ncontent-length: 8$/);
});

test('without a correlation id there is no such header, and text that a header can not hold is encoded', async (t) => {
  t.false('x-correlation-id' in (await seen(t, aCall())).headers);
  const evil = await seen(t, aCall({ correlationId: 'a\r\nX-Admin: 1' }));
  t.is(evil.headers['x-correlation-id'], 'a%0D%0AX-Admin%3A%201');
  const umlaut = await seen(t, aCall({ correlationId: 'Größe', stepId: '\ud800' }));
  t.is(umlaut.headers['x-correlation-id'], 'Gr%C3%B6%C3%9Fe');
  t.is(umlaut.headers['x-step-id'], '%EF%BF%BD');
});

for (const method of ['POST', 'PUT', 'PATCH'] as const) {
  test(`${method} sends the whole mapped input as JSON, what the path used included`, async (t) => {
    const input = { sku: 'A/1 ü', n: 1, none: null, deep: { list: [1, { a: true }] } };
    const http = { method, path: '/stock/{sku}' };
    const request = await seen(t, aCall({ http, input }));
    t.is(request.method, method);
    t.is(request.url, '/stock/A%2F1%20%C3%BC');
    t.deepEqual(JSON.parse(request.body), input);
  });
}

for (const method of ['GET', 'DELETE'] as const) {
  test(`${method} sends what the path did not use as query, and no body`, async (t) => {
    const input = { sku: 'A-1', warehouse: 'WH 1&2', n: 1.5, on: false };
    const http = { method, path: '/stock/{sku}' };
    const request = await seen(t, aCall({ http, input }));
    t.is(request.url, '/stock/A-1?warehouse=WH%201%262&n=1.5&on=false');
    t.is(request.body, '');
    t.is(request.headers['content-length'], undefined);
    t.is(request.headers['content-type'], undefined);
  });
}

test('a step without http is POST /operations/{operation}', async (t) => {
  const request = await seen(t, aCall({ http: null, operation: 'bulk allocate', input: {} }));
  t.is(`${request.method} ${request.url}`, 'POST /operations/bulk%20allocate');
  t.is(request.body, '{}');
});

test('the path is put behind the path of the instance', async (t) => {
  t.is((await seen(t, aCall(), { basePath: '/base/v1/' })).url, '/base/v1/reserve');
});

test('every call is a span of its own in the trace of its workflow', async (t) => {
  const traces: unknown[] = [];
  const { url } = await httpServer(t, (request, response) => {
    traces.push(request.headers['traceparent']);
    response.end();
  });
  const { caller } = inventoryAt(t, url);
  for (let call = 0; call < 3; call += 1) await caller.call(aCall());
  t.is(new Set(traces).size, 3);
});
