import test from 'ava';
import { assertContinuous } from '#application/assert-continuous.ts';
import type { Commit } from '#application/ports/workflow-store.ts';
import { headOf } from '#application/workflow-head.ts';
import { decideCreation } from '#domain/workflow/decide.ts';
import { call, creationOf, definitionOf } from '#test/support/domain-definitions.ts';

const DEFINITION = definitionOf([call('a')]);
const { state, events } = decideCreation(DEFINITION, 'w', creationOf(DEFINITION), 0);
const COMMIT: Commit = { expectedVersion: 0, events, head: headOf(state, 10_000) };
const RECORD = { key: 'k', fingerprint: 'f', workflowId: 'w', response: null, expiresAt: 1 };

test('what a decision gives is a continuation', (t) => {
  t.notThrows(() => assertContinuous(COMMIT));
  t.notThrows(() => assertContinuous({ ...COMMIT, idempotency: RECORD }));
});

const MALFORMED: Record<string, Commit> = {
  'no event': { ...COMMIT, events: [] },
  'an event too few': { ...COMMIT, events: events.slice(1) },
  'events out of order': { ...COMMIT, events: events.toReversed() },
  'another expected version': { ...COMMIT, expectedVersion: 1 },
  'another workflow’s head': { ...COMMIT, head: { ...COMMIT.head, workflowId: 'other' } },
  'another version in the head': { ...COMMIT, head: { ...COMMIT.head, version: 9 } },
  'a key for another workflow': { ...COMMIT, idempotency: { ...RECORD, workflowId: 'other' } },
};
for (const [what, commit] of Object.entries(MALFORMED)) {
  test(`a commit with ${what} is a fault of the caller`, (t) => {
    t.throws(() => assertContinuous(commit), {
      instanceOf: TypeError,
      message: /not a continuation of workflow/,
    });
  });
}
