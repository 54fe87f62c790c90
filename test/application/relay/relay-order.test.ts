import test from 'ava';
import fc from 'fast-check';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import type { WorkflowHead } from '#application/ports/workflow-store.ts';
import type { RelayTerm } from '#application/relay/relay-term.ts';
import { paused } from '#test/contracts/workflow-store/fixtures.ts';
import {
  firstOccurrences,
  happen,
  publishRest,
  relayOn,
  startedWorkflow,
} from '#test/application/relay/filled-store.ts';
import type { Fate } from '#test/support/fake-event-bus.ts';

type Move =
  | { readonly kind: 'commit'; readonly workflow: number }
  /** A process (one of three) publishes, in the term that it believes to have. */
  | { readonly kind: 'publish'; readonly process: number }
  /** A process believes itself leader anew: it was restarted, or got the lease. */
  | { readonly kind: 'take over'; readonly process: number }
  | { readonly kind: 'fate'; readonly fate: Fate };

const process = fc.nat({ max: 2 });
const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('commit'), workflow: fc.nat({ max: 2 }) }),
    fc.record({ kind: fc.constant('publish'), process }),
    fc.record({ kind: fc.constant('take over'), process }),
    fc.record({
      kind: fc.constant('fate'),
      fate: fc.constantFrom<Fate[]>('away', 'response lost', 'half'),
    }),
  ),
  { maxLength: 60 },
);

test('whatever leaders and bus do, first occurrences are the log: whole, and in its order', async (t) => {
  await fc.assert(
    fc.asyncProperty(moves, async (story) => {
      const store = createMemoryStore();
      const { bus, begin } = relayOn(store);
      const heads: WorkflowHead[] = [];
      for (let index = 0; index < 3; index += 1) heads.push(await startedWorkflow(store));
      const terms = new Map<number, RelayTerm>();

      for (const move of story) {
        if (move.kind === 'commit') {
          const head = heads[move.workflow];
          if (head) heads[move.workflow] = await happen(store, head, [paused('p')]);
        } else if (move.kind === 'fate') bus.meet(move.fate);
        else if (move.kind === 'take over') terms.set(move.process, await begin());
        else
          await terms
            .get(move.process)
            ?.publishNext()
            .catch(() => {});
      }
      await publishRest(await begin());

      for (const head of heads) {
        const { sent, log } = firstOccurrences(bus, head);
        t.deepEqual(sent, log);
      }
    }),
    { numRuns: 300 },
  );
});
