import test from 'ava';
import fc from 'fast-check';
import { readCsv } from '#simulator/csv.ts';
import { collect } from '#test/simulator/support/collect.ts';

async function records(...chunks: readonly (string | Uint8Array)[]): Promise<readonly unknown[]> {
  const read = await collect(readCsv(chunks));
  return read.map((record) =>
    record.kind === 'record' ? [record.line, ...record.fields] : [record.line, record],
  );
}

test('fields, empty fields and lines, with either line end and with none at the last', async (t) => {
  t.deepEqual(await records('a,b\r\n,\n\n \nc,'), [
    [1, 'a', 'b'],
    [2, '', ''],
    [5, 'c', ''],
  ]);
  t.deepEqual(await records(''), []);
  t.deepEqual(await records('\uFEFFa\n'), [[1, 'a']]);
});

test('quotes protect commas, line breaks and doubled quotes; lines are still counted', async (t) => {
  t.deepEqual(await records('"a,b","say ""hi""\r\nthere",""\nnext\n'), [
    [1, 'a,b', 'say "hi"\r\nthere', ''],
    [3, 'next'],
  ]);
});

test('a quote within an unquoted field stands for itself', async (t) => {
  t.deepEqual(await records('SIGN 24" WIDE,x\ny\n'), [
    [1, 'SIGN 24" WIDE', 'x'],
    [2, 'y'],
  ]);
});

test('a malformed record is reported, and reading goes on with the next line', async (t) => {
  const reason = 'text after a closing quote';
  t.deepEqual(await records('"a"b,c\nd\n'), [
    [1, { kind: 'malformed', line: 1, reason }],
    [2, 'd'],
  ]);
  t.deepEqual(await records('a\n"b,c\nd\ne'), [
    [1, 'a'],
    [2, { kind: 'malformed', line: 2, reason: 'a quote is not closed' }],
    [3, 'd'],
    [4, 'e'],
  ]);
});

test('a quote that is never closed does not swallow a long file', async (t) => {
  const lines = Array.from({ length: 5000 }, (_unused, n) => `row ${n},x`);
  const found = await records('"open,x\n', lines.join('\n'));
  t.deepEqual(found[0], [1, { kind: 'malformed', line: 1, reason: 'the record is too long' }]);
  t.is(found.length, 5001);
  t.deepEqual(found.at(-1), [5001, 'row 4999', 'x']);
});

test('what is written by RFC 4180 is read back, however the bytes are cut', async (t) => {
  const field = fc.string({ unit: fc.constantFrom('a', 'é', '€', '"', ',', '\n', '\r', ' ') });
  const table = fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 8 });
  const cuts = fc.array(fc.nat({ max: 80 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(table, cuts, async (rows, at) => {
      const text = rows
        .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',') + '\r\n')
        .join('');
      const bytes = Buffer.from(text);
      const places = [0, ...at.toSorted((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      const read = await collect(readCsv(chunks));
      t.deepEqual(
        read.map((record) => (record.kind === 'record' ? record.fields : record)),
        rows,
      );
    }),
  );
});
