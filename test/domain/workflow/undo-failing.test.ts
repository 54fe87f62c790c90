import test from 'ava';
import {
  compensate,
  fails,
  retry,
  skipStep,
  succeeds,
  undoFails,
  undone,
  vanishes,
} from '#test/support/domain-commands.ts';
import { call, definitionOf, read } from '#test/support/domain-definitions.ts';
import { given, givenWith } from '#test/support/domain-scenario.ts';

const chain = definitionOf([call('a'), call('b', ['a']), read('c', ['b'])]);
const undoing = given(chain, succeeds('a'), succeeds('b'), fails('c'));

test('an undo is tried again under the retry policy of its step', (t) => {
  const story = undoing
    .when(undoFails('b', { recoverable: true, errorCode: 'TIMEOUT' }))
    .expect(t, {
      events: [
        { type: 'StepCompensationFailed', errorCode: 'TIMEOUT', attempt: 1, nextRetryAt: 1000 },
      ],
      status: 'COMPENSATING',
      steps: { b: 'COMPENSATING' },
    })
    .after(1000)
    .when(undoFails('b', { recoverable: true }))
    .expect(t, { events: [{ type: 'StepCompensationFailed', attempt: 2, nextRetryAt: 3000 }] })
    .when(undone('b'))
    .expect(t, { steps: { a: 'COMPENSATING', b: 'COMPENSATED' } });
  t.is(story.step('b').dueAt, null);
});

test('an undo that fails for good fails the compensation, and what is left to undo is kept', (t) => {
  const failed = undoing
    .and(undone('b'))
    .after(5)
    .when(undoFails('a'))
    .expect(t, {
      events: [
        { type: 'StepCompensationFailed', stepId: 'a', nextRetryAt: null },
        {
          type: 'WorkflowCompensationCompleted',
          successful: false,
          compensatedStepIds: ['b'],
          errorMessage: 'undo of step a failed: BUSINESS_RULE_VIOLATION too late',
        },
      ],
      status: 'FAILED',
      steps: { a: 'COMPLETED', b: 'COMPENSATED' },
    });
  t.like(failed.state, {
    completedAt: 5,
    failure: {
      code: 'COMPENSATION_FAILED',
      message: 'undo of step a failed: BUSINESS_RULE_VIOLATION too late',
    },
  });
});

test('a step whose outcome is unknown stays that when its undo fails', (t) => {
  given(chain, succeeds('a'), vanishes('b'))
    .when(undoFails('b'))
    .expect(t, { status: 'FAILED', steps: { a: 'COMPLETED', b: 'FAILED' } })
    .when(compensate)
    .expect(t, {
      events: [
        { type: 'WorkflowCompensationStarted', stepsToCompensate: ['b', 'a'] },
        'StepsDispatched',
      ],
    });
});

for (const again of [compensate, retry]) {
  test(`${again.type} takes a failed undo up again where it stopped, for the reason it was begun`, (t) => {
    const story = undoing
      .and(undone('b'), undoFails('a'))
      .when(again)
      .expect(t, {
        events: [
          { type: 'WorkflowCompensationStarted', stepsToCompensate: ['a'] },
          { type: 'StepsDispatched', dispatch: 3, direction: 'undo', stepIds: ['a'] },
        ],
        status: 'COMPENSATING',
        steps: { a: 'COMPENSATING', b: 'COMPENSATED' },
      });
    t.like(story.step('a'), { undoAttempts: 0, dueAt: null });
    t.like(story.state, { compensationReason: 'no', retryCount: 0 });
    story.when(undone('a')).expect(t, {
      events: [
        'StepCompensated',
        { type: 'WorkflowCompensationCompleted', compensatedStepIds: ['b', 'a'], successful: true },
      ],
      status: 'COMPENSATED',
    });
  });
}

test('a late report of the undo that was given up changes nothing', (t) => {
  undoing.and(undoFails('b')).when(undone('b')).expect(t, { events: [], status: 'FAILED' });
});

test('once its undo has begun, no single step is repaired any more', (t) => {
  undoing
    .and(undoFails('b'))
    .when(skipStep('c'))
    .expect(t, { refused: /its undo has begun/, allowed: ['retry', 'compensate'] });
});

test('without retries a failed undo can still be compensated', (t) => {
  givenWith(chain, { maxRetries: 0 }, succeeds('a'), fails('b'), undoFails('a'))
    .when(retry)
    .expect(t, { refused: /retries are used up/, allowed: ['compensate'] });
});
