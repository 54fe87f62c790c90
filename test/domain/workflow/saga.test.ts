import test from 'ava';
import { progressPercentage } from '#domain/workflow/progress.ts';
import {
  checkSagaConsistency,
  compensationAction,
  compensationProgress,
} from '#domain/workflow/saga.ts';
import { fails, succeeds, undone } from '#test/support/domain-commands.ts';
import { call, definitionOf, pivot, read, wait } from '#test/support/domain-definitions.ts';
import { given } from '#test/support/domain-scenario.ts';

const chain = definitionOf([
  call('a'),
  call('b', ['a']),
  read('c', ['b'], { condition: { equals: [1, 2] } }),
  read('d', ['c']),
]);

test('progress counts completed and skipped steps', (t) => {
  t.is(progressPercentage(given(chain).state), 0);
  t.is(progressPercentage(given(chain, succeeds('a')).state), 25);
  t.is(progressPercentage(given(chain, succeeds('a'), succeeds('b')).state), 75);
  const done = given(chain, succeeds('a'), succeeds('b'), succeeds('d'));
  t.is(progressPercentage(done.state), 100);
});

test('a workflow without steps is wholly done', (t) => {
  t.is(progressPercentage(given(definitionOf([])).state), 100);
});

test('the progress of an undo counts what is undone against all that has to be', (t) => {
  const undoing = given(chain, succeeds('a'), succeeds('b'), fails('d'));
  t.deepEqual(compensationProgress(undoing.state), { total: 2, compensated: 0, percentage: 0 });
  t.deepEqual(compensationProgress(undoing.and(undone('b')).state), {
    total: 2,
    compensated: 1,
    percentage: 50,
  });
  t.is(compensationProgress(undoing.and(undone('b'), undone('a')).state).percentage, 100);
});

test('an undo of nothing is wholly done', (t) => {
  t.deepEqual(compensationProgress(given(definitionOf([read('a')])).state), {
    total: 0,
    compensated: 0,
    percentage: 100,
  });
});

test('a pivot with an undo contradicts itself', (t) => {
  const definition = definitionOf([call('a'), call('b', [], { pivot: true }), pivot('c')]);
  t.deepEqual(checkSagaConsistency(definition), ['b']);
});

test('the undo of a step is found where one is declared', (t) => {
  const definition = definitionOf([call('a'), read('b'), wait('c', [], { durationMs: 1 })]);
  t.like(compensationAction(definition, 'a'), { operation: 'undo-a' });
  t.is(compensationAction(definition, 'b'), null);
  t.is(compensationAction(definition, 'c'), null);
});
