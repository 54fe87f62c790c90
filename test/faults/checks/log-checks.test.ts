import test from 'ava';
import { changeStored, COMPLETED, finds } from './spoiled-evidence.ts';

test('a gap in the log is found', (t) => {
  const gap = changeStored(({ log }) => ({ log: log.toSpliced(1, 1) }));
  finds(t, 'wrong', /the log has version 3 at place 2/, COMPLETED, gap);
});

test('a head that names another version is found', (t) => {
  finds(
    t,
    'wrong',
    /head 99/,
    COMPLETED,
    changeStored(() => ({ headVersion: 99 })),
  );
});

for (const way of ['served', 'servedById'] as const) {
  test(`an API that serves something else than the log leads to is found (${way})`, (t) => {
    finds(t, 'wrong', /they differ/, COMPLETED, (sound) => ({
      ...sound,
      [way]: sound[way].map((one) => ({ ...one, retryCount: one.retryCount + 1 })),
    }));
  });
}

test('an event after the end is found', (t) => {
  const more = changeStored(({ log, states }) => ({
    log: [...log, ...log.slice(-1)],
    states: [...states, ...states.slice(-1)],
  }));
  finds(t, 'wrong', /after the end, COMPLETED/, COMPLETED, more);
});

test('a transition that SPEC 2 does not have is found', (t) => {
  const jump = changeStored(({ states }) => ({
    states: states.map((state, index) =>
      index === states.length - 2 ? { ...state, status: 'PENDING' as const } : state,
    ),
  }));
  finds(t, 'wrong', /PENDING -> COMPLETED/, COMPLETED, jump);
});

test('a workflow that counts as complete before all its steps are done is found', (t) => {
  const early = changeStored(({ states }) => ({
    states: states.map((state, index) => {
      const done = states[0]?.steps;
      return index === states.length - 1 && done ? { ...state, steps: done } : state;
    }),
  }));
  finds(t, 'wrong', /COMPLETED, although a is PENDING/, COMPLETED, early);
});
