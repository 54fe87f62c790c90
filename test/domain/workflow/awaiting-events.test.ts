import test from 'ava';
import { dueWork, stepsInQueue } from '#domain/workflow/due-work.ts';
import { wakeAt } from '#domain/workflow/wake-at.ts';
import { whyStepsWait } from '#domain/workflow/why-steps-wait.ts';
import {
  arrives,
  cancel,
  cancelAndUndo,
  compensate,
  executeStep,
  fails,
  giveUpEvent,
  pause,
  resume,
  retry,
  retryStep,
  skipStep,
  stumbles,
  succeeds,
  undone,
  wake,
} from '#test/support/domain-commands.ts';
import { byEvent, call, definitionOf, pivot, read } from '#test/support/domain-definitions.ts';
import { given } from '#test/support/domain-scenario.ts';

/** `a` is done, `b` is called and completed by event Done within 60 s, then `c`. */
const definition = definitionOf([
  call('a'),
  call('b', ['a'], { completion: byEvent() }),
  call('c', ['b']),
]);
const called = given(definition, succeeds('a')).after(100);
const awaiting = called.and(succeeds('b', { of: 'K-1', id: 7 }, 100));

test('when its call was answered the step waits for its event, and nothing after it begins', (t) => {
  const story = called.when(succeeds('b', { of: 'K-1', id: 7 }, 100)).expect(t, {
    events: [
      { type: 'StepEventAwaited', stepId: 'b', event: 'Done', key: 'K-1', awaitedUntil: 60_100 },
    ],
    status: 'EXECUTING',
    steps: { b: 'EXECUTING', c: 'PENDING' },
  });
  t.like(story.step('b'), { outcome: 'applied', output: { of: 'K-1', id: 7 }, startedAt: 100 });
});

test('no job carries a step that waits for its event; one that comes again has the event looked for', (t) => {
  t.deepEqual(stepsInQueue(awaiting.state), []);
  const dispatch = awaiting.step('b').dispatch ?? 0;
  t.is(dueWork(awaiting.state, { stepId: 'b', dispatch }, 100).kind, 'await');
});

test('the event completes the step: its data stand beside the answer of the call', (t) => {
  const story = awaiting
    .after(900)
    .when(arrives('b', 'Done', { picked: 3 }))
    .expect(t, {
      events: [
        { type: 'StepEventReceived', event: 'Done', source: '/tests', sourceEventId: 'e-1' },
        {
          type: 'WorkflowStepExecuted',
          output: { of: 'K-1', id: 7, event: { picked: 3 } },
          startedAt: 100,
          executionTimeMs: 900,
        },
        { type: 'StepsDispatched', stepIds: ['c'] },
      ],
      steps: { b: 'COMPLETED', c: 'EXECUTING' },
    });
  t.deepEqual(story.step('b').event, { state: 'received' });
  t.deepEqual(story.step('b').eventsTaken, [{ source: '/tests', eventId: 'e-1' }]);
});

test('the same event again, another one, and one for a step that does not wait change nothing', (t) => {
  const done = awaiting.and(arrives('b'));
  for (const command of [arrives('b'), arrives('b', 'Broken', {}, 'e-2'), giveUpEvent('b')]) {
    done.when(command).expect(t, { events: [] });
  }
  called.when(arrives('b')).expect(t, { events: [] });
  awaiting.when(arrives('b', 'Other')).expect(t, { events: [] });
  awaiting.when(arrives('c')).expect(t, { events: [] });
  awaiting.when(arrives('nowhere')).expect(t, { events: [] });
});

test('a second report of the call is of no interest', (t) => {
  awaiting.when(succeeds('b', { of: 'K-2' })).expect(t, { events: [] });
  awaiting.when(stumbles('b')).expect(t, { events: [] });
});

