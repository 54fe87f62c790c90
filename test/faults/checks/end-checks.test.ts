import test from 'ava';
import { stumbles, succeeds } from '#test/support/domain-commands.ts';
import { check } from './check.ts';
import { evidenceOf, type Story } from './evidence-of.ts';
import { changeStart, changeStored, COMPENSATED, COMPLETED, finds } from './spoiled-evidence.ts';

test('a head without a log is a loss', (t) => {
  finds(
    t,
    'lost',
    /no log/,
    COMPLETED,
    changeStored(() => ({ log: [], states: [] })),
  );
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
