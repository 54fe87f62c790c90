import test from 'ava';
import { fails, pause, resume, stumbles, succeeds, wake } from '#test/support/domain-commands.ts';
import { call, definitionOf, read } from '#test/support/domain-definitions.ts';
import { given } from '#test/support/domain-scenario.ts';

const chain = definitionOf([call('a'), call('b', ['a'])]);

test('a pause says who wanted it, why, and where the workflow was', (t) => {
  const story = given(chain)
    .after(50)
    .when(pause)
    .expect(t, {
      events: [{ type: 'WorkflowPaused', pausedBy: 'ann', reason: 'lunch', currentStepId: 'a' }],
      status: 'PAUSED',
    });
  t.like(story.state, { pausedAt: 50, pausedBy: 'ann' });
});

test('a call under way at a pause is recorded, and nothing new begins', (t) => {
  given(chain, pause)
    .when(succeeds('a'))
    .expect(t, {
      events: ['WorkflowStepExecuted'],
      status: 'PAUSED',
      steps: { a: 'COMPLETED', b: 'PENDING' },
    });
});

test('a resumed workflow goes on under a new dispatch', (t) => {
  const story = given(chain, pause, succeeds('a'))
    .when(resume)
    .expect(t, {
      events: [
        { type: 'WorkflowResumed', resumedBy: 'ann', resumeFromStepId: 'b' },
        { type: 'StepsDispatched', dispatch: 2, stepIds: ['b'] },
      ],
      status: 'EXECUTING',
      steps: { b: 'EXECUTING' },
    });
  t.like(story.state, { pausedAt: null, pausedBy: null });
});

test('a step whose retry was due in a pause is tried again after it, not before it is due', (t) => {
  const story = given(chain, stumbles('a'), pause).and(resume);
  t.like(story.step('a'), { status: 'EXECUTING', dispatch: 2, dueAt: 1000, retryCount: 1 });
});

test('a call under way at a pause may report after the workflow was resumed', (t) => {
  given(chain, pause, resume)
    .when(succeeds('a'))
    .expect(t, { events: ['WorkflowStepExecuted'], steps: { a: 'COMPLETED', b: 'EXECUTING' } });
});

test('an attempt that fails in a pause is planned again', (t) => {
  given(chain, pause)
    .when(stumbles('a'))
    .expect(t, { events: [{ type: 'WorkflowStepFailed', nextRetryAt: 1000 }], status: 'PAUSED' });
});

test('a step that fails for good in a pause fails the workflow when it is resumed', (t) => {
  given(chain, succeeds('a'), pause)
    .when(fails('b'))
    .expect(t, { events: ['WorkflowStepFailed'], status: 'PAUSED', steps: { b: 'FAILED' } })
    .when(resume)
    .expect(t, {
      events: [
        'WorkflowResumed',
        { type: 'WorkflowFailed', failedStepId: 'b' },
        { type: 'WorkflowCompensationStarted', stepsToCompensate: ['a'] },
        'StepsDispatched',
      ],
      status: 'COMPENSATING',
    });
});

test('a resume that fails at once still waits for the calls that are under way', (t) => {
  const fork = definitionOf([call('a'), read('b')]);
  given(fork, pause, fails('b'))
    .when(resume)
    .expect(t, {
      events: [
        'WorkflowResumed',
        { type: 'WorkflowFailed', drainUntil: 7000 },
        'WorkflowCompensationStarted',
      ],
      steps: { a: 'EXECUTING' },
    })
    .when(succeeds('a'))
    .expect(t, {
      events: ['WorkflowStepExecuted', { type: 'StepsDispatched', direction: 'undo' }],
      steps: { a: 'COMPENSATING' },
    });
});

test('where failures are for an operator, a failed step pauses the workflow', (t) => {
  const parking = definitionOf(chain.steps, { onFailure: 'pause' });
  const parked = given(parking, succeeds('a'))
    .when(fails('b'))
    .expect(t, {
      events: [
        'WorkflowStepFailed',
        {
          type: 'WorkflowPaused',
          pausedBy: 'engine',
          reason: 'step b failed: VALIDATION_ERROR no',
          currentStepId: 'b',
        },
      ],
      status: 'PAUSED',
      steps: { a: 'COMPLETED', b: 'FAILED' },
    });
  parked.when(resume).expect(t, {
    refused: /has failed steps: retry, skip or execute b first/,
    allowed: ['cancel', 'compensate', 'retryStep', 'skipStep', 'executeStep', 'enableWaveless'],
  });
});

test('where failures are for an operator, a deadline leaves the workflow FAILED', (t) => {
  given(definitionOf(chain.steps, { onFailure: 'pause' }), succeeds('a'))
    .after(300_000)
    .when(wake())
    .expect(t, {
      events: [{ type: 'WorkflowFailed', errorCode: 'TIMEOUT', compensationRequired: false }],
      status: 'FAILED',
    });
});
