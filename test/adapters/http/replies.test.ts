import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { aCall, failureOf, inventoryAt } from '#test/adapters/http/callers.ts';
import { answering, httpServer } from '#test/adapters/http/servers.ts';
import type { CallResult } from '#application/ports/service-caller.ts';

const LIMIT = 256 * 1024;

type Answer = { status?: number; headers?: Record<string, string>; body?: string | Buffer };

/** What a call makes of this answer. */
async function resultOf(
  t: ExecutionContext,
  { status = 200, headers = {}, body = '' }: Answer,
  replyNeeded = true,
): Promise<CallResult> {
  const { url } = await httpServer(t, (_, response) => {
    response.writeHead(status, headers).end(body);
  });
  return inventoryAt(t, url).caller.call(aCall({ replyNeeded }));
}

/** A JSON object of exactly so many bytes. */
function jsonOf(bytes: number): string {
  return JSON.stringify({ a: 'x'.repeat(bytes - 8) });
}

function nested(depth: number): string {
  return `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;
}

for (const [title, answer, reply] of [
  ['a JSON object', { body: '{"a":[1,{"b":null}]}' }, { a: [1, { b: null }] }],
  ['an empty reply as {}', {}, {}],
  ['blanks as {}', { body: ' \r\n' }, {}],
  ['201 like 200', { status: 201, body: '{"id":1}' }, { id: 1 }],
  ['204 as {}', { status: 204 }, {}],
  ['205 as {}', { status: 205 }, {}],
  ['JSON under another content type', { headers: { 'content-type': 'text/html' }, body: '{}' }, {}],
  ['a byte order mark', { body: '\ufeff{"a":1}' }, { a: 1 }],
  ['gzip that was not asked for', gz('gzip', gzipSync('{"a":1}')), { a: 1 }],
  ['deflate', gz('deflate', deflateSync('{"a":1}')), { a: 1 }],
  ['brotli', gz('BR', brotliCompressSync('{"a":1}')), { a: 1 }],
  ['exactly 256 KiB', { body: jsonOf(LIMIT) }, { a: 'x'.repeat(LIMIT - 8) }],
] as const) {
  test(`a reply may be ${title}`, async (t) => {
    t.deepEqual(await resultOf(t, answer), { kind: 'replied', reply });
  });
}

for (const [title, answer, problem] of [
  ['one byte above 256 KiB', { body: jsonOf(LIMIT + 1) }, /larger than 262144 bytes$/],
  ['a bomb', gz('gzip', gzipSync(jsonOf(50_000_000))), /larger than 262144 bytes$/],
  ['gzip cut short', gz('gzip', gzipSync('{"a":1}').subarray(0, 20)), /not valid gzip$/],
  ['an unknown encoding', gz('lzw', Buffer.from('{}')), /encoded as lzw/],
  ['a page', { body: '<html></html>' }, /is not JSON$/],
  ['half an object', { body: '{"a":' }, /is not JSON$/],
  [
    'an array',
    { body: '[]' },
    /of kind array, and outputData is an object: have the service.* wrap it/,
  ],
  ['a scalar', { body: '"done"' }, /of kind string,/],
  ['null', { body: 'null' }, /of kind null,/],
  ['bytes that are no UTF-8', { body: Buffer.from('{"a":"\xff"}', 'latin1') }, /not valid UTF-8$/],
  ['nested 65 deep', { body: nested(65) }, /nested deeper than 64$/],
  ['nested far too deep', { body: `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}` }, /64$/],
  ['a number beyond all numbers', { body: '{"a":[1e999]}' }, /number too large/],
] as const) {
  test(`${title} is unusable, and the effect may be there`, async (t) => {
    const failure = failureOf(await resultOf(t, answer));
    t.like(failure, {
      errorType: 'DATA_INTEGRITY_ERROR',
      recoverable: false,
      status: 200,
      outcome: 'unknown',
    });
    t.regex(failure.message, problem);
  });
}

test('64 levels are as deep as a reply may be', async (t) => {
  t.is((await resultOf(t, { body: nested(64) })).kind, 'replied');
});

test('__proto__ in a reply is data', async (t) => {
  const result = await resultOf(t, { body: '{"__proto__":{"admin":true}}' });
  if (result.kind !== 'replied') return t.fail();
  t.deepEqual(Object.keys(result.reply), ['__proto__']);
  t.is(Object.getPrototypeOf(result.reply), Object.prototype);
});

for (const [title, answer] of [
  ['a page', { body: '<html>' }],
  ['300 KiB', { body: 'x'.repeat(300 * 1024) }],
  ['nothing', { status: 204 }],
  ['bytes in an unknown encoding', gz('lzw', Buffer.from('x'))],
] as const) {
  test(`where no reply is needed, a 2xx with ${title} will do`, async (t) => {
    t.deepEqual(await resultOf(t, answer, false), { kind: 'replied', reply: {} });
  });
}

test('where no reply is needed, a 2xx that is never finished will do too', async (t) => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n';
  const hanging = await answering(t, head);
  const breaking = await answering(t, head, (socket) => socket.destroy());
  for (const { url } of [hanging, breaking]) {
    const { caller } = inventoryAt(t, url);
    const result = await caller.call(aCall({ replyNeeded: false, timeoutMs: 1000 }));
    t.deepEqual(result, { kind: 'replied', reply: {} });
  }
});

test('informational answers before the reply are passed over', async (t) => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
  const { url } = await answering(t, `${hints}HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{"a":1}`);
  const result = await inventoryAt(t, url).caller.call(aCall());
  t.deepEqual(result, { kind: 'replied', reply: { a: 1 } });
});

test('a reply in many small chunks is put together', async (t) => {
  const body = JSON.stringify({ a: 'ü'.repeat(1000) });
  const { url } = await httpServer(t, (_, response) => {
    for (const byte of Buffer.from(body)) response.write(Buffer.of(byte));
    response.end();
  });
  const result = await inventoryAt(t, url).caller.call(aCall());
  t.deepEqual(result, { kind: 'replied', reply: { a: 'ü'.repeat(1000) } });
});

function gz(encoding: string, body: Buffer): Answer {
  return { headers: { 'content-encoding': encoding }, body };
}
