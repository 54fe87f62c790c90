import test from 'ava';
import {
  cancel,
  cancelAndUndo,
  fails,
  pause,
  retry,
  stumbles,
  succeeds,
  undoFails,
  undone,
  vanishes,
} from '#test/support/domain-commands.ts';
import { call, definitionOf, pivot, read } from '#test/support/domain-definitions.ts';
import { given } from '#test/support/domain-scenario.ts';

const chain = definitionOf([call('a'), call('b', ['a'])]);

test('a cancelled workflow stops, and nothing is undone', (t) => {
  const story = given(chain, succeeds('a'), pause)
    .after(80)
    .when(cancel)
    .expect(t, {
      events: [{ type: 'WorkflowCancelled', reason: 'no longer needed', cancelledBy: 'ann' }],
      status: 'CANCELLED',
      steps: { a: 'COMPLETED' },
    });
  t.like(story.state, { completedAt: 80, pausedAt: null, pausedBy: null });
});

test('a call under way at a cancellation has an unknown outcome for good', (t) => {
  const story = given(chain, succeeds('a'))
    .when(cancel)
    .expect(t, { steps: { b: 'FAILED' } });
  t.like(story.step('b'), {
    outcome: 'unknown',
    completedAt: 0,
    error: {
      code: 'TIMEOUT',
      message: 'the workflow was cancelled while the call may have been under way',
    },
  });
  story.when(succeeds('b')).expect(t, { events: [] });
});

test('a step between two attempts at a cancellation keeps its own error', (t) => {
  const story = given(chain, stumbles('a', { retryAfterMs: 60_000 })).and(cancel);
  t.like(story.step('a'), {
    status: 'FAILED',
    outcome: 'not-applied',
    error: { code: 'SERVICE_UNAVAILABLE' },
  });
});

test('a cancellation may ask for undo, and then ends in COMPENSATED', (t) => {
  const story = given(chain, succeeds('a'))
    .when(cancelAndUndo)
    .expect(t, {
      events: [
        {
          type: 'WorkflowCompensationStarted',
          reason: 'CANCELLED: no longer needed',
          stepsToCompensate: ['b', 'a'],
          drainUntil: 7000,
        },
      ],
      status: 'COMPENSATING',
    })
    .and(fails('b'), undone('a'))
    .expect(t, { status: 'COMPENSATED' });
  t.like(story.state, { compensationReason: 'CANCELLED: no longer needed', failure: null });
});

test('a cancellation whose undo fails keeps its reason over the next attempt', (t) => {
  const story = given(chain, succeeds('a'), cancelAndUndo, vanishes('b'), undoFails('b'), retry);
  t.is(story.state.compensationReason, 'CANCELLED: no longer needed');
});

test('a cancellation with undo waits for a pivot under way: once it is passed an operator decides', (t) => {
  const definition = definitionOf([call('pick'), pivot('ship', ['pick'])]);
  const waiting = given(definition, succeeds('pick'))
    .when(cancelAndUndo)
    .expect(t, {
      events: [{ type: 'WorkflowFailed', errorCode: 'MANUAL_COMPENSATION' }],
      status: 'FAILED',
      steps: { ship: 'EXECUTING', pick: 'COMPLETED' },
    });
  waiting.when(succeeds('ship')).expect(t, {
    events: ['WorkflowStepExecuted'],
    status: 'FAILED',
    steps: { pick: 'COMPLETED' },
  });
  waiting
    .and(fails('ship'), undone('pick'))
    .expect(t, { status: 'COMPENSATED', steps: { pick: 'COMPENSATED' } });
  t.is(waiting.and(fails('ship')).state.compensationReason, 'CANCELLED: no longer needed');
});

test('a step that only reads goes back to PENDING when its workflow is cancelled', (t) => {
  given(definitionOf([read('a')]), cancel).expect(t, { steps: { a: 'PENDING' } });
});
