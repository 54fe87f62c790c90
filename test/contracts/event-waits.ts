import test, { type ExecutionContext } from 'ava';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { EventWait, EventWaits, ParkedEvent } from '#application/ports/event-waits.ts';

type Store = EventWaits & { close(): Promise<void> };

const NOW = 1_750_000_000_000;

/** Registers the tests that every EventWaits must pass; `open` as in workflowStoreContract. */
export function eventWaitsContract(
  name: string,
  open: (t: ExecutionContext) => Promise<Store>,
): void {
  test(`${name}: an event meets the steps that wait for its key at its service`, async (t) => {
    const store = await open(t);
    const first = wait();
    const second = wait({ workflowId: 'w-2' });
    for (const each of [first, second, first]) t.deepEqual(await store.expectEvent(each), []);
    await store.expectEvent(wait({ service: 'other' }));
    await store.expectEvent(wait({ key: 'T-2' }));
    t.deepEqual(await store.deliverEvent(parked()), [first, second]);
  });

  test(`${name}: a step finds the events that came before it, oldest first`, async (t) => {
    const store = await open(t);
    const late = parked({ eventId: 'e-1', parkedAt: NOW + 5 });
    const early = parked({ eventId: 'e-2', event: { id: 'e-2', nested: [null, 'ü'] } });
    for (const each of [late, early, parked({ eventId: 'e-3', key: 'T-2' })]) {
      t.deepEqual(await store.deliverEvent(each), []);
    }
    t.deepEqual(await store.expectEvent(wait()), [early, late]);
    t.deepEqual(await store.expectEvent(wait({ workflowId: 'w-2' })), [early, late], 'they stay');
  });

  test(`${name}: an event is parked once, however often it is delivered`, async (t) => {
    const store = await open(t);
    const first = parked();
    await store.deliverEvent(first);
    await store.deliverEvent(parked({ parkedAt: NOW + 99, event: 'another' }));
    t.deepEqual(await store.expectEvent(wait()), [first]);
    const otherSource = parked({ source: '/yard', parkedAt: NOW + 1 });
    await store.deliverEvent(otherSource);
    t.deepEqual(await store.expectEvent(wait()), [first, otherSource]);
  });

  test(`${name}: what was forgotten or dropped meets nobody`, async (t) => {
    const store = await open(t);
    await store.expectEvent(wait());
    await store.forgetWait(wait());
    await store.forgetWait(wait({ workflowId: 'unknown' }));
    t.deepEqual(await store.deliverEvent(parked()), []);
    await store.dropParked(parked());
    await store.dropParked(parked({ eventId: 'unknown' }));
    t.deepEqual(await store.expectEvent(wait()), []);
  });

  test(`${name}: of a wait and an event at the same moment at least one learns of the other`, async (t) => {
    const store = await open(t);
    for (let round = 0; round < 20; round += 1) {
      const key = `T-${round}`;
      const event = parked({ key, eventId: key });
      const [found, met] = await Promise.all(
        round % 2 === 0
          ? [store.expectEvent(wait({ key })), store.deliverEvent(event)]
          : [store.deliverEvent(event), store.expectEvent(wait({ key }))],
      );
      t.true(found.length + met.length > 0, key);
    }
  });

  test(`${name}: events that nobody came for are told, the longest overdue first`, async (t) => {
    const store = await open(t);
    const [a, b, c] = [1, 2, 3].map((n) => parked({ eventId: `e-${n}`, expiresAt: NOW + n }));
    for (const each of [c, a, b]) if (each) await store.deliverEvent(each);
    t.deepEqual(await store.expiredEvents(NOW, 10), []);
    t.deepEqual(await store.expiredEvents(NOW + 2, 10), [a, b]);
    t.deepEqual(await store.expiredEvents(NOW + 3, 2), [a, b]);
    if (a) await store.dropParked(a);
    t.deepEqual(await store.expiredEvents(NOW + 3, 2), [b, c]);
  });

  test(`${name}: a closed store has no waits`, async (t) => {
    const store = await open(t);
    await store.close();
    const refused = [
      store.expectEvent(wait()),
      store.deliverEvent(parked()),
      store.forgetWait(wait()),
      store.dropParked(parked()),
      store.expiredEvents(NOW, 1),
    ];
    for (const result of await Promise.allSettled<unknown>(refused)) {
      t.true(result.status === 'rejected' && result.reason instanceof StoreUnavailableError);
    }
  });
}

function wait(overrides: Partial<EventWait> = {}): EventWait {
  return {
    service: 'picking-service',
    key: 'T-1',
    workflowId: 'w-1',
    stepId: 'pick',
    ...overrides,
  };
}

function parked(overrides: Partial<ParkedEvent> = {}): ParkedEvent {
  return {
    service: 'picking-service',
    key: 'T-1',
    source: '/picking',
    eventId: 'e-1',
    event: { id: 'e-1' },
    parkedAt: NOW,
    expiresAt: NOW + 1000,
    ...overrides,
  };
}
