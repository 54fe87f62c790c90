import test from 'ava';
import { start, succeeds } from '#test/support/domain-commands.ts';
import { call, definitionOf, read } from '#test/support/domain-definitions.ts';
import { given, givenWith } from '#test/support/domain-scenario.ts';

const chain = definitionOf([call('a'), call('b', ['a']), call('c', ['b'])]);
const diamond = definitionOf([
  call('a'),
  call('left', ['a']),
  call('right', ['a']),
  call('join', ['left', 'right']),
]);

test('a new workflow starts at once and hands its first chain to the queue', (t) => {
  given(chain).expect(t, {
    events: [
      { type: 'WorkflowCreated', definitionId: 'tested', maxRetries: 3 },
      { type: 'WorkflowStarted', deadlineAt: 300_000 },
      {
        type: 'StepsDispatched',
        dispatch: 1,
        direction: 'do',
        stepIds: ['a', 'b', 'c'],
        dueAt: null,
      },
    ],
    status: 'EXECUTING',
    steps: { a: 'EXECUTING', b: 'PENDING', c: 'PENDING' },
  });
});

test('the deadline counts from the start, by the time-out of this workflow', (t) => {
  givenWith(chain, { waveless: true, timeoutMs: 5000 })
    .after(7000)
    .when(start)
    .expect(t, { events: [{ type: 'WorkflowStarted', deadlineAt: 12_000 }, 'StepsDispatched'] });
});

test('a waveless workflow waits as PENDING until it is released', (t) => {
  givenWith(chain, { waveless: true })
    .expect(t, {
      events: ['WorkflowCreated', 'WavelessProcessingEnabled'],
      status: 'PENDING',
      steps: { a: 'PENDING' },
    })
    .when(start)
    .expect(t, { events: ['WorkflowStarted', 'StepsDispatched'], status: 'EXECUTING' });
});

test('inside a chain the next step begins without another dispatch', (t) => {
  given(chain)
    .after(70)
    .when(succeeds('a', { id: 1 }, 20))
    .expect(t, {
      events: [
        {
          type: 'WorkflowStepExecuted',
          stepId: 'a',
          stepName: 'Step a',
          output: { id: 1 },
          startedAt: 20,
          executionTimeMs: 50,
        },
      ],
      steps: { a: 'COMPLETED', b: 'EXECUTING', c: 'PENDING' },
    });
});

test('a fork dispatches each branch under a number of its own', (t) => {
  given(diamond)
    .when(succeeds('a'))
    .expect(t, {
      events: [
        'WorkflowStepExecuted',
        { type: 'StepsDispatched', dispatch: 2, stepIds: ['left'] },
        { type: 'StepsDispatched', dispatch: 3, stepIds: ['right'] },
      ],
      steps: { left: 'EXECUTING', right: 'EXECUTING', join: 'PENDING' },
    });
});

test('a join begins when the last of its branches is done', (t) => {
  given(diamond, succeeds('a'))
    .when(succeeds('right'))
    .expect(t, { events: ['WorkflowStepExecuted'], steps: { join: 'PENDING' } })
    .when(succeeds('left'))
    .expect(t, {
      events: ['WorkflowStepExecuted', { type: 'StepsDispatched', stepIds: ['join'] }],
      steps: { join: 'EXECUTING' },
    });
});

test('the workflow completes with its last step, and its output is mapped from what there is', (t) => {
  const definition = definitionOf([call('a')], {
    output: {
      order: { $from: '/input/order' },
      label: { $from: '/steps/a/output/label' },
      gone: { $from: '/steps/a/output/gone' },
    },
  });
  givenWith(definition, { input: { order: 7 } })
    .when(succeeds('a', { label: 'L1' }))
    .expect(t, {
      events: [
        'WorkflowStepExecuted',
        { type: 'WorkflowCompleted', output: { order: 7, label: 'L1' } },
      ],
      status: 'COMPLETED',
    });
});

test('a report that comes twice counts once', (t) => {
  given(chain, succeeds('a', { n: 1 }))
    .when(succeeds('a', { n: 2 }))
    .expect(t, { events: [], steps: { a: 'COMPLETED', b: 'EXECUTING' } });
});

test('a clock that runs behind never makes a call shorter than nothing', (t) => {
  given(chain)
    .when(succeeds('a', {}, 5000))
    .expect(t, { events: [{ type: 'WorkflowStepExecuted', executionTimeMs: 0 }] });
});

test('a step is skipped where its condition does not hold, at the start of a workflow', (t) => {
  const definition = definitionOf([
    read('gift-wrap', [], { condition: { equals: [{ $from: '/input/gift' }, true] } }),
    read('pack', ['gift-wrap']),
  ]);
  givenWith(definition, { input: { gift: false } }).expect(t, {
    events: [
      'WorkflowCreated',
      'WorkflowStarted',
      { type: 'StepSkipped', stepId: 'gift-wrap', cause: 'condition' },
      { type: 'StepsDispatched', stepIds: ['pack'] },
    ],
    steps: { 'gift-wrap': 'SKIPPED', pack: 'EXECUTING' },
  });
  givenWith(definition, { input: { gift: true } }).expect(t, {
    steps: { 'gift-wrap': 'EXECUTING' },
  });
});

test('a step skipped in the middle of a chain lets the next one begin in the same chain', (t) => {
  const definition = definitionOf([
    call('a'),
    call('b', ['a'], { condition: { gt: [{ $from: '/steps/a/output/n' }, 3] } }),
    call('c', ['b']),
  ]);
  given(definition)
    .when(succeeds('a', { n: 3 }))
    .expect(t, {
      events: ['WorkflowStepExecuted', { type: 'StepSkipped', stepId: 'b' }],
      steps: { b: 'SKIPPED', c: 'EXECUTING' },
    });
  given(definition)
    .when(succeeds('a', { n: 4 }))
    .expect(t, { events: ['WorkflowStepExecuted'], steps: { b: 'EXECUTING', c: 'PENDING' } });
});

test('a skipped branch satisfies the join, and a skipped join its own dependents', (t) => {
  const never = { condition: { equals: [1, 2] } } as const;
  const definition = definitionOf([
    call('a'),
    call('left', ['a'], never),
    call('right', ['a']),
    call('join', ['left', 'right'], never),
    call('last', ['join']),
  ]);
  given(definition, succeeds('a'))
    .expect(t, { steps: { left: 'SKIPPED', right: 'EXECUTING', join: 'PENDING' } })
    .when(succeeds('right'))
    .expect(t, {
      events: ['WorkflowStepExecuted', 'StepSkipped', 'StepsDispatched'],
      steps: { join: 'SKIPPED', last: 'EXECUTING' },
    });
});

test('a workflow all of whose steps are skipped is complete', (t) => {
  const never = { condition: { equals: [1, 2] } } as const;
  given(definitionOf([call('a', [], never), call('b', ['a'], never)])).expect(t, {
    events: [
      'WorkflowCreated',
      'WorkflowStarted',
      'StepSkipped',
      'StepSkipped',
      'WorkflowCompleted',
    ],
    status: 'COMPLETED',
  });
});
