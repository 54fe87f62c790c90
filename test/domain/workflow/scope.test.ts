import test from 'ava';
import { mappingScope } from '#domain/workflow/scope.ts';
import { succeeds } from '#test/support/domain-commands.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import { givenWith } from '#test/support/domain-scenario.ts';

const { state } = givenWith(
  definitionOf([call('a'), call('b', ['a'])]),
  { input: { order: 7 }, correlationId: 'c1', metadata: { wave: 3 } },
  succeeds('a', { id: 1 }),
);

test('a mapping sees the input, the answers so far and the context', (t) => {
  t.like(mappingScope(state), {
    input: { order: 7 },
    steps: { a: { output: { id: 1 } } },
    context: { workflowId: 'w', priority: 'NORMAL', correlationId: 'c1', metadata: { wave: 3 } },
  });
  t.false('b' in Object(mappingScope(state)['steps']));
});

test('a mapping sees the reply only where there is one', (t) => {
  t.false('reply' in mappingScope(state));
  t.deepEqual(mappingScope(state, { ok: true })['reply'], { ok: true });
});
