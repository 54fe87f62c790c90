import test from 'ava';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '#api/cursor.ts';

test('a cursor is the place that it was made of, in URL-safe characters', (t) => {
  fc.assert(
    fc.property(fc.nat(), fc.uuid(), (createdAt, workflowId) => {
      const text = encodeCursor({ createdAt, workflowId });
      t.regex(text, /^[A-Za-z0-9_-]+$/);
      t.deepEqual(decodeCursor(text), { createdAt, workflowId });
    }),
  );
});

test('any other text is no cursor, and no error', (t) => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      t.is(decodeCursor(text), null);
      t.is(decodeCursor(Buffer.from(text).toString('base64url')), null);
    }),
  );
});