test('an event that fails the step has what was done undone, the step itself first', (t) => {
  const story = awaiting.when(arrives('b', 'Broken')).expect(t, {
    events: [
      'StepEventReceived',
      {
        type: 'WorkflowStepFailed',
        errorCode: 'BUSINESS_RULE_VIOLATION',
        errorMessage: 'event Broken for key K-1 fails the step',
        nextRetryAt: null,
      },
      'WorkflowFailed',
      { type: 'WorkflowCompensationStarted', stepsToCompensate: ['b', 'a'], drainUntil: null },
      'StepsDispatched',
    ],
    status: 'COMPENSATING',
  });
  t.like(story.step('b'), { output: { of: 'K-1', id: 7 } }, 'its undo finds the answer');
  story.and(undone('b'), undone('a')).expect(t, { status: 'COMPENSATED' });
});

test('an event that does not come in its time fails the step, once somebody has looked for it', (t) => {
  const late = awaiting.after(60_000);
  awaiting.after(59_999).when(giveUpEvent('b')).expect(t, { events: [] });
  late.when(wake()).expect(t, { events: [] });
  late.when(giveUpEvent('b')).expect(t, {
    events: [
      {
        type: 'WorkflowStepFailed',
        errorCode: 'TIMEOUT',
        errorMessage: 'event Done for key K-1 did not come within 60000 ms',
        nextRetryAt: null,
        outcome: 'unknown',
      },
      'WorkflowFailed',
      { type: 'WorkflowCompensationStarted', stepsToCompensate: ['b', 'a'] },
      'StepsDispatched',
    ],
    status: 'COMPENSATING',
  });
});

test('it is looked for a little after the last commit, and at the end of its time', (t) => {
  t.is(wakeAt(awaiting.state, 5000), 5100);
  t.is(wakeAt(awaiting.state, 5000, 5100), 60_100);
  t.is(wakeAt(awaiting.state, 90_000), 60_100);
});

const NO_KEYS = {
  'leads nowhere': [{ id: 7 }, /no value and no default for the correlation key at \/reply\/of/],
  'is no text': [{ of: ['K-1'] }, /the correlation key of event Done must be 1 to 200 printable/],
  'is empty': [{ of: '' }, /must be 1 to 200 printable/],
  'is too long': [{ of: 'x'.repeat(201) }, /must be 1 to 200 printable/],
  'is not ASCII': [{ of: 'Schlüssel' }, /must be 1 to 200 printable/],
} as const;
for (const [what, [reply, message]] of Object.entries(NO_KEYS)) {
  test(`a step whose key ${what} fails, and is undone: its call was made`, (t) => {
    const story = called.when(succeeds('b', reply)).expect(t, {
      events: [
        { type: 'WorkflowStepFailed', errorCode: 'VALIDATION_ERROR', nextRetryAt: null },
        'WorkflowFailed',
        { type: 'WorkflowCompensationStarted', stepsToCompensate: ['b', 'a'] },
        'StepsDispatched',
      ],
    });
    t.regex(story.step('b').error?.message ?? '', message);
    t.deepEqual<unknown, unknown>(story.step('b').output, reply);
  });
}

test('a whole number is a key too', (t) => {
  const story = called.and(succeeds('b', { of: 4711 }));
  t.like(story.step('b').event, { state: 'awaited', key: '4711' });
});

test('reply and event together are bound like a reply', (t) => {
  const story = awaiting.when(arrives('b', 'Done', 'x'.repeat(256 * 1024))).expect(t, {
    events: [
      'StepEventReceived',
      { type: 'WorkflowStepFailed', errorCode: 'DATA_INTEGRITY_ERROR' },
      'WorkflowFailed',
      'WorkflowCompensationStarted',
      'StepsDispatched',
    ],
  });
  t.regex(story.step('b').error?.message ?? '', /more than 262144/);
});

test('an optional step that fails over its event is skipped, and undone all the same', (t) => {
  const optional = definitionOf([
    call('b', [], { completion: byEvent(), optional: true }),
    call('c', ['b'], { input: { of: { $from: '/steps/b/output/of', $default: 'none' } } }),
  ]);
  given(optional, succeeds('b', { of: 'K-1' }), arrives('b', 'Broken'))
    .expect(t, { steps: { b: 'SKIPPED', c: 'EXECUTING' } })
    .when(fails('c'))
    .expect(t, {
      events: [
        'WorkflowStepFailed',
        'WorkflowFailed',
        { type: 'WorkflowCompensationStarted', stepsToCompensate: ['b'] },
        'StepsDispatched',
      ],
    });
});

