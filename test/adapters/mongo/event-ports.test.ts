import test, { type ExecutionContext } from 'ava';
import { open, openFresh } from '#test/adapters/mongo/open-store.ts';
import { cursorStoreContract } from '#test/contracts/cursor-store.ts';
import { eventWaitsContract } from '#test/contracts/event-waits.ts';
import { inboundLogContract } from '#test/contracts/inbound-log.ts';
import { noteStoreContract } from '#test/contracts/note-store.ts';
import { mongodbForFile } from '#test/servers/mongodb.ts';

const mongodb = await mongodbForFile(test);
if (mongodb !== null) {
  const fresh = (t: ExecutionContext) => openFresh(t, { url: mongodb.freshUrl() });
  cursorStoreContract('mongodb', fresh);
  inboundLogContract('mongodb', fresh);
  eventWaitsContract('mongodb', fresh);
  noteStoreContract('mongodb', fresh);

  test('what one process has claimed, handled or parked, another one finds', async (t) => {
    const url = mongodb.freshUrl();
    const [one, other] = [await openFresh(t, { url }), await open(t, { url })];
    const { fence } = await one.claimCursor('relay');
    await one.saveCursor('relay', fence, '7');
    t.deepEqual(await other.claimCursor('relay'), { fence: 2, position: '7' });
    t.false(await one.saveCursor('relay', fence, '8'));

    const name = { source: '/orders', eventId: 'e-1' };
    const handled = { ...name, fingerprint: 'f', outcome: 'started', recordedAt: 1, expiresAt: 9 };
    await one.recordInbound(handled);
    t.deepEqual(await other.findInbound('/orders', 'e-1', 2), handled);
    const event = { $where: { 'a.b': 1 }, ['__proto__']: null };
    const parked = { ...name, service: 's', key: 'k', event, parkedAt: 1, expiresAt: 9 };
    await one.deliverEvent(parked);
    t.deepEqual(
      await other.expectEvent({ service: 's', key: 'k', workflowId: 'w', stepId: 'pick' }),
      [parked],
    );
  });
}
