import type { ServerResponse } from 'node:http';
import test from 'ava';
import { aCall, callerOf, inventoryAt } from '#test/adapters/http/callers.ts';
import { httpServer, rawServer } from '#test/adapters/http/servers.ts';
import type { JsonObject } from '#domain/json.ts';

test('a service that is not in the registry is not found', async (t) => {
  const { caller } = inventoryAt(t, 'http://127.0.0.1:9');
  t.deepEqual(await caller.call(aCall({ serviceName: 'constructor' })), {
    kind: 'failed',
    errorType: 'RESOURCE_NOT_FOUND',
    recoverable: false,
    message: 'no service named constructor is in the registry',
    status: null,
    outcome: 'not-applied',
    retryAfterMs: null,
  });
});

test('the catalogue has every name and alias with its operations', (t) => {
  const instances = ['http://127.0.0.1:9'];
  const { caller } = callerOf(t, {
    a: { instances, aliases: ['b'], operations: ['reserve'] },
    c: { instances },
  });
  t.deepEqual(
    Array.from(caller.catalogue(), ([name, { operations }]) => [name, operations]),
    [
      ['a', new Set(['reserve'])],
      ['b', new Set(['reserve'])],
      ['c', null],
    ],
  );
});

test('no input makes a call throw', async (t) => {
  const { url } = await httpServer(t, (_, response) => void response.end());
  const { caller } = inventoryAt(t, url);
  let deep: JsonObject = {};
  for (let level = 0; level < 100_000; level += 1) deep = { deep };
  t.like(await caller.call(aCall({ input: deep })), {
    errorType: 'VALIDATION_ERROR',
    outcome: 'not-applied',
  });
  const http = { method: 'GET', path: '/with space' } as const;
  t.like(await caller.call(aCall({ http })), {
    errorType: 'VALIDATION_ERROR',
    outcome: 'not-applied',
  });
  t.like(await caller.call(aCall({ http: null, operation: '\ud800' })), {
    errorType: 'VALIDATION_ERROR',
  });
});

test('a timeout longer than a timer can hold does not fire at once', async (t) => {
  const { url } = await httpServer(t, (_, response) => void response.end());
  const { caller } = inventoryAt(t, url);
  t.is((await caller.call(aCall({ timeoutMs: 2 ** 40 }))).kind, 'replied');
});

test('a redelivered call has the same key', async (t) => {
  const keys: unknown[] = [];
  const { url } = await httpServer(t, (request, response) => {
    keys.push(request.headers['idempotency-key']);
    response.writeHead(503).end();
  });
  const { caller } = inventoryAt(t, url);
  await caller.call(aCall());
  await caller.call(aCall());
  t.is(new Set(keys).size, 1);
});

test('closing lets a call under way finish; later calls fail unsent', async (t) => {
  const { promise: held, resolve } = Promise.withResolvers<ServerResponse>();
  const { url } = await httpServer(t, (_, response) => resolve(response));
  const { caller } = inventoryAt(t, url);
  const call = caller.call(aCall());
  const response = await held;
  const closed = caller.close();
  t.like(await caller.call(aCall()), { errorType: 'NETWORK_ERROR', outcome: 'not-applied' });
  response.end('{"late":true}');
  t.deepEqual(await call, { kind: 'replied', reply: { late: true } });
  await closed;
  await t.notThrowsAsync(caller.close());
});

test('closing does not wait for ever: a call that hangs is broken off, its outcome unknown', async (t) => {
  const { promise: connected, resolve } = Promise.withResolvers<void>();
  const { url } = await rawServer(t, (socket) => socket.once('data', () => resolve()));
  const { caller } = inventoryAt(t, url, { timeoutMs: 60_000 });
  const call = caller.call(aCall());
  await connected;
  const begun = performance.now();
  await caller.close();
  t.true(performance.now() - begun < 4000);
  t.like(await call, { errorType: 'NETWORK_ERROR', outcome: 'unknown' });
});

test('ten thousand calls, good, refused, cut off and timed out, leave no connection behind', async (t) => {
  const CALLS = 10_000;
  const AT_ONCE = 20;
  let served = 0;
  const { url, server, accepted } = await httpServer(t, (_, response) => {
    served += 1;
    if (served % 1000 === 0) return;
    if (served % 500 === 1) response.end(Buffer.alloc(300 * 1024, ' '));
    else response.writeHead(served % 7 === 0 ? 404 : 200).end('{"ok":true}');
  });
  const breaker = { consecutiveFailures: 1000, failureRate: 1, window: 1000, minimumCalls: 1000 };
  const { caller } = inventoryAt(t, url, { timeoutMs: 1500, breaker });
  const kinds = new Map<string, number>();
  let begun = 0;
  async function lane(): Promise<void> {
    while (begun < CALLS) {
      begun += 1;
      const result = await caller.call(aCall());
      const kind = result.kind === 'failed' ? result.errorType : result.kind;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  t.is(kinds.get('TIMEOUT'), 10);
  t.is(kinds.get('DATA_INTEGRITY_ERROR'), 20);
  t.is(
    [...kinds.values()].reduce((sum, count) => sum + count),
    CALLS,
  );
  // Two a lane (undici rests a connection for one turn of the event loop), and one more for each that was cut off.
  t.true(accepted() <= 2 * AT_ONCE + 10 + 20, `${accepted()} connections`);
  await caller.close();
  await until(async () => (await connectionsOf(server)) === 0);
  t.is(await connectionsOf(server), 0);
});

type Counted = { getConnections(callback: (error: Error | null, count: number) => void): unknown };

function connectionsOf(server: Counted): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}