test('while PAUSED an event is recorded, but nothing begins; what is awaited has its time back afterwards', (t) => {
  const paused = awaiting.after(10_000).and(pause);
  paused
    .when(arrives('b'))
    .expect(t, { status: 'PAUSED', steps: { b: 'COMPLETED', c: 'PENDING' } })
    .when(resume)
    .expect(t, { steps: { c: 'EXECUTING' } });
  const late = paused.after(100_000);
  t.is(wakeAt(late.state, 5000), null);
  late.when(giveUpEvent('b')).expect(t, { events: [] });
  const resumed = late.when(resume).expect(t, { events: ['WorkflowResumed'] });
  t.like(resumed.step('b').event, { until: 160_100 });
});

const STOPS = {
  'the failure of a step beside it': [fails('d'), 'COMPENSATING'],
  'an operator who wants all undone': [compensate, 'COMPENSATING'],
  'a cancellation that asks for the undo': [cancelAndUndo, 'COMPENSATING'],
  'a cancellation that does not': [cancel, 'CANCELLED'],
} as const;
const beside = definitionOf([call('b', [], { completion: byEvent() }), read('d')]);
for (const [what, [command, status]] of Object.entries(STOPS)) {
  test(`${what} ends the waiting at once: no call is under way`, (t) => {
    const story = given(beside, succeeds('b', { of: 'K-1' }));
    const stopped = story.when(command).expect(t, { status });
    const step = stopped.step('b');
    t.is(step.event, null);
    t.is(stopped.state.drainUntil, null);
    t.deepEqual(step.output, { of: 'K-1' });
    if (status === 'COMPENSATING') t.is(step.status, 'COMPENSATING');
    else t.like(step, { status: 'FAILED', outcome: 'unknown', error: { code: 'TIMEOUT' } });
    stopped.when(arrives('b')).expect(t, { events: [] });
  });
}

test('the deadline of the workflow ends the waiting too', (t) => {
  const short = definitionOf([call('b', [], { completion: byEvent() })], { timeoutMs: 30_000 });
  given(short, succeeds('b', { of: 'K-1' }))
    .after(30_000)
    .when(wake())
    .expect(t, {
      events: [
        { type: 'WorkflowFailed', errorCode: 'TIMEOUT' },
        'WorkflowCompensationStarted',
        'StepsDispatched',
      ],
    });
});

test('a call that is answered after its workflow has stopped is undone, and no event awaited', (t) => {
  const draining = given(beside, fails('d')).expect(t, { steps: { b: 'EXECUTING' } });
  draining.when(succeeds('b', { of: 'K-1' })).expect(t, {
    events: ['StepEventAwaited', 'StepAbandoned', 'StepsDispatched'],
    status: 'COMPENSATING',
    steps: { b: 'COMPENSATING' },
  });
});

test('a step that only reads is asked again after a retry, under its key', (t) => {
  const reading = definitionOf([read('b', [], { completion: byEvent() }), read('d')]);
  given(reading, succeeds('b', { of: 'K-1' }), fails('d'))
    .expect(t, { status: 'FAILED', steps: { b: 'PENDING' } })
    .when(retry)
    .expect(t, { steps: { b: 'EXECUTING' } })
    .when(succeeds('b', { of: 'K-1' }))
    .expect(t, { events: ['StepEventAwaited'] });
});

const parked = definitionOf([call('b', [], { completion: byEvent() }), call('c', ['b'])], {
  onFailure: 'pause',
});
const broken = given(parked, succeeds('b', { of: 'K-1' }), arrives('b', 'Broken'));

test('a failed one that an operator tries again is called again and waits again', (t) => {
  broken
    .expect(t, { status: 'PAUSED', steps: { b: 'FAILED' } })
    .and(retryStep('b'), resume)
    .when(succeeds('b', { of: 'K-1' }))
    .expect(t, { events: ['StepEventAwaited'], steps: { b: 'EXECUTING' } })
    .when(arrives('b', 'Done', {}, 'e-2'))
    .expect(t, { steps: { b: 'COMPLETED', c: 'EXECUTING' } });
});

