import test from 'ava';
import { gzipSync } from 'node:zlib';
import { errorExcerpt } from '#adapters/http/error-excerpt.ts';

for (const [title, body, excerpt] of [
  ['the detail of a problem', '{"title":"t","detail":"no stock","message":"m"}', 'no stock'],
  ['the message where there is no detail', '{"detail":"","message":"bad sku"}', 'bad sku'],
  ['JSON that says neither, as it is', '{"code":7}', '{"code":7}'],
  ['JSON that is no object', '["a"]', '["a"]'],
  ['a page', '<html>\n\t<h1>Bad</h1>', '<html> <h1>Bad</h1>'],
  ['text without controls and direction marks', 'a\u0000\r\n\u202eb\u001b[31m', 'a b [31m'],
  ['no more than 200 characters', '😀'.repeat(201), `${'😀'.repeat(200)}…`],
  ['nothing', '', ''],
] as const) {
  test(`an excerpt holds ${title}`, (t) => {
    t.is(errorExcerpt({}, Buffer.from(body)), excerpt);
  });
}

test('a compressed body is read, one cut short is left out', (t) => {
  const body = gzipSync('{"detail":"no stock"}');
  t.is(errorExcerpt({ 'content-encoding': 'gzip' }, body), 'no stock');
  t.is(errorExcerpt({ 'content-encoding': 'gzip' }, body.subarray(0, 9)), '');
});
