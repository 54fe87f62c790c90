import test from 'ava';
import { authored, authoredStep } from '#test/application/definitions/authored.ts';
import { accepted, refusesAt } from '#test/application/definitions/reading.ts';

const BY_EVENT = {
  mode: 'event',
  event: 'WaveReleased',
  correlationKey: { $from: '/reply/waveId' },
};

test('a step may be completed by an event; what is not said gets its default', (t) => {
  const { steps } = accepted(t, authored([authoredStep('a', { completion: BY_EVENT })]));
  t.like(steps[0], { completion: { ...BY_EVENT, failOn: [], timeoutMs: 900_000 } });
});

test('the key of an event may come from the reply, the input, the context and steps before', (t) => {
  const keys = ['/reply/id', '/input/id', '/context/correlationId', '/steps/a/output/id'];
  const steps = keys.map((from, index) =>
    authoredStep(`b${index}`, {
      dependencies: ['a'],
      completion: { ...BY_EVENT, correlationKey: { $from: from } },
    }),
  );
  accepted(t, authored([authoredStep('a'), ...steps]));
});

const EVENT_FAULTS: readonly (readonly [string, object, string])[] = [
  [
    'a key out of the step itself',
    { correlationKey: { $from: '/steps/a/output/id' } },
    '/correlationKey/$from',
  ],
  ['a key that is no text', { correlationKey: { id: 'W-1' } }, '/correlationKey'],
  ['a blank event', { event: ' ' }, '/event'],
  ['an event that completes and fails', { failOn: ['Broken', 'WaveReleased'] }, '/failOn/1'],
  ['a failing event named twice', { failOn: ['Broken', 'Broken'] }, '/failOn/1'],
  ['no time at all', { timeoutMs: 0 }, '/timeoutMs'],
  ['more than 30 days', { timeoutMs: 30 * 24 * 3_600_000 + 1 }, '/timeoutMs'],
];

for (const [what, change, field] of EVENT_FAULTS) {
  test(`refused: completion by event with ${what}`, (t) => {
    const completion = { ...BY_EVENT, ...change };
    refusesAt(t, authored([authoredStep('a', { completion })]), [`/steps/0/completion${field}`]);
  });
}

test('refused: a wait that an event completes', (t) => {
  const step = { stepId: 'a', wait: { durationMs: 1 }, completion: BY_EVENT };
  refusesAt(t, authored([step]), ['/steps/0/completion']);
});

test('an event step of the wrong shape is told so', (t) => {
  const source = authored([authoredStep('a', { completion: { mode: 'event', topic: 'x' } })]);
  refusesAt(t, source, [
    '/steps/0/completion/event',
    '/steps/0/completion/correlationKey',
    '/steps/0/completion/topic',
  ]);
});
