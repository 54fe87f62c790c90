import test from 'ava';
import {
  compensate,
  fails,
  retry,
  stumbles,
  succeeds,
  vanishes,
  wake,
} from '#test/support/domain-commands.ts';
import { call, definitionOf, NO_RETRY, pivot, read } from '#test/support/domain-definitions.ts';
import { given, givenWith } from '#test/support/domain-scenario.ts';

test('a failure with nothing to undo leaves the workflow FAILED', (t) => {
  const story = given(definitionOf([read('a'), call('b', ['a'])]), succeeds('a'))
    .after(10)
    .when(fails('b'))
    .expect(t, {
      events: [
        'WorkflowStepFailed',
        {
          type: 'WorkflowFailed',
          errorCode: 'VALIDATION_ERROR',
          errorMessage: 'no',
          failedStepId: 'b',
          retryable: true,
          compensationRequired: false,
          drainUntil: null,
        },
      ],
      status: 'FAILED',
    });
  t.like(story.state, { completedAt: 10, failure: { code: 'VALIDATION_ERROR', stepId: 'b' } });
});

test('where the definition says so, a failure leaves everything as it is', (t) => {
  given(definitionOf([call('a'), call('b', ['a'])], { onFailure: 'fail' }), succeeds('a'))
    .when(fails('b'))
    .expect(t, {
      events: ['WorkflowStepFailed', { type: 'WorkflowFailed', compensationRequired: false }],
      status: 'FAILED',
      steps: { a: 'COMPLETED', b: 'FAILED' },
    });
});

test('a failure after the last retry is not retryable', (t) => {
  givenWith(definitionOf([read('a')]), { maxRetries: 0 })
    .when(fails('a'))
    .expect(t, { events: ['WorkflowStepFailed', { type: 'WorkflowFailed', retryable: false }] });
});

test('a retried workflow goes on from the point of failure', (t) => {
  const definition = definitionOf([read('a'), read('b', ['a']), read('c', ['b'])]);
  const story = given(definition, succeeds('a'), stumbles('b'), fails('b'))
    .when(retry)
    .expect(t, {
      events: [
        { type: 'WorkflowRetry', retryAttempt: 1, maxRetries: 3, reason: 'again' },
        { type: 'StepsDispatched', dispatch: 2, stepIds: ['b', 'c'] },
      ],
      status: 'EXECUTING',
      steps: { a: 'COMPLETED', b: 'EXECUTING', c: 'PENDING' },
    });
  t.like(story.step('b'), { retryCount: 0, dueAt: null, completedAt: null });
  t.like(story.state, { retryCount: 1, completedAt: null, failure: null });
});

test('a call that only reads and was under way at a failure is forgotten, and made again on retry', (t) => {
  given(definitionOf([read('a'), read('b')]), fails('b'))
    .expect(t, { status: 'FAILED', steps: { a: 'PENDING' } })
    .when(succeeds('a'))
    .expect(t, { events: [] })
    .when(retry)
    .expect(t, { steps: { a: 'EXECUTING', b: 'EXECUTING' } });
});

const leaving = definitionOf([call('a', [], { timeoutMs: 3000 }), read('b')], {
  onFailure: 'fail',
});

test('calls under way at a failure may still report, though the workflow stays FAILED', (t) => {
  const failed = given(leaving)
    .when(fails('b'))
    .expect(t, {
      events: ['WorkflowStepFailed', { type: 'WorkflowFailed', drainUntil: 5000 }],
      steps: { a: 'EXECUTING' },
    });
  failed.when(succeeds('a')).expect(t, { events: ['WorkflowStepExecuted'], status: 'FAILED' });
  failed
    .when(stumbles('a'))
    .expect(t, { events: [{ type: 'WorkflowStepFailed', nextRetryAt: null }], status: 'FAILED' });
});

test('a call that has not reported in its time has an unknown outcome, and nobody waits for it any more', (t) => {
  const story = given(leaving, fails('b'));
  story.after(4999).when(wake()).expect(t, { events: [] });
  const abandoned = story
    .after(5000)
    .when(wake())
    .expect(t, { events: [{ type: 'StepAbandoned', stepId: 'a' }], steps: { a: 'FAILED' } });
  t.like(abandoned.step('a'), { outcome: 'unknown', error: { code: 'TIMEOUT' } });
  abandoned.when(succeeds('a')).expect(t, { events: [] });
});

