import test from 'ava';
import { fails, succeeds, undone } from '#test/support/domain-commands.ts';
import { check } from './check.ts';
import { entry, evidenceOf, ID, type Story } from './evidence-of.ts';
import type { Evidence, Stored } from './evidence.ts';
import { changeStored, COMPENSATED, COMPLETED, finds } from './spoiled-evidence.ts';

test('a step that counts as done without an effect is a loss', (t) => {
  finds(t, 'lost', /b counts as done/, { ...COMPLETED, effects: ['a:do'] }, (sound) => sound);
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
