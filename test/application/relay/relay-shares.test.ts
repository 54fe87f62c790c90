import { randomUUID } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import type { WorkflowHead } from '#application/ports/workflow-store.ts';
import { relayBacklog } from '#application/relay/backlog.ts';
import { divide, isOfShare, nameOfShare, sharesOf } from '#application/relay/relay-shares.ts';
import { beginRelayTerm, type RelayTerm } from '#application/relay/relay-term.ts';
import { NOW, paused } from '#test/contracts/workflow-store/fixtures.ts';
import {
  firstOccurrences,
  happen,
  publishRest,
  relayOn,
  startedWorkflow,
} from '#test/application/relay/filled-store.ts';
import type { Fate } from '#test/support/fake-event-bus.ts';

test('each workflow is of one share, and shares are about equal', (t) => {
  const shares = sharesOf(4);
  const sizes = shares.map(() => 0);
  for (let n = 0; n < 4000; n += 1) {
    const id = randomUUID();
    const own = shares.filter((share) => isOfShare(id, share));
    t.is(own.length, 1);
    const index = own[0]?.index ?? 0;
    sizes[index] = (sizes[index] ?? 0) + 1;
  }
  for (const size of sizes) t.true(size > 800, sizes.join());
  t.true(isOfShare('anything', { index: 0, of: 1 }));
});

test('the first share has the workflows divided anew, the others wait for it', async (t) => {
  const { store, begin } = relayOn();
  await startedWorkflow(store);
  await (await begin()).publishNext();
  const position = await store.readCursor('relay');
  t.false(await divide(store, { index: 1, of: 2 }));
  t.true(await divide(store, { index: 0, of: 2 }));
  t.true(await divide(store, { index: 1, of: 2 }));
  for (const share of sharesOf(2)) t.is(await store.readCursor(nameOfShare(share)), position);
});

test('the backlog is that of the share which is furthest behind', async (t) => {
  const { store, parts } = relayOn();
  const backlog = relayBacklog({ store, clock: { now: () => NOW + 5000 } });
  for (let n = 0; n < 10; n += 1) await startedWorkflow(store);
  const [first, second] = sharesOf(2);
  if (first === undefined || second === undefined) return t.fail();
  await divide(store, first);
  await (await beginRelayTerm({ ...parts, share: first })).publishNext();
  t.deepEqual(await backlog(), { events: 20, ageMs: 5000 });
  await (await beginRelayTerm({ ...parts, share: second })).publishNext();
  t.deepEqual(await backlog(), { events: 0, ageMs: 0 });
});

type Move =
  | { readonly kind: 'commit'; readonly workflow: number }
  | { readonly kind: 'publish'; readonly leader: number }
  /** Somebody begins to lead a share, as this many there are to be; the one before it may go on beside it. */
  | { readonly kind: 'lead'; readonly leader: number; readonly of: number; readonly index: number }
  | { readonly kind: 'fate'; readonly fate: Fate };

const leader = fc.nat({ max: 5 });
const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('commit'), workflow: fc.nat({ max: 4 }) }),
    fc.record({ kind: fc.constant('publish'), leader }),
    fc.record({
      kind: fc.constant('lead'),
      leader,
      of: fc.integer({ min: 1, max: 3 }),
      index: fc.nat({ max: 2 }),
    }),
    fc.record({
      kind: fc.constant('fate'),
      fate: fc.constantFrom<Fate[]>('away', 'response lost', 'half'),
    }),
  ),
  { maxLength: 80 },
);

test('however often the workflows are divided anew, first occurrences are each log: whole, and in its order', async (t) => {
  await fc.assert(
    fc.asyncProperty(moves, fc.integer({ min: 1, max: 3 }), async (story, lastCount) => {
      const store = createMemoryStore();
      const { bus, parts } = relayOn(store);
      const heads: WorkflowHead[] = [];
      for (let index = 0; index < 5; index += 1) heads.push(await startedWorkflow(store));
      const terms = new Map<number, RelayTerm>();

      for (const move of story) {
        if (move.kind === 'commit') {
          const head = heads[move.workflow];
          if (head) heads[move.workflow] = await happen(store, head, [paused('p')]);
        } else if (move.kind === 'fate') bus.meet(move.fate);
        else if (move.kind === 'lead') {
          const share = { index: move.index % move.of, of: move.of };
          if (await divide(store, share))
            terms.set(move.leader, await beginRelayTerm({ ...parts, share }));
        } else {
          const publishing = terms.get(move.leader)?.publishNext();
          await publishing?.catch(() => {});
        }
      }
      for (const share of sharesOf(lastCount)) {
        t.true(await divide(store, share));
        await publishRest(await beginRelayTerm({ ...parts, share }));
      }

      for (const head of heads) {
        const { sent, log } = firstOccurrences(bus, head);
        t.deepEqual(sent, log);
      }
    }),
    { numRuns: 300 },
  );
});
