import { once } from 'node:events';
import type { Socket } from 'node:net';
import test from 'ava';
import { aCall, failureOf, inventoryAt } from '#test/adapters/http/callers.ts';
import { answering, CLOSED_PORT, httpServer, rawServer } from '#test/adapters/http/servers.ts';

const BROKEN = {
  kind: 'failed',
  errorType: 'NETWORK_ERROR',
  recoverable: true,
  outcome: 'unknown',
  retryAfterMs: null,
} as const;
const UNREACHABLE = { ...BROKEN, status: null, outcome: 'not-applied' } as const;
const TIMED_OUT = { ...BROKEN, errorType: 'TIMEOUT', status: null } as const;

test('a closed port: nothing was sent', async (t) => {
  const { caller } = inventoryAt(t, CLOSED_PORT);
  const failure = failureOf(await caller.call(aCall()));
  t.like(failure, UNREACHABLE);
  t.regex(failure.message, /^no connection to inventory-service .*ECONNREFUSED/);
});

test('a name that does not resolve: nothing was sent', async (t) => {
  const { caller } = inventoryAt(t, 'http://no-such-host.invalid');
  t.like(await caller.call(aCall()), UNREACHABLE);
});

test('a server that speaks no TLS where TLS is due: nothing was sent', async (t) => {
  const { url } = await answering(t, 'hello', (socket) => socket.destroy());
  const { caller } = inventoryAt(t, url.replace('http:', 'https:'));
  t.like(await caller.call(aCall()), UNREACHABLE);
});

test('a connection that is not there in time: nothing was sent, then or later', async (t) => {
  const received: Buffer[] = [];
  const { promise: hello, resolve: onHello } = Promise.withResolvers<Socket>();
  // TLS is the connection that a server can keep us waiting for.
  const { url } = await rawServer(t, (socket) => {
    socket.on('data', (bytes) => {
      received.push(bytes);
      onHello(socket);
    });
  });
  const { caller } = inventoryAt(t, url.replace('http:', 'https:'));
  const failure = failureOf(await caller.call(aCall({ timeoutMs: 100 })));
  t.like(failure, UNREACHABLE);
  t.regex(failure.message, /^no connection to inventory-service .* within 100 ms$/);
  (await hello).destroy();
  t.false(Buffer.concat(received).includes('POST'));
});

test('a connection that is reset at once may have taken the request', async (t) => {
  const { url } = await rawServer(t, (socket) =>
    socket.once('data', () => socket.resetAndDestroy()),
  );
  const failure = failureOf(await inventoryAt(t, url).caller.call(aCall()));
  t.like(failure, { ...BROKEN, status: null });
  t.regex(failure.message, /broke during POST \/reserve: /);
});

test('a connection that is closed after the whole request was read', async (t) => {
  const { url } = await httpServer(t, (request) => {
    request.resume().on('end', () => request.socket.end());
  });
  t.like(await inventoryAt(t, url).caller.call(aCall()), { ...BROKEN, status: null });
});

for (const [title, answer] of [
  ['half a reply', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a":'],
  ['half a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n64\r\n{"a":'],
] as const) {
  test(`${title} and then a reset: the effect may be there`, async (t) => {
    const { url } = await answering(t, answer, (socket) => socket.resetAndDestroy());
    t.like(await inventoryAt(t, url).caller.call(aCall()), { ...BROKEN, status: 200 });
  });
}

for (const [title, answer] of [
  ['only a hint of one', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'],
  // undici takes it for an error; a service is not asked to send one.
  ['a 100 that nobody asked for', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 Done\r\n\r\n'],
  ['no HTTP', 'SSH-2.0-OpenSSH\r\n'],
  ['headers without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(64 * 1024)}`],
  [
    'an upgrade that nobody asked for',
    'HTTP/1.1 101 Up\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
  ],
] as const) {
  test(`an answer that is ${title} is a broken connection`, async (t) => {
    const { url } = await answering(t, answer, (socket) => socket.end());
    t.like(await inventoryAt(t, url).caller.call(aCall()), { ...BROKEN, status: null });
  });
}

test('a server that accepts and says nothing: timed out', async (t) => {
  const { url } = await rawServer(t, (socket) => socket.resume());
  const { caller } = inventoryAt(t, url, { timeoutMs: 1000 });
  const failure = failureOf(await caller.call(aCall()));
  t.like(failure, TIMED_OUT);
  t.regex(failure.message, /did not finish answering POST \/reserve within 1000 ms$/);
});

test("the step's timeout goes before the service's", async (t) => {
  const { url } = await rawServer(t, (socket) => socket.resume());
  const { caller } = inventoryAt(t, url, { timeoutMs: 60_000 });
  t.like(await caller.call(aCall({ timeoutMs: 1000 })), TIMED_OUT);
});

test('a reply that keeps dripping does not outlast the timeout, and its connection is closed', async (t) => {
  const { promise: hungUp, resolve } = Promise.withResolvers<void>();
  const { url } = await rawServer(t, (socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      const drip = setInterval(() => socket.write('1\r\n \r\n'), 10);
      socket.on('close', () => {
        clearInterval(drip);
        resolve();
      });
    });
  });
  const result = await inventoryAt(t, url).caller.call(aCall({ timeoutMs: 1000 }));
  t.like(result, { ...TIMED_OUT, status: 200 });
  await hungUp;
});

test('an endless reply is cut off at its limit, and its connection is closed', async (t) => {
  const { promise: hungUp, resolve } = Promise.withResolvers<void>();
  const chunk = `4000\r\n${' '.repeat(16_384)}\r\n`;
  const { url } = await rawServer(t, (socket) => {
    socket.on('close', () => resolve());
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      const more = (): void => void (socket.writable && socket.write(chunk, more));
      more();
    });
  });
  t.like(await inventoryAt(t, url).caller.call(aCall()), { errorType: 'DATA_INTEGRITY_ERROR' });
  await hungUp;
});

test('a kept connection that the server has closed meanwhile is not used again', async (t) => {
  const sockets: Socket[] = [];
  const server = await rawServer(t, (socket) => {
    sockets.push(socket);
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'));
  });
  const { caller } = inventoryAt(t, server.url);
  await caller.call(aCall());
  const [first] = sockets as [Socket];
  first.end();
  await once(first, 'close');
  t.deepEqual(await caller.call(aCall()), { kind: 'replied', reply: {} });
  t.is(server.accepted(), 2);
});

test('a kept connection that the server closes on receiving the next request: the effect may be there', async (t) => {
  let requests = 0;
  const { url } = await rawServer(t, (socket) => {
    socket.on('data', () => {
      requests += 1;
      if (requests === 2) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    });
  });
  const { caller } = inventoryAt(t, url);
  await caller.call(aCall());
  t.like(await caller.call(aCall()), { ...BROKEN, status: null });
  t.is((await caller.call(aCall())).kind, 'replied');
});
