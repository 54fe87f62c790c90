import test from 'ava';
import { faultsSchema } from '#simulator/faults/config.ts';
import type { FaultsInput } from '#simulator/faults/config.ts';
import { createFaultPlan } from '#simulator/faults/plan.ts';
import type { CallToJudge, Verdict } from '#simulator/faults/plan.ts';
import { findOperation } from '#simulator/services.ts';

const MIXED: FaultsInput = {
  latency: [
    { service: 'inventory-service', medianMs: 40, sigma: 0.5, maxMs: 100 },
    { medianMs: 10, sigma: 0 },
  ],
  rules: [
    { service: 'inventory-service', rate: 0.1, fault: { kind: 'reset' } },
    { on: 'undo', rate: 0.3, fault: { kind: 'status', status: 503 } },
    { rate: 0.2, fault: { kind: 'business' } },
  ],
};

function planOf(seed: number, faults: FaultsInput) {
  return createFaultPlan(seed, faultsSchema.parse(faults));
}

function callOf(
  service: string,
  operationName: string,
  key: string,
  more: Partial<CallToJudge> = {},
): CallToJudge {
  const operation = findOperation(service, operationName);
  if (!operation) throw new Error(`no operation ${operationName}`);
  const call = { service, operation, key, workflowId: 'wf', stepId: 's', kind: 'do', attempt: 1 };
  return { ...call, correlationId: null, kind: 'do', ...more };
}

function verdicts(seed: number, order: readonly number[]): ReadonlyMap<number, Verdict> {
  const plan = planOf(seed, MIXED);
  return new Map(
    order.map((n) => [
      n,
      plan.judge(callOf('inventory-service', 'bulkAllocateStock', `wf-${n}:s:do`)),
    ]),
  );
}

test('a verdict depends on seed, operation, key and attempt alone, not on what was asked before', (t) => {
  const numbers = Array.from({ length: 300 }, (_unused, n) => n);
  const forwards = verdicts(1, numbers);
  const backwards = verdicts(1, numbers.toReversed());
  for (const n of numbers) t.deepEqual(backwards.get(n), forwards.get(n));
  t.notDeepEqual([...verdicts(2, numbers).values()], [...forwards.values()]);
});

test('each attempt of a key has a fate of its own', (t) => {
  const plan = planOf(1, { rules: [{ rate: 0.5, fault: { kind: 'reset' } }] });
  const fates = Array.from({ length: 40 }, (_unused, n) => {
    const call = callOf('wms-core-service', 'createWave', 'wf:s:do', { attempt: n + 1 });
    return plan.judge(call).fault === null;
  });
  t.is(new Set(fates).size, 2);
});

test('faults strike at about the rates that are set, the first rule first', (t) => {
  const plan = planOf(3, MIXED);
  const struck = new Map<string, number>();
  const calls = 20_000;
  for (let n = 0; n < calls; n += 1) {
    const { fault } = plan.judge(callOf('inventory-service', 'bulkAllocateStock', `wf-${n}:s:do`));
    const kind = fault?.kind ?? 'none';
    struck.set(kind, (struck.get(kind) ?? 0) + 1);
  }
  const share = (kind: string) => (struck.get(kind) ?? 0) / calls;
  t.true(Math.abs(share('reset') - 0.1) < 0.01, `reset ${share('reset')}`);
  t.true(Math.abs(share('business') - 0.9 * 0.2) < 0.015, `business ${share('business')}`);
  t.is(struck.get('status'), undefined, 'a rule for undo leaves do alone');
});

test('a rate of 1 always strikes, a rate of 0 never', (t) => {
  const fault = { kind: 'reset' } as const;
  const always = planOf(1, { rules: [{ rate: 1, fault }] });
  const never = planOf(1, { rules: [{ rate: 0, fault }] });
  for (let n = 0; n < 500; n += 1) {
    const call = callOf('wms-core-service', 'createWave', `wf-${n}:s:do`);
    t.truthy(always.judge(call).fault);
    t.is(never.judge(call).fault, null);
  }
});

test('a business rule for all passes over operations that can not say no', (t) => {
  const plan = planOf(1, { rules: [{ rate: 1, fault: { kind: 'business' } }] });
  t.is(plan.judge(callOf('wms-core-service', 'createWave', 'wf:s:do')).fault, null);
  t.truthy(plan.judge(callOf('carrier-integration', 'tenderLoad', 'wf:s:do')).fault);
});

test('latency is log-normal: its median as set, a tail above, never beyond the maximum', (t) => {
  const plan = planOf(5, MIXED);
  const drawn = Array.from({ length: 4000 }, (_unused, n) => {
    return plan.judge(callOf('inventory-service', 'bulkAllocateStock', `wf-${n}:s:do`)).latencyMs;
  }).toSorted((a, b) => a - b);
  const median = drawn[2000] ?? 0;
  t.true(Math.abs(median - 40) < 2, `median ${median}`);
  const ninetieth = drawn[3600] ?? 0;
  t.true(ninetieth > 70 && ninetieth < 82, `90 % below ${ninetieth}, expected about 76`);
  t.is(drawn.at(-1), 100);
  t.is(plan.judge(callOf('wms-core-service', 'createWave', 'wf:s:do')).latencyMs, 10);
});

test('the closest script wins over wider ones and over rules, at the attempts that it names', (t) => {
  const status = (code: number) => ({ kind: 'status', status: code }) as const;
  const plan = planOf(1, {
    rules: [{ rate: 1, fault: { kind: 'reset' } }],
    scripts: [
      { stepId: 's', attempts: [1, 3], fault: status(501) },
      { stepId: 's', correlationId: 'c', attempts: [1], fault: status(502) },
      { stepId: 's', workflowId: 'wf', attempts: [2], fault: status(503) },
    ],
  });
  const fate = (attempt: number, correlationId: string | null = null) => {
    const more = { attempt, correlationId };
    const { fault } = plan.judge(callOf('wms-core-service', 'createWave', 'wf:s:do', more));
    return fault?.kind === 'status' ? fault.status : fault?.kind;
  };
  t.is(fate(1), 501);
  t.is(fate(1, 'c'), 502);
  t.is(fate(2, 'c'), 503);
  t.is(fate(3, 'c'), 501);
  t.is(fate(4, 'c'), 'reset');
});
