import test, { type ExecutionContext } from 'ava';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { InboundLog, InboundRecord } from '#application/ports/inbound-log.ts';

type Store = InboundLog & { close(): Promise<void> };

/** In the future: a server that removes expired records by its own clock must not come into it. */
const NOW = 4_000_000_000_000;

/** Registers the tests that every InboundLog must pass; `open` as in workflowStoreContract. */
export function inboundLogContract(
  name: string,
  open: (t: ExecutionContext) => Promise<Store>,
): void {
  test(`${name}: an event that was recorded is found by source and id together`, async (t) => {
    const store = await open(t);
    const record = handled();
    t.deepEqual(await store.recordInbound(record), record);
    t.deepEqual(await store.findInbound('/orders', 'e-1', NOW), record);
    t.is(await store.findInbound('/orders', 'e-2', NOW), null);
    t.is(await store.findInbound('/stock', 'e-1', NOW), null);
    t.is(await store.findInbound('/orders"', 'e-1', NOW), null);
  });

  test(`${name}: the first record stands, also when many come at once`, async (t) => {
    const store = await open(t);
    const rivals = Array.from({ length: 20 }, (_, index) => handled({ fingerprint: `f${index}` }));
    const answers = await Promise.all(rivals.map((record) => store.recordInbound(record)));
    const held = await store.findInbound('/orders', 'e-1', NOW);
    t.not(held, null);
    for (const answer of answers) t.deepEqual(answer, held ?? undefined);
  });

  test(`${name}: a record is forgotten from the moment it expires`, async (t) => {
    const store = await open(t);
    const first = await store.recordInbound(handled());
    t.deepEqual(await store.findInbound('/orders', 'e-1', NOW + 999), first);
    t.is(await store.findInbound('/orders', 'e-1', NOW + 1000), null);

    const early = handled({ recordedAt: NOW + 999, fingerprint: 'early' });
    t.deepEqual(await store.recordInbound(early), first);
    const late = handled({ recordedAt: NOW + 1000, expiresAt: NOW + 2000, fingerprint: 'late' });
    t.deepEqual(await store.recordInbound(late), late);
    t.deepEqual(await store.findInbound('/orders', 'e-1', NOW + 1500), late);
  });

  test(`${name}: expired records of others are cleared away without harm to those that hold`, async (t) => {
    const store = await open(t);
    for (const eventId of ['a', 'b']) await store.recordInbound(handled({ eventId }));
    const lasting = handled({ eventId: 'c', expiresAt: NOW + 1_000_000 });
    await store.recordInbound(lasting);
    await store.recordInbound(
      handled({ eventId: 'd', recordedAt: NOW + 120_000, expiresAt: NOW + 130_000 }),
    );
    t.deepEqual(await store.findInbound('/orders', 'c', NOW + 120_000), lasting);
    t.is(await store.findInbound('/orders', 'a', NOW + 120_000), null);
  });

  test(`${name}: a closed store remembers no event`, async (t) => {
    const store = await open(t);
    await store.close();
    const refused = [store.findInbound('/orders', 'e-1', NOW), store.recordInbound(handled())];
    for (const result of await Promise.allSettled(refused)) {
      t.true(result.status === 'rejected' && result.reason instanceof StoreUnavailableError);
    }
  });
}

function handled(overrides: Partial<InboundRecord> = {}): InboundRecord {
  return {
    source: '/orders',
    eventId: 'e-1',
    fingerprint: 'digest',
    outcome: 'started',
    recordedAt: NOW,
    expiresAt: NOW + 1000,
    ...overrides,
  };
}
