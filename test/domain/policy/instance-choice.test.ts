import test from 'ava';
import {
  afterCall,
  chooseInstance,
  GOOD_STANDING,
  isEjected,
  type Candidate,
  type InstanceOutcome,
} from '#domain/policy/instance-choice.ts';

const NOW = 1_000_000;

const candidate = (name: string, changes: Partial<Candidate> = {}) => ({
  name,
  standing: GOOD_STANDING,
  inFlight: 0,
  freeCapacity: 50,
  acceptsWork: true,
  weight: 1,
  ...changes,
});

const chosen = (candidates: readonly (Candidate & { name: string })[], turn = 0) =>
  chooseInstance(candidates, turn, () => 0, NOW)?.name;

const ejected = { ...GOOD_STANDING, ejectedUntil: NOW + 1, ejectedForMs: 30_000 };

test('the least loaded of those that accept work', (t) => {
  const [a, b] = [candidate('a', { freeCapacity: 30 }), candidate('b', { freeCapacity: 40 })];
  t.is(chosen([a, b]), 'b');
  t.is(chosen([a, { ...b, acceptsWork: false }]), 'a');
  t.is(
    chosen([
      { ...a, acceptsWork: false },
      { ...b, acceptsWork: false },
    ]),
    'b',
  );
});

test('calls under way count: a reading that is seconds old draws no herd', (t) => {
  const [a, b] = [
    candidate('a', { freeCapacity: 80, inFlight: 4 }),
    candidate('b', { freeCapacity: 40, inFlight: 1 }),
  ];
  t.is(chosen([a, b]), 'b');
});

test('a full instance is not divided by nothing, an unknown one is taken as half full', (t) => {
  t.is(
    chosen([candidate('full', { freeCapacity: 0 }), candidate('unknown', { freeCapacity: null })]),
    'unknown',
  );
  t.is(
    chosen([candidate('free', { freeCapacity: 60 }), candidate('unknown', { freeCapacity: null })]),
    'free',
  );
});

test('equals are taken in turn', (t) => {
  const equals = [candidate('a'), candidate('b'), candidate('c')];
  t.deepEqual(
    [0, 1, 2, 3].map((turn) => chosen(equals, turn)),
    ['a', 'b', 'c', 'a'],
  );
});

test('who is ejected comes last, also after who does not accept work', (t) => {
  const out = candidate('out', { standing: ejected, freeCapacity: 100 });
  t.is(chosen([out, candidate('in', { freeCapacity: 1 })]), 'in');
  t.is(chosen([out, candidate('full', { acceptsWork: false })]), 'full');
  t.is(chosen([out]), 'out');
  t.is(chosen([]), undefined);
});

test('of many the better of two at random; calls spread over all of them', (t) => {
  const many = Array.from({ length: 10 }, (_, index) => candidate(`i${index}`));
  const counts = new Map<string, number>();
  for (let call = 0; call < 1000; call += 1) {
    const taken = chooseInstance(many, call, Math.random, NOW);
    if (taken === undefined) throw new Error('none');
    taken.inFlight += 1;
    counts.set(taken.name, (counts.get(taken.name) ?? 0) + 1);
  }
  t.is(counts.size, 10);
  t.true(
    Math.max(...counts.values()) - Math.min(...counts.values()) <= 20,
    [...counts.values()].join(' '),
  );
});

test('the two are never the same one', (t) => {
  const five = Array.from({ length: 5 }, (_, index) =>
    candidate(`i${index}`, { freeCapacity: index === 4 ? 10 : 90 }),
  );
  for (const value of [0, 0.2, 0.5, 0.79, 0.999_999]) {
    for (let second = 0; second < 1; second += 0.05) {
      const values = [value, second];
      t.not(chooseInstance(five, 0, () => values.shift() ?? 0, NOW)?.name, 'i4');
    }
  }
});

const after = (outcomes: readonly InstanceOutcome[], from = GOOD_STANDING, at = NOW) =>
  outcomes.reduce((standing, outcome) => afterCall(standing, outcome, at), from);

test('three failures in a row eject, with a success between them not', (t) => {
  t.false(isEjected(after(['failure', 'failure']), NOW));
  t.false(isEjected(after(['failure', 'failure', 'success', 'failure', 'failure']), NOW));
  const out = after(['failure', 'neutral', 'failure', 'failure']);
  t.true(isEjected(out, NOW + 29_999));
  t.false(isEjected(out, NOW + 30_000));
});

test('who fails again when it is back is out for twice as long, five minutes at most', (t) => {
  let standing = after(['failure', 'failure', 'failure']);
  const lengths = [];
  for (let round = 0; round < 6; round += 1) {
    lengths.push(standing.ejectedForMs);
    standing = afterCall(standing, 'failure', standing.ejectedUntil);
  }
  t.deepEqual(lengths, [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
  t.deepEqual(afterCall(standing, 'success', NOW), GOOD_STANDING);
});

test('failures of calls that were under way at the ejection prolong nothing', (t) => {
  const out = after(['failure', 'failure', 'failure']);
  t.is(after(['failure', 'failure'], out, NOW + 1000).ejectedUntil, out.ejectedUntil);
});

test('who can not be reached is passed over for five seconds', (t) => {
  const out = after(['unreachable']);
  t.true(isEjected(out, NOW + 4999));
  t.false(isEjected(out, NOW + 5000));
});

test('a clock that is set back keeps nobody out', (t) => {
  const out = after(['failure', 'failure', 'failure']);
  t.false(isEjected(out, NOW - 1));
});
