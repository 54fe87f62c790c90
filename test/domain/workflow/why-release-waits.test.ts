import test from 'ava';
import { whyReleaseWaits, type ReleaseFacts } from '#domain/workflow/why-release-waits.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import { givenWith } from '#test/support/domain-scenario.ts';

const { state } = givenWith(definitionOf([call('a', [], { serviceName: 'stock' })]), {
  waveless: true,
});

const FREE: ReleaseFacts = {
  lane: 'A',
  paused: null,
  closed: [],
  holdHigh: true,
  priority: 'NORMAL',
  cap: 10,
  inFlight: 3,
  ahead: 25,
  batchSize: 10,
  intervalMs: 1000,
  restsUntil: null,
};
const closed = { serviceName: 'stock', why: 'its breaker is open', since: 5, until: 900 };
const paused = { since: 7, score: 96, errorRate: 0.25 };

for (const [what, changes, expected] of [
  ['a place in line', {}, { reason: 'queue-position', subject: 'A', estimatedAt: 3100 }],
  [
    'a lane that rests',
    { restsUntil: 9000 },
    { reason: 'queue-position', subject: 'A', estimatedAt: 9000 },
  ],
  ['a lane that has rested', { restsUntil: 50 }, { estimatedAt: 3100 }],
  [
    'a lane that rests is nothing to HIGH',
    { restsUntil: 9000, priority: 'HIGH' },
    { estimatedAt: 3100 },
  ],
  ['a full lane', { inFlight: 10 }, { reason: 'lane-cap', subject: 'A' }],
  ['a closed service', { closed: [closed], inFlight: 10 }, { reason: 'look-ahead', until: 900 }],
  ['a pause', { paused, closed: [closed] }, { reason: 'load-pause', since: 7 }],
  [
    'a closed service that nobody needs',
    { closed: [{ ...closed, serviceName: 'other' }] },
    { reason: 'queue-position' },
  ],
  [
    'a closed service does not hold back HIGH where it must not',
    { closed: [closed], holdHigh: false, priority: 'HIGH' },
    { reason: 'queue-position' },
  ],
] as const satisfies readonly (readonly [string, Partial<ReleaseFacts>, object])[]) {
  test(`${what}: told before all that would come after it`, (t) => {
    t.like(whyReleaseWaits(state, { ...FREE, ...changes }, 100), { stepId: null, ...expected });
  });
}

test('without Redis, and without a releaser, that is the reason', (t) => {
  t.is(whyReleaseWaits(state, 'away', 100).reason, 'unknown');
  t.like(whyReleaseWaits(state, 'nobody', 100), { reason: 'no-worker', subject: 'releaser' });
});
