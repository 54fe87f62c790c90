import test from 'ava';
import type { Mapping } from '#domain/definition/definition.ts';
import {
  executeStep,
  fails,
  pause,
  resume,
  retry,
  retryStep,
  skipStep,
  succeeds,
  wake,
} from '#test/support/domain-commands.ts';
import { call, definitionOf, read, wait } from '#test/support/domain-definitions.ts';
import { given, givenWith } from '#test/support/domain-scenario.ts';

const cooling = definitionOf([
  read('a'),
  wait('cool', ['a'], { durationMs: 1000 }),
  read('b', ['cool']),
]);

test('a wait begins when it is its turn and is over after its duration', (t) => {
  given(cooling)
    .after(500)
    .when(succeeds('a'))
    .expect(t, {
      events: ['WorkflowStepExecuted', { type: 'StepsDispatched', stepIds: ['cool'], dueAt: 1500 }],
      steps: { cool: 'EXECUTING' },
    })
    .after(999)
    .when(wake())
    .expect(t, { events: [], steps: { cool: 'EXECUTING' } })
    .after(1)
    .when(wake())
    .expect(t, {
      events: [
        {
          type: 'WorkflowStepExecuted',
          stepId: 'cool',
          output: {},
          startedAt: 500,
          executionTimeMs: 1000,
        },
        { type: 'StepsDispatched', stepIds: ['b'] },
      ],
      steps: { cool: 'COMPLETED', b: 'EXECUTING' },
    });
});

test('nobody can report a wait', (t) => {
  given(cooling, succeeds('a'))
    .when(succeeds('cool'))
    .expect(t, { events: [], steps: { cool: 'EXECUTING' } })
    .when(fails('cool'))
    .expect(t, { events: [], steps: { cool: 'EXECUTING' } });
});

const until = (time: Mapping, optional = false) =>
  definitionOf([wait('until', [], { until: time }, { optional }), call('other')]);

for (const [time, at] of [
  ['1970-01-01T00:01:00Z', 60_000],
  ['1970-01-01T01:01+01:00', 60_000],
  [60_000, 60_000],
  [{ $from: '/input/when' }, 90_000],
  [{ $from: '/input/nothing', $default: 5 }, 5],
] as const) {
  test(`a wait can be until ${JSON.stringify(time)}`, (t) => {
    const story = givenWith(until(time), { input: { when: '1970-01-01T00:01:30.000Z' } });
    t.is(story.step('until').dueAt, at);
  });
}

for (const [time, problem] of [
  ['tomorrow', /no ISO 8601 time with its offset: "tomorrow"/],
  ['2026-02-03T10:00', /no ISO 8601 time/],
  ['2026-99-03T10:00Z', /no ISO 8601 time/],
  [{ $from: '/input' }, /no ISO 8601 time/],
  [-1, /no ISO 8601 time/],
  [{ $from: '/input/nothing' }, /is missing: \/input\/nothing/],
] as const) {
  test(`a wait until ${JSON.stringify(time)} fails, and no other step begins`, (t) => {
    const story = given(until(time)).expect(t, {
      events: ['WorkflowCreated', 'WorkflowStarted', 'WorkflowStepFailed', 'WorkflowFailed'],
      status: 'FAILED',
      steps: { until: 'FAILED', other: 'PENDING' },
    });
    t.is(story.state.failure?.code, 'VALIDATION_ERROR');
    t.regex(story.state.failure?.message ?? '', problem);
  });
}

test('an optional wait that can not be is skipped', (t) => {
  given(until('tomorrow', true)).expect(t, {
    events: [
      'WorkflowCreated',
      'WorkflowStarted',
      'WorkflowStepFailed',
      { type: 'StepSkipped', cause: 'optional' },
      { type: 'StepsDispatched', stepIds: ['other'] },
    ],
    status: 'EXECUTING',
  });
});

test('a failed wait is retried or skipped, not executed: nobody is called for it', (t) => {
  const story = given(until('tomorrow'));
  story.when(executeStep('until')).expect(t, { refused: /until is a wait/ });
  story.and(retryStep('until')).when(retry).expect(t, { status: 'FAILED' });
  story
    .and(skipStep('until'))
    .when(retry)
    .expect(t, { steps: { other: 'EXECUTING' } });
});

test('a pause does not stop a wait: its end stays where it was', (t) => {
  given(cooling, succeeds('a'), pause)
    .after(400)
    .when(resume)
    .expect(t, { events: ['WorkflowResumed', { type: 'StepsDispatched', dueAt: 1000 }] });
  given(cooling, succeeds('a'), pause)
    .after(5000)
    .when(wake())
    .expect(t, { events: [], status: 'PAUSED', steps: { cool: 'EXECUTING' } })
    .and(resume)
    .when(wake())
    .expect(t, { steps: { cool: 'COMPLETED', b: 'EXECUTING' } });
});

test('a wait that a failure interrupted goes on with the workflow', (t) => {
  const definition = definitionOf([wait('cool', [], { durationMs: 1000 }), read('b')]);
  given(definition, fails('b'))
    .expect(t, { status: 'FAILED', steps: { cool: 'PENDING' } })
    .after(300)
    .when(retry)
    .expect(t, {
      events: [
        'WorkflowRetry',
        { type: 'StepsDispatched', stepIds: ['cool'], dueAt: 1000 },
        { type: 'StepsDispatched', stepIds: ['b'] },
      ],
    });
});

test('a workflow fails when its deadline passes, and what it did is undone', (t) => {
  const definition = definitionOf([call('a'), read('b', ['a'])], { timeoutMs: 10_000 });
  const story = given(definition, succeeds('a'));
  story.after(9999).when(wake()).expect(t, { events: [], status: 'EXECUTING' });
  story
    .after(10_000)
    .when(wake())
    .expect(t, {
      events: [
        {
          type: 'WorkflowFailed',
          errorCode: 'TIMEOUT',
          errorMessage: 'the workflow did not end within its 10000 ms',
          failedStepId: 'b',
          retryable: true,
        },
        'WorkflowCompensationStarted',
        'StepsDispatched',
      ],
      status: 'COMPENSATING',
    });
});

test('a pause moves the deadline by as long as it was', (t) => {
  given(cooling, pause)
    .after(400_000)
    .when(wake())
    .expect(t, { events: [], status: 'PAUSED' })
    .when(resume)
    .expect(t, { events: [{ type: 'WorkflowResumed', deadlineAt: 700_000 }, 'StepsDispatched'] });
});

test('a retried workflow has all its time again', (t) => {
  given(cooling, fails('a'))
    .after(1_000_000)
    .when(retry)
    .expect(t, { events: [{ type: 'WorkflowRetry', deadlineAt: 1_300_000 }, 'StepsDispatched'] });
});
