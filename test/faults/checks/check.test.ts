import test, { type ExecutionContext } from 'ava';
import { fails, stumbles, succeeds, undone, vanishes } from '#test/support/domain-commands.ts';
import { call, definitionOf, read } from '#test/support/domain-definitions.ts';
import { check } from './check.ts';
import { entry, evidenceOf, ID, type Story } from './evidence-of.ts';
import type { Evidence, Finding, Start, Stored } from './evidence.ts';

/** Every check must be able to fail: sound evidence first, then each way in which an engine could break a promise. */

const COMPLETED: Story = {
  definition: definitionOf([call('a'), call('b', ['a'])]),
  ending: 'COMPLETED',
  commands: [succeeds('a'), succeeds('b')],
  effects: ['a:do', 'b:do'],
};

const COMPENSATED: Story = {
  definition: definitionOf([call('a'), call('b', ['a']), read('c', ['b'])]),
  ending: 'COMPENSATED',
  commands: [succeeds('a'), vanishes('b'), undone('b'), undone('a')],
  effects: ['a:do', 'b:do', 'b:undo', 'a:undo'],
};

for (const story of [COMPLETED, COMPENSATED]) {
  test(`against a workflow that ended ${story.ending} nothing is found`, (t) => {
    t.deepEqual(check(evidenceOf(story)), []);
  });
}

/** What the check must say of evidence that was sound but for one thing. */
function finds(
  t: ExecutionContext,
  kind: Finding['kind'],
  what: RegExp,
  story: Story,
  spoil: (sound: Evidence) => Evidence,
): void {
  const findings = check(spoil(evidenceOf(story)));
  t.true(
    findings.some((finding) => finding.kind === kind && what.test(finding.what)),
    JSON.stringify(findings, null, 2),
  );
}

const changeStart = (change: Partial<Start>) => (sound: Evidence) => ({
  ...sound,
  starts: sound.starts.map((one) => ({ ...one, ...change })),
});
const changeStored = (change: (stored: Stored) => Partial<Stored>) => (sound: Evidence) => ({
  ...sound,
  stored: new Map([...sound.stored].map(([id, one]) => [id, { ...one, ...change(one) }])),
});
const answer = { status: 201, workflowId: ID, tookMs: 1 };
const anotherStart = { key: 'start-2', correlationId: 'ORD-2', ending: 'COMPLETED' } as const;

test('an accepted workflow that the API does not list is lost', (t) => {
  finds(t, 'lost', /it is gone/, COMPLETED, (sound) => ({ ...sound, served: [] }));
});

test('an accepted workflow that the store does not have is lost', (t) => {
  finds(t, 'lost', /it is gone/, COMPLETED, (sound) => ({ ...sound, stored: new Map() }));
});

test('a head without a log is a loss', (t) => {
  finds(
    t,
    'lost',
    /no log/,
    COMPLETED,
    changeStored(() => ({ log: [], states: [] })),
  );
});

test('a step that counts as done without an effect is a loss', (t) => {
  finds(t, 'lost', /b counts as done/, { ...COMPLETED, effects: ['a:do'] }, (sound) => sound);
});

test('two workflows under one key are one too many', (t) => {
  const answers = [answer, { ...answer, workflowId: 'another' }];
  finds(t, 'doubled', /one key/, COMPLETED, changeStart({ answers }));
});

test('a second workflow of one start is found although nobody was told of it', (t) => {
  finds(t, 'doubled', /one key/, COMPLETED, (sound) => ({
    ...sound,
    served: sound.served.flatMap((one) => [one, { ...one, id: 'another' }]),
  }));
});

const unavailable = { status: 503, workflowId: null, tookMs: 1 };

test('a start that was refused must not exist', (t) => {
  finds(t, 'wrong', /refused with 503/, COMPLETED, changeStart({ answers: [unavailable] }));
});

test('a start that was refused for ever is found, unless it was sent only once', (t) => {
  const refusedAll =
    (insisted: boolean) =>
    (sound: Evidence): Evidence => ({
      ...sound,
      starts: [...sound.starts, { ...anotherStart, insisted, answers: [unavailable, unavailable] }],
    });
  finds(t, 'wrong', /never accepted, but answered 503, 503/, COMPLETED, refusedAll(true));
  t.deepEqual(check(refusedAll(false)(evidenceOf(COMPLETED))), []);
});

test('an answer that blames the engine itself is found, whatever came after it', (t) => {
  const answers = [{ ...unavailable, status: 500 }, answer];
  finds(t, 'wrong', /answered 500, 201/, COMPLETED, changeStart({ answers }));
});

test('a start that was never answered may exist', (t) => {
  const answers = [{ status: null, workflowId: null, tookMs: 1 }];
  const unanswered = changeStart({ insisted: false, answers })(evidenceOf(COMPLETED));
  t.deepEqual(check(unanswered), []);
});

