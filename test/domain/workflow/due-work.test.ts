import test from 'ava';
import { dueWork, stepsInQueue } from '#domain/workflow/due-work.ts';
import {
  executeStep,
  fails,
  pause,
  resume,
  stumbles,
  succeeds,
  undoFails,
  undone,
  wake,
} from '#test/support/domain-commands.ts';
import { call, definitionOf, read, wait } from '#test/support/domain-definitions.ts';
import { given, type Scenario } from '#test/support/domain-scenario.ts';

const chain = definitionOf([call('a'), call('b', ['a']), read('c', ['b'])]);

function due(story: Scenario, stepId: string, dispatch: number) {
  const work = dueWork(story.state, { stepId, dispatch }, story.now);
  return work.kind === 'none' ? work.reason : work.kind;
}

const queued = (story: Scenario) => stepsInQueue(story.state).map(({ stepId }) => stepId);

test('the job of the step whose turn it is does it', (t) => {
  const story = given(chain);
  t.is(due(story, 'a', 1), 'do');
  t.like(dueWork(story.state, { stepId: 'a', dispatch: 1 }, 0), {
    step: { stepId: 'a' },
    definition: { operation: 'do-a' },
  });
  t.deepEqual(queued(story), ['a']);
});

test('jobs out of order, doubled, superseded or forged do nothing', (t) => {
  t.is(due(given(chain, succeeds('a')), 'a', 1), 'step is COMPLETED');
  t.is(due(given(chain, wake('a')), 'a', 1), 'dispatch 1 is superseded');
  t.is(due(given(chain), 'a', 99), 'dispatch 99 is superseded');
  t.is(due(given(chain), 'ghost', 1), 'no step ghost');
});

test('the job of a step whose turn has not come is ahead of what asks for it, unless the workflow stands still', (t) => {
  t.is(due(given(chain), 'b', 1), 'ahead');
  t.is(due(given(chain), 'b', 99), 'ahead');
  t.is(due(given(chain, wake('a')), 'b', 1), 'step is PENDING', 'an older dispatch');
  t.is(due(given(chain, pause), 'b', 1), 'step is PENDING');
  t.is(due(given(chain, fails('a')), 'b', 1), 'step is PENDING');
});

test('the job of an attempt that is not due yet comes too early', (t) => {
  const story = given(chain, stumbles('a'));
  t.deepEqual(dueWork(story.state, { stepId: 'a', dispatch: 1 }, 999), {
    kind: 'early',
    dueAt: 1000,
  });
  t.is(due(story.after(1000), 'a', 1), 'do');
});

test('a job after the deadline only wakes the workflow', (t) => {
  t.is(due(given(chain).after(299_999), 'a', 1), 'do');
  t.is(due(given(chain).after(300_000), 'a', 1), 'wake');
});

test('while a workflow stands still its jobs do nothing, but for what an operator asked for', (t) => {
  const paused = given(chain, pause);
  t.is(due(paused, 'a', 1), 'workflow is PAUSED');
  t.deepEqual(queued(paused), []);

  const executing = paused.and(fails('a'), executeStep('a'));
  t.is(due(executing.after(9e9), 'a', 2), 'do');
  t.deepEqual(queued(executing), ['a']);

  t.is(due(paused.and(resume), 'a', 1), 'dispatch 1 is superseded');
  t.is(due(paused.and(resume), 'a', 2), 'do');
});

test('a call under way at a failure is not begun again', (t) => {
  const draining = given(definitionOf([call('a'), read('b')]), fails('b'));
  t.is(due(draining, 'a', 1), 'workflow is COMPENSATING');
  t.deepEqual(queued(draining), []);
});

test('undo jobs undo, one after the other', (t) => {
  const undoing = given(chain, succeeds('a'), succeeds('b'), fails('c'));
  t.is(due(undoing, 'b', 2), 'undo');
  t.is(due(undoing, 'a', 2), 'step is COMPLETED');
  t.is(due(undoing, 'b', 1), 'dispatch 1 is superseded');
  t.deepEqual(queued(undoing), ['b']);

  const later = undoing.and(undone('b'), undoFails('a', { recoverable: true }));
  t.is(due(later, 'b', 2), 'step is COMPENSATED');
  t.is(due(later, 'a', 2), 'early');
  t.is(due(later.after(1000), 'a', 2), 'undo');
});

test('the job of a wait wakes the workflow when the wait is over', (t) => {
  const story = given(definitionOf([wait('cool', [], { durationMs: 700 })]));
  t.is(due(story, 'cool', 1), 'early');
  t.is(due(story.after(700), 'cool', 1), 'wake');
  t.deepEqual(queued(story), []);
});
