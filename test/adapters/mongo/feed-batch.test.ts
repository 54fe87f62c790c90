import test from 'ava';
import fc from 'fast-check';
import { nextBatch, type UnfedWorkflow } from '#adapters/mongo/feed-batch.ts';
import { placesOf } from '#adapters/mongo/feed-reader.ts';
import { addUp, type Contribution } from '#adapters/mongo/tally.ts';
import { WORKFLOW_PRIORITIES, WORKFLOW_STATUSES } from '#domain/workflow/vocabulary.ts';

test('a batch has each unfed event once, each log in order, at positions without a gap', (t) => {
  fc.assert(
    fc.property(unfedWorkflows(), fc.nat(1000), (unfed, last) => {
      const before = last === 0 ? null : { _id: 1, last, workflows: [], order: [], totals: [] };
      const batch = nextBatch(before, unfed);
      const places = [...placesOf(batch)];
      t.deepEqual(
        places.map(({ position }) => position),
        places.map((_, index) => last + 1 + index),
      );
      t.is(places.at(-1)?.position, batch.last);
      for (const { _id, fedTo, version } of unfed) {
        t.deepEqual(
          places.filter(({ workflowId }) => workflowId === _id).map((place) => place.version),
          Array.from({ length: version - fedTo }, (_, index) => fedTo + 1 + index),
        );
      }
    }),
  );
});

test('where all clocks agree, commits are in the order in which they were made', (t) => {
  const [a, b] = [workflow('a', [1, 4], 5), workflow('b', [2, 3], 3)];
  const places = [...placesOf(nextBatch(null, [a, b]))];
  t.deepEqual(
    places.map(({ workflowId, version }) => [workflowId, version]),
    // Commit 4 of a has the events 2 to 5.
    [
      ['a', 1],
      ['b', 1],
      ['b', 2],
      ['b', 3],
      ['a', 2],
      ['a', 3],
      ['a', 4],
      ['a', 5],
    ],
  );
});

test('totals are those of the workflows, however they got there', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.array(contributions(), { minLength: 1 }), { maxLength: 8 }),
      (lives) => {
        let totals = addUp([], []);
        for (const life of lives) {
          life.forEach((after, stage) => {
            totals = addUp(totals, [{ before: life[stage - 1] ?? null, after }]);
          });
        }
        const ends = lives.flatMap((life) => life.slice(-1));
        const atOnce = addUp(
          [],
          ends.map((after) => ({ before: null, after })),
        );
        t.deepEqual(sorted(totals), sorted(atOnce));
      },
    ),
  );
});

function sorted(totals: ReturnType<typeof addUp>) {
  return totals.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

function contributions(): fc.Arbitrary<Contribution> {
  return fc.record({
    status: fc.constantFrom(...WORKFLOW_STATUSES),
    priority: fc.constantFrom(...WORKFLOW_PRIORITIES),
    tookMs: fc.option(fc.nat(1000)),
  });
}

/** A workflow with commits at these moments; the first has one event, the last all that are left. */
function workflow(_id: string, moments: readonly number[], version: number): UnfedWorkflow {
  return {
    _id,
    version,
    status: 'PENDING',
    priority: 'NORMAL',
    startedAt: null,
    completedAt: null,
    log: moments.map((moment, index) => ({ from: index + 1, token: String(moment) })),
    spilledTo: 0,
    fedTo: 0,
    tallied: null,
  };
}

/** Logs of commits of 1 to 3 events, tokens in any order, fed up to the end of some commit but not all. */
function unfedWorkflows(): fc.Arbitrary<readonly UnfedWorkflow[]> {
  const commits = fc.array(
    fc.record({
      amount: fc.integer({ min: 1, max: 3 }),
      token: fc.string({ minLength: 1, maxLength: 2 }),
    }),
    {
      minLength: 1,
      maxLength: 6,
    },
  );
  const logs = fc.array(fc.record({ commits, fed: fc.nat(5) }), { minLength: 1, maxLength: 5 });
  return logs.map((all) =>
    all.map(({ commits: made, fed }, index) => {
      let next = 1;
      const log = made.map(({ amount, token }) => {
        const from = next;
        next += amount;
        return { from, token };
      });
      const fedTo = (log[Math.min(fed, log.length - 1)]?.from ?? 1) - 1;
      return { ...workflow(`w-${index}`, [], next - 1), log, fedTo };
    }),
  );
}
