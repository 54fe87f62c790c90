import test from 'ava';
import fc from 'fast-check';
import { keyText, parseKey } from '#simulator/idempotency-key.ts';
import { createLedger } from '#simulator/ledger/ledger.ts';
import type { LedgerEntry } from '#simulator/ledger/ledger.ts';

const BY = { service: 'wms-core-service', operation: 'createWave' };

/** What `apply` does after what `look` said. */
const PROMISED = { fresh: 'applied', remembered: 'replayed', refused: 'refused' } as const;

const requests = fc.array(
  fc.record({
    workflowId: fc.constantFrom('wf-1', 'wf-2'),
    stepId: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom('do' as const, 'undo' as const),
  }),
  { maxLength: 60 },
);

function keyOf(workflowId: string, stepId: string, kind: 'do' | 'undo') {
  return { text: keyText(workflowId, stepId, kind), workflowId, stepId, kind };
}

test('whatever the order of requests: one effect a key, one answer a key, no do after its undo', (t) => {
  fc.assert(
    fc.property(requests, (list) => {
      const ledger = createLedger();
      const answers = new Map<string, string>();
      for (const [index, { workflowId, stepId, kind }] of list.entries()) {
        const key = keyOf(workflowId, stepId, kind);
        const expected = ledger.look(key);
        const outcome = ledger.apply(key, BY, (as) => `${as} ${index}`);
        t.is(outcome.kind, PROMISED[expected]);
        if (outcome.kind === 'refused') continue;
        t.is(outcome.reply, answers.get(key.text) ?? outcome.reply);
        answers.set(key.text, outcome.reply);
      }
      checkInvariants(ledger.entries(0, 1000));
    }),
  );

  function checkInvariants(entries: readonly LedgerEntry[]) {
    t.is(new Set(entries.map(({ key }) => key)).size, entries.length);
    t.deepEqual(
      entries.map(({ seq }) => seq),
      entries.map((_entry, index) => index + 1),
    );
    const undone = new Set<string>();
    const done = new Set<string>();
    for (const { workflowId, stepId, kind } of entries) {
      const step = `${workflowId}:${stepId}`;
      if (kind === 'do') t.false(undone.has(step), 'a do after its undo');
      if (kind !== 'do') t.is(kind === 'undo', done.has(step), 'a noop where nothing was done');
      (kind === 'do' ? done : undone).add(step);
    }
  }
});

test('attempts are counted by key', (t) => {
  const ledger = createLedger();
  t.deepEqual(
    ['a', 'b', 'a', 'a'].map((key) => ledger.admit(key)),
    [1, 1, 2, 3],
  );
});

test('an entry knows when it was first asked for and last answered', (t) => {
  const ledger = createLedger();
  const key = keyOf('wf', 'a', 'do');
  ledger.admit(key.text);
  ledger.apply(key, BY, () => '{}');
  t.like(ledger.ofWorkflow('wf'), { 0: { askedTick: 1, answeredTick: null } });
  ledger.answered(key.text);
  ledger.admit(key.text);
  ledger.answered(key.text);
  t.like(ledger.ofWorkflow('wf'), { length: 1, 0: { askedTick: 1, answeredTick: 4 } });
});

test('a key is workflow, step and direction; a step may hold colons', (t) => {
  t.deepEqual(parseKey('wf:create:wave:undo'), keyOf('wf', 'create:wave', 'undo'));
  for (const text of ['', 'wf:do', 'wf::do', ':s:do', 'wf:s:redo', `wf:${'s'.repeat(600)}:do`]) {
    t.is(parseKey(text), null, text);
  }
});