test('what is refused to the second call, the first one was granted: it stays to be undone', (t) => {
  const story = broken.and(retryStep('b'), resume, fails('b'));
  t.like(story.step('b'), { status: 'FAILED', outcome: 'unknown', output: { of: 'K-1' } });
});

test('a failed one that an operator skips lets the workflow go on', (t) => {
  broken
    .and(skipStep('b'))
    .when(resume)
    .expect(t, { steps: { b: 'SKIPPED', c: 'EXECUTING' } });
});

test('a failed one that an operator executes waits while the workflow stands still, its time running', (t) => {
  const executed = broken.and(executeStep('b'), succeeds('b', { of: 'K-1' }));
  executed.expect(t, { status: 'PAUSED', steps: { b: 'EXECUTING' } });
  t.is(wakeAt(executed.state, 90_000), 60_000);
  executed
    .when(arrives('b', 'Done', {}, 'e-2'))
    .expect(t, { status: 'PAUSED', steps: { b: 'COMPLETED', c: 'PENDING' } });
  executed
    .after(60_000)
    .when(giveUpEvent('b'))
    .expect(t, { status: 'PAUSED', steps: { b: 'FAILED' } });
});

const shipping = definitionOf([
  call('pick'),
  pivot('ship', ['pick'], { completion: byEvent() }),
  call('bill', ['pick']),
]);
const accepted = given(shipping, succeeds('pick'), succeeds('ship', { of: 'T-1' }));

test('a pivot counts as passed from the answer of its call on: the truck may leave at any moment', (t) => {
  accepted.when(fails('bill')).expect(t, {
    events: ['WorkflowStepFailed', { type: 'WorkflowFailed', compensationRequired: false }],
    status: 'FAILED',
    steps: { pick: 'COMPLETED', ship: 'FAILED' },
  });
  const alone = definitionOf([call('pick'), pivot('ship', ['pick'], { completion: byEvent() })]);
  given(alone, succeeds('pick'), succeeds('ship', { of: 'T-1' }))
    .when(compensate)
    .expect(t, { refused: /has passed a pivot/ });
  accepted
    .after(60_000)
    .when(giveUpEvent('ship'))
    .expect(t, { status: 'FAILED', steps: { pick: 'COMPLETED' } });
});

test('what was done after the pivot was accepted can be undone, before its event and after it was given up', (t) => {
  const billed = accepted.and(succeeds('bill'));
  billed.when(compensate).expect(t, {
    events: [
      'WorkflowFailed',
      { type: 'WorkflowCompensationStarted', stepsToCompensate: ['bill'] },
      'StepsDispatched',
    ],
  });
  billed
    .after(60_000)
    .and(giveUpEvent('ship'))
    .when(compensate)
    .expect(t, { status: 'COMPENSATING', steps: { bill: 'COMPENSATING', pick: 'COMPLETED' } });
});

test('a pivot of which the service says that it came to nothing was not passed', (t) => {
  accepted
    .and(succeeds('bill'))
    .when(arrives('ship', 'Broken'))
    .expect(t, {
      status: 'COMPENSATING',
      steps: { pick: 'COMPLETED', bill: 'COMPENSATING', ship: 'FAILED' },
    });
});

test('why it waits says which event, since and until when', (t) => {
  t.deepEqual(whyStepsWait(awaiting.state, new Map(), 500), [
    {
      stepId: 'b',
      reason: 'event',
      subject: 'Done K-1',
      since: 100,
      until: 60_100,
      estimatedAt: null,
      detail: 'its call was answered; event Done of inventory-service for key K-1 completes it',
      action: 'inventory-service sends the event, or somebody posts it to /api/v1/events',
    },
    {
      stepId: 'c',
      reason: 'dependency',
      subject: 'b',
      since: null,
      until: null,
      estimatedAt: null,
      detail: 'waits for b',
      action: 'those steps complete, or are skipped',
    },
  ]);
});
