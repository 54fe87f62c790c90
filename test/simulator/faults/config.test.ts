import test from 'ava';
import { faultsSchema } from '#simulator/faults/config.ts';
import { parseWith } from '#simulator/problems.ts';

function problemsOf(faults: unknown): readonly string[] {
  const parsed = parseWith(faultsSchema, faults);
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
}

const reset = { kind: 'reset' };

test('nothing at all is a configuration: no faults and no latency', (t) => {
  const parsed = parseWith(faultsSchema, {});
  t.deepEqual(parsed, { ok: true, value: { latency: [], rules: [], scripts: [] } });
});

for (const [what, faults, path] of [
  ['a misspelt field', { rule: [] }, ''],
  ['an unknown fault', { rules: [{ rate: 1, fault: { kind: 'fire' } }] }, 'rules.0.fault.kind'],
  ['a rate above 1', { rules: [{ rate: 1.1, fault: reset }] }, 'rules.0.rate'],
  ['an unknown service', { rules: [{ service: 'x', rate: 1, fault: reset }] }, 'rules.0.service'],
  ['an unknown operation', { latency: [{ operation: 'x', medianMs: 1 }] }, 'latency.0.operation'],
  [
    'an operation of another service',
    { rules: [{ service: 'audit-service', operation: 'createWave', rate: 1, fault: reset }] },
    'rules.0.operation',
  ],
  [
    'a business failure of an operation that has none',
    { rules: [{ operation: 'createWave', rate: 1, fault: { kind: 'business' } }] },
    'rules.0.fault',
  ],
  [
    'a status that is no failure',
    { rules: [{ rate: 1, fault: { kind: 'status', status: 200 } }] },
    'rules.0.fault.status',
  ],
  [
    'a script for a workflow and a correlation id at once',
    { scripts: [{ workflowId: 'a', correlationId: 'b', stepId: 's', fault: reset }] },
    'scripts.0',
  ],
  [
    'an attempt 0',
    { scripts: [{ stepId: 's', attempts: [0], fault: reset }] },
    'scripts.0.attempts.0',
  ],
] as const) {
  test(`${what} is refused, and where it is is said`, (t) => {
    t.deepEqual(problemsOf(faults), [path]);
  });
}

test('a business failure with a reply of its own suits any operation', (t) => {
  const fault = { kind: 'business', reply: { failed: true } };
  t.deepEqual(problemsOf({ rules: [{ operation: 'createWave', rate: 1, fault }] }), []);
});
