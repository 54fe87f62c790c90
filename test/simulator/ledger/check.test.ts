import test from 'ava';
import { checkWorkflow, OFFENCES, twiceApplied } from '#simulator/ledger/check.ts';
import type { LedgerEntry, TimedEntry } from '#simulator/ledger/ledger.ts';
import type { Outcome } from '#simulator/ledger/outcome.ts';
import { FACTS_OF_CATALOGUE } from '#simulator/ledger/report.ts';

type Made = readonly [kind: LedgerEntry['kind'], stepId: string, operation?: string];

/** Operations by step: with an undo, without one, and a pivot. */
const OPERATIONS: Readonly<Record<string, readonly [service: string, operation: string]>> = {
  wave: ['wms-core-service', 'createWave'],
  tasks: ['warehouse-operations-service', 'createTaskBatch'],
  inspect: ['quality-control-service', 'performInspection'],
  dispatch: ['shipping-integration-service', 'dispatchShipment'],
};

/** A ledger made by hand, its calls one after another. */
function ledgerOf(...made: readonly Made[]): readonly TimedEntry[] {
  return made.map(([kind, stepId], index) => {
    const [service = '', operation = ''] = OPERATIONS[stepId] ?? [];
    const direction = kind === 'do' ? 'do' : 'undo';
    return {
      seq: index + 1,
      at: 0,
      workflowId: 'wf',
      stepId,
      kind,
      service,
      operation,
      key: `wf:${stepId}:${direction}`,
      askedTick: 10 * index,
      answeredTick: 10 * index + 5,
    };
  });
}

function offencesIn(
  entries: readonly TimedEntry[],
  status: Outcome['status'],
  more: Partial<Outcome> = {},
): readonly string[] {
  const outcome = { workflowId: 'wf', status, ...more };
  return checkWorkflow(entries, outcome, FACTS_OF_CATALOGUE).map(
    ({ offence, stepId }) => `${offence} ${stepId}`,
  );
}

const cases: readonly [string, readonly Made[], Outcome['status'], readonly string[]][] = [
  [
    'all undone, last first',
    [
      ['do', 'wave'],
      ['do', 'tasks'],
      ['undo', 'tasks'],
      ['undo', 'wave'],
    ],
    'COMPENSATED',
    [],
  ],
  ['no undo where none exists', [['do', 'inspect']], 'COMPENSATED', []],
  [
    'nothing undone in a completed workflow',
    [
      ['do', 'wave'],
      ['do', 'tasks'],
    ],
    'COMPLETED',
    [],
  ],
  ['an undo that found nothing', [['noop', 'wave']], 'COMPENSATED', []],
  [
    'anything in a failed one',
    [
      ['do', 'wave'],
      ['do', 'tasks'],
      ['undo', 'wave'],
    ],
    'FAILED',
    [],
  ],
  [
    'what lies before a pivot',
    [
      ['do', 'wave'],
      ['do', 'dispatch'],
      ['do', 'tasks'],
      ['undo', 'tasks'],
    ],
    'COMPENSATED',
    [],
  ],
];

for (const [what, made, status, expected] of cases) {
  test(`in order: ${what}`, (t) => {
    t.deepEqual(offencesIn(ledgerOf(...made), status), expected);
  });
}

const offences: readonly [string, readonly Made[], Outcome['status'], readonly string[]][] = [
  [
    'an effect left behind',
    [
      ['do', 'wave'],
      ['do', 'tasks'],
      ['undo', 'tasks'],
    ],
    'COMPENSATED',
    ['left-undone wave'],
  ],
  [
    'an effect that only a noop followed',
    [
      ['do', 'wave'],
      ['noop', 'wave'],
    ],
    'COMPENSATED',
    ['left-undone wave'],
  ],
  [
    'the first undone first',
    [
      ['do', 'wave'],
      ['do', 'tasks'],
      ['undo', 'wave'],
      ['undo', 'tasks'],
    ],
    'COMPENSATED',
    ['undone-out-of-order tasks'],
  ],
  ['an undo without its do', [['undo', 'wave']], 'COMPENSATED', ['undone-without-do wave']],
  [
    'an undo before its do',
    [
      ['undo', 'wave'],
      ['do', 'wave'],
    ],
    'COMPENSATED',
    ['undone-without-do wave'],
  ],
  [
    'a key applied twice',
    [
      ['do', 'wave'],
      ['do', 'wave'],
    ],
    'EXECUTING',
    ['applied-twice wave'],
  ],
  [
    'an undo applied twice',
    [
      ['do', 'wave'],
      ['undo', 'wave'],
      ['undo', 'wave'],
    ],
    'COMPENSATED',
    ['applied-twice wave'],
  ],
  [
    'an undo in a completed workflow',
    [
      ['do', 'wave'],
      ['undo', 'wave'],
      ['noop', 'tasks'],
    ],
    'COMPLETED',
    ['undone-although-completed wave', 'undone-although-completed tasks'],
  ],
  [
    'an undo past a pivot',
    [
      ['do', 'wave'],
      ['do', 'dispatch'],
      ['undo', 'wave'],
    ],
    'COMPENSATED',
    ['undone-past-pivot wave'],
  ],
];

for (const [what, made, status, expected] of offences) {
  test(`an offence: ${what}`, (t) => {
    t.deepEqual(offencesIn(ledgerOf(...made), status), expected);
  });
}

test('every kind of offence is made by hand above', (t) => {
  const found = offences.flatMap(([, , , names]) => names.map((name) => name.split(' ')[0]));
  t.deepEqual(
    OFFENCES.filter((offence) => !found.includes(offence)),
    [],
  );
});

test('which steps need an undo can be said from outside', (t) => {
  const entries = ledgerOf(['do', 'wave'], ['do', 'inspect']);
  t.deepEqual(offencesIn(entries, 'COMPENSATED', { compensable: ['inspect'] }), [
    'left-undone inspect',
  ]);
});

test('the order of completion can be said from outside, and then stands above that of the calls', (t) => {
  const entries = ledgerOf(['do', 'wave'], ['do', 'tasks'], ['undo', 'wave'], ['undo', 'tasks']);
  const order = (...completionOrder: string[]) =>
    offencesIn(entries, 'COMPENSATED', { completionOrder });
  t.deepEqual(order('tasks', 'wave'), []);
  t.deepEqual(order('wave', 'tasks'), ['undone-out-of-order tasks']);
  t.deepEqual(order('wave'), [], 'of a step that is not listed, no order is known');
});

test('of effects whose answers were not in before the next call, no order is known', (t) => {
  const late = (answeredTick: number | null) =>
    ledgerOf(['do', 'wave'], ['do', 'tasks'], ['undo', 'wave'], ['undo', 'tasks']).map((entry) =>
      entry.stepId === 'wave' && entry.kind === 'do' ? { ...entry, answeredTick } : entry,
    );
  t.deepEqual(offencesIn(late(11), 'COMPENSATED'), []);
  t.deepEqual(offencesIn(late(null), 'COMPENSATED'), []);
  t.deepEqual(offencesIn(late(9), 'COMPENSATED'), ['undone-out-of-order tasks']);
});

test('two entries of one key are an offence, and it says which was first', (t) => {
  const [first, second] = ledgerOf(['do', 'wave'], ['do', 'wave']);
  t.like(twiceApplied([first, second].filter((entry) => entry !== undefined)), {
    length: 1,
    0: { offence: 'applied-twice', detail: 'entry 2: wf:wave:do, first at 1' },
  });
});
