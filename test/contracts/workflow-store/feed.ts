import test from 'ava';
import type { FeedEvent, WorkflowStore } from '#application/ports/workflow-store.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import {
  committed,
  continuation,
  creation,
  paused,
  type OpenStore,
} from '#test/contracts/workflow-store/fixtures.ts';

export function feedContract(name: string, open: OpenStore): void {
  test(`${name}: an empty feed has no end; a position in it stays where it is`, async (t) => {
    const store = await open(t);
    t.is(await store.feedEnd(), null);
    t.deepEqual(await store.readFeed(null, 10), { events: [], position: null });
  });

  test(`${name}: the feed has all events in the order of their commits`, async (t) => {
    const store = await open(t);
    const [a, b] = [creation(), creation()];
    const more = continuation(a.head, {}, [paused('one'), paused('two')]);
    const last = continuation(b.head);
    for (const commit of [a, b, more, last]) await committed(t, store, commit);

    const { events, position } = await store.readFeed(null, 100);
    t.deepEqual(
      events.map(withoutPosition),
      [a, b, more, last].flatMap((one) => one.events),
    );
    t.is(position, await store.feedEnd());
    t.is(events.at(-1)?.position, position ?? undefined);
    const numbers = events.map((event) => Number(event.position));
    t.deepEqual(
      numbers,
      [...new Set(numbers)].toSorted((one, other) => one - other),
      'greater for later ones',
    );
    t.is(numbers.length, 5);
  });

  test(`${name}: a reader goes on after any position, page by page`, async (t) => {
    const store = await open(t);
    for (let index = 0; index < 7; index += 1) await committed(t, store, creation());
    const { events } = await store.readFeed(null, 100);
    t.is(events.length, 7);
    for (const size of [1, 2, 3, 7, 8]) t.deepEqual(await readOn(store, null, size), events);
    for (const [index, { position }] of events.entries()) {
      t.deepEqual(await readOn(store, position, 2), events.slice(index + 1));
    }
  });

  test(`${name}: at the end the position holds until there is more`, async (t) => {
    const store = await open(t);
    await committed(t, store, creation());
    const end = await store.feedEnd();
    t.deepEqual(await store.readFeed(end, 10), { events: [], position: end });
    const next = creation();
    await committed(t, store, next);
    const { events } = await store.readFeed(end, 10);
    t.deepEqual(events.map(withoutPosition), next.events);
  });

  test(`${name}: a reader that follows writers misses nothing and sees each log in order`, async (t) => {
    const store = await open(t);
    const seen: FeedEvent[] = [];
    let writing = true;
    const writers = Promise.all(
      Array.from({ length: 10 }, async () => {
        let head = await committed(t, store, creation());
        for (let step = 0; step < 5; step += 1) {
          head = await committed(t, store, continuation(head, {}, [paused('a'), paused('b')]));
        }
      }),
    ).finally(() => (writing = false));
    for (let after: string | null = null; ;) {
      const done = !writing;
      const { events, position } = await store.readFeed(after, 3);
      seen.push(...events);
      after = position;
      if (done && events.length === 0) break;
      if (events.length === 0) await new Promise(setImmediate);
    }
    await writers;
    t.is(seen.length, 110);
    const versions = Map.groupBy(seen, ({ workflowId }) => workflowId);
    for (const log of versions.values()) {
      t.deepEqual(
        log.map(({ version }) => version),
        Array.from({ length: 11 }, (_, index) => index + 1),
      );
    }
  });

  test(`${name}: what is no position is refused, not read as the beginning`, async (t) => {
    const store = await open(t);
    await committed(t, store, creation());
    for (const junk of ['', 'x', '-1', '1.5', '1e3', '99999999999999999999', '1 OR 1=1']) {
      await t.throwsAsync(store.readFeed(junk, 10), { instanceOf: RangeError }, junk);
    }
  });
}

async function readOn(
  store: WorkflowStore,
  from: string | null,
  size: number,
): Promise<readonly FeedEvent[]> {
  const found: FeedEvent[] = [];
  for (let after = from; ;) {
    const { events, position } = await store.readFeed(after, size);
    if (events.length === 0) return found;
    found.push(...events);
    after = position;
  }
}

function withoutPosition({ workflowId, version, occurredAt, event }: FeedEvent): RecordedEvent {
  return { workflowId, version, occurredAt, event };
}