test('a workflow that nobody asked for is found', (t) => {
  finds(t, 'wrong', /never asked for/, COMPLETED, (sound) => ({ ...sound, starts: [] }));
});

test('a workflow that still moves is stuck', (t) => {
  finds(
    t,
    'stuck',
    /still COMPLETED/,
    COMPLETED,
    changeStored(() => ({ moving: true })),
  );
});

test('a workflow that does not end as it must is found, with the reason', (t) => {
  finds(
    t,
    'wrong',
    /ended COMPENSATED, not COMPLETED/,
    COMPENSATED,
    changeStart({ ending: 'COMPLETED' }),
  );
});

test('a workflow that stood still for more than 15 s after recovery is stuck', (t) => {
  const late = changeStored(({ log }) => ({
    log: log.map((one, index) => (index === log.length - 1 ? { ...one, occurredAt: 40_000 } : one)),
  }));
  finds(t, 'stuck', /stood still for \d\d\.\d s/, COMPLETED, late);
  const before = check({ ...late(evidenceOf(COMPLETED)), healedAt: 39_000 });
  t.deepEqual(before, [], 'while the fault lasted that is no standing still');
  const meaningless = check({ ...late(evidenceOf(COMPLETED)), healedAt: null });
  t.deepEqual(meaningless, [], 'nor where clocks were moved');
});

test('a retry that is due later is no standing still', (t) => {
  const story: Story = {
    ...COMPLETED,
    commands: [stumbles('a', { retryAfterMs: 30_000 }), succeeds('a'), succeeds('b')],
  };
  const late = changeStored(({ log }) => ({
    log: log.map((one) => (one.occurredAt < 3000 ? one : { ...one, occurredAt: 34_000 })),
  }));
  t.deepEqual(check(late(evidenceOf(story))), []);
});

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

test('two effects of one step in one direction are one too many, under whatever name', (t) => {
  const again = { ...entry('a:do', 9), key: `${ID}:a:do:2` };
  const spoil = (sound: Evidence) => ({ ...sound, effects: [...sound.effects, again] });
  finds(t, 'doubled', /a:do took effect 2 times/, COMPLETED, spoil);
});

test('a name that a retry has changed, or an undo that bears the name of its do, is found', (t) => {
  for (const key of [`${ID}:a:do:2`, `${ID}:a:undo`]) {
    finds(t, 'wrong', /a do under the key/, COMPLETED, (sound) => ({
      ...sound,
      effects: sound.effects.map((one) => (one.stepId === 'a' ? { ...one, key } : one)),
    }));
  }
});

test('an effect of a workflow that nobody knows is found', (t) => {
  finds(t, 'wrong', /knows of no such workflow/, COMPLETED, (sound) => ({
    ...sound,
    effects: [...sound.effects, { ...entry('a:do', 9), workflowId: 'x', key: 'x:a:do' }],
  }));
});

test('an effect of a step that its workflow does not have is found: a retry may have changed its name', (t) => {
  finds(t, 'wrong', /knows of no such step/, COMPLETED, (sound) => ({
    ...sound,
    effects: [...sound.effects, entry('a.2:do', 9)],
  }));
});

test('what the ledger of the services objects to is passed on', (t) => {
  const offence = { offence: 'left-undone', workflowId: ID, stepId: 'a', detail: 'entry 1' };
  finds(t, 'wrong', /left-undone: a/, COMPENSATED, (sound) => ({
    ...sound,
    ledger: { ...sound.ledger, ok: false, offences: [offence] },
  }));
});

test('a step that was not undone, undone twice, or in the wrong order is found', (t) => {
  const withUndos = (order: (undos: Stored['log']) => Stored['log']) =>
    changeStored(({ log }) => {
      const isUndo = ({ event }: Stored['log'][number]) => event.type === 'StepCompensated';
      const undos = order(log.filter(isUndo));
      const first = log.findIndex(isUndo);
      const events = log.filter((one) => !isUndo(one)).toSpliced(first, 0, ...undos);
      return { log: events.map((one, index) => ({ ...one, version: index + 1 })) };
    });
  const ways = [
    withUndos((undos) => undos.slice(1)),
    withUndos((undos) => [...undos, ...undos.slice(-1)]),
    withUndos((undos) => undos.toReversed()),
  ];
  for (const spoil of ways) finds(t, 'wrong', /to be undone: b, a; undone: /, COMPENSATED, spoil);
});

test('a step whose answer was lost has to be undone, one that was refused has not', (t) => {
  const refused: Story = {
    ...COMPENSATED,
    commands: [succeeds('a'), fails('b'), undone('a')],
    effects: ['a:do', 'a:undo'],
  };
  t.deepEqual(check(evidenceOf(refused)), []);
});
