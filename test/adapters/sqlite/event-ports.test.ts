import test, { type ExecutionContext } from 'ava';
import { openSqliteStore } from '#adapters/sqlite/open-sqlite-store.ts';
import { temporaryFile } from '#test/adapters/sqlite/temporary-file.ts';
import { cursorStoreContract } from '#test/contracts/cursor-store.ts';
import { eventWaitsContract } from '#test/contracts/event-waits.ts';
import { inboundLogContract } from '#test/contracts/inbound-log.ts';
import { noteStoreContract } from '#test/contracts/note-store.ts';

cursorStoreContract('sqlite', open);
inboundLogContract('sqlite', open);
eventWaitsContract('sqlite', open);
noteStoreContract('sqlite', open);

test('cursors, handled events, parked events and notes survive a restart', async (t) => {
  const path = temporaryFile(t);
  const before = await openSqliteStore({ path });
  const { fence } = await before.claimCursor('relay');
  await before.saveCursor('relay', fence, '7');
  const name = { source: '/orders', eventId: 'e-1' };
  const handled = { ...name, fingerprint: 'f', outcome: 'started', recordedAt: 1, expiresAt: 9 };
  await before.recordInbound(handled);
  const wait = { service: 's', key: 'k', workflowId: 'w', stepId: 'pick' };
  const parked = { ...name, service: 's', key: 'k', event: { a: 1 }, parkedAt: 1, expiresAt: 9 };
  await before.deliverEvent(parked);
  await before.expectEvent(wait);
  await before.saveNote('queues', '{}');
  await before.close();

  const after = await openSqliteStore({ path });
  t.teardown(() => after.close());
  t.is(await after.readNote('queues'), '{}');
  t.deepEqual(await after.claimCursor('relay'), { fence: 2, position: '7' });
  t.false(await after.saveCursor('relay', fence, '8'), 'the fence counts on over restarts');
  t.deepEqual(await after.findInbound('/orders', 'e-1', 2), handled);
  t.deepEqual(await after.expectEvent(wait), [parked]);
  t.deepEqual(await after.deliverEvent(parked), [wait]);
});

async function open(t: ExecutionContext) {
  const store = await openSqliteStore({ path: temporaryFile(t) });
  t.teardown(() => store.close());
  return store;
}
