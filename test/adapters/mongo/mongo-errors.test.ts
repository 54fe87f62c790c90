import test from 'ava';
import { asStoreError } from '#adapters/mongo/mongo-errors.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';

test('a socket that breaks while a command is written to it means that the store is away', (t) => {
  for (const code of ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']) {
    t.true(
      asStoreError(Object.assign(new Error('write'), { code })) instanceof StoreUnavailableError,
    );
  }
});

test('a fault of the program stays what it is', (t) => {
  for (const fault of [
    new TypeError('x'),
    Object.assign(new Error('x'), { code: 'ENOENT' }),
    'x',
  ]) {
    t.is(asStoreError(fault), fault);
  }
});