test('a retry while calls are still under way takes their results', (t) => {
  given(leaving, fails('b'), retry)
    .when(succeeds('a'))
    .expect(t, { steps: { a: 'COMPLETED', b: 'EXECUTING' }, status: 'EXECUTING' });
});

const shipping = definitionOf([
  call('pick'),
  pivot('ship', ['pick']),
  call('bill', ['ship']),
  read('report', ['bill']),
]);

test('after a pivot a failure undoes nothing and waits for an operator', (t) => {
  given(shipping, succeeds('pick'), succeeds('ship'), succeeds('bill'))
    .when(fails('report'))
    .expect(t, {
      events: ['WorkflowStepFailed', { type: 'WorkflowFailed', compensationRequired: false }],
      status: 'FAILED',
    })
    .when(compensate)
    .expect(t, {
      events: [
        { type: 'WorkflowCompensationStarted', stepsToCompensate: ['bill'] },
        { type: 'StepsDispatched', stepIds: ['bill'] },
      ],
      steps: { pick: 'COMPLETED', ship: 'COMPLETED', bill: 'COMPENSATING' },
    });
});

test('a pivot whose outcome is unknown counts as passed: the truck may have left', (t) => {
  given(shipping, succeeds('pick'))
    .when(vanishes('ship'))
    .expect(t, {
      events: ['WorkflowStepFailed', { type: 'WorkflowFailed', compensationRequired: false }],
      status: 'FAILED',
      steps: { pick: 'COMPLETED', ship: 'FAILED' },
    });
});

test('a pivot that certainly failed was not passed', (t) => {
  given(shipping, succeeds('pick')).when(fails('ship')).expect(t, { status: 'COMPENSATING' });
});

const forked = definitionOf([
  call('pick'),
  pivot('ship', ['pick'], { retry: NO_RETRY }),
  read('check', ['pick']),
]);
const undecided = given(forked, succeeds('pick'));

test('while a pivot is under way nobody knows yet whether anything may be undone', (t) => {
  undecided.when(fails('check')).expect(t, {
    events: [
      'WorkflowStepFailed',
      { type: 'WorkflowFailed', compensationRequired: true, drainUntil: 7000 },
    ],
    status: 'FAILED',
    steps: { ship: 'EXECUTING' },
  });
});

test('a pivot under way at a failure that then is passed leaves the rest to an operator', (t) => {
  undecided
    .and(fails('check'))
    .when(succeeds('ship'))
    .expect(t, { events: ['WorkflowStepExecuted'], status: 'FAILED' });
});

test('a pivot under way at a failure that then fails sets off the compensation', (t) => {
  undecided
    .and(fails('check'))
    .when(stumbles('ship'))
    .expect(t, {
      events: [
        'WorkflowStepFailed',
        { type: 'WorkflowCompensationStarted', stepsToCompensate: ['pick'] },
        'StepsDispatched',
      ],
      status: 'COMPENSATING',
    });
});

test('a pivot under way at a failure that never reports counts as passed', (t) => {
  undecided
    .and(fails('check'))
    .after(7000)
    .when(wake())
    .expect(t, { events: ['StepAbandoned'], status: 'FAILED' });
});

test('an operator who wants compensation while a pivot is under way waits for it too', (t) => {
  undecided
    .when(compensate)
    .expect(t, {
      events: [{ type: 'WorkflowFailed', errorCode: 'MANUAL_COMPENSATION' }],
      status: 'FAILED',
    })
    .when(fails('ship'))
    .expect(t, {
      events: [
        'WorkflowStepFailed',
        { type: 'WorkflowCompensationStarted', reason: 'MANUAL_COMPENSATION: unwanted' },
        'StepsDispatched',
      ],
    });
  undecided.and(compensate).when(succeeds('ship')).expect(t, { status: 'FAILED' });
});

test('a pivot between two attempts, perhaps passed, is settled by the compensation that an operator wants', (t) => {
  const story = given(
    definitionOf([call('pick'), pivot('ship', ['pick'])]),
    succeeds('pick'),
    stumbles('ship', { outcome: 'unknown', retryAfterMs: 60_000 }),
  );
  story
    .when(compensate)
    .expect(t, { events: ['WorkflowFailed'], status: 'FAILED', steps: { ship: 'FAILED' } });
});
