import test from 'ava';
import fc from 'fast-check';
import type { StepDefinition, WorkflowDefinition } from '#domain/definition/definition.ts';
import { dependenciesOf, dependentsOf, type GraphStep } from '#domain/definition/graph.ts';
import { segmentsOf } from '#domain/definition/segments.ts';
import { randomDag } from '#test/domain/definition/random-dag.ts';

test('a row is one segment, a fork and a join cut', (t) => {
  const definition = definitionOf([
    { stepId: 'validate', dependencies: [] },
    { stepId: 'labor', dependencies: ['validate'] },
    { stepId: 'reserve', dependencies: ['validate'] },
    { stepId: 'wave', dependencies: ['labor', 'reserve'] },
    { stepId: 'tasks', dependencies: ['wave'] },
    { stepId: 'session', dependencies: ['tasks'] },
  ]);
  t.deepEqual(segmentsOf(definition), [
    ['validate'],
    ['labor'],
    ['reserve'],
    ['wave', 'tasks', 'session'],
  ]);
});

test('a wait step stands alone', (t) => {
  const definition = definitionOf(
    [
      { stepId: 'a', dependencies: [] },
      { stepId: 'b', dependencies: ['a'] },
      { stepId: 'pause', dependencies: ['b'] },
      { stepId: 'c', dependencies: ['pause'] },
      { stepId: 'd', dependencies: ['c'] },
    ],
    new Set(['pause']),
  );
  t.deepEqual(segmentsOf(definition), [['a', 'b'], ['pause'], ['c', 'd']]);
});

test('the same definition object is cut once', (t) => {
  const definition = definitionOf([{ stepId: 'a', dependencies: [] }]);
  t.is(segmentsOf(definition), segmentsOf(definition));
});

const graph = randomDag(25).chain((steps) =>
  fc
    .subarray(steps.map((step) => step.stepId))
    .map((waits) => ({ steps, waits: new Set(waits.filter((_, index) => index % 3 === 0)) })),
);

test('segments are a partition of the steps', (t) => {
  fc.assert(
    fc.property(graph, ({ steps, waits }) => {
      const all = segmentsOf(definitionOf(steps, waits)).flat();
      t.deepEqual(all.toSorted(), steps.map((step) => step.stepId).toSorted());
    }),
  );
});

test('inside a segment the only dependency of each step is the one before, which nobody else needs', (t) => {
  fc.assert(
    fc.property(graph, ({ steps, waits }) => {
      const dependencies = dependenciesOf(steps);
      const dependents = dependentsOf(dependencies);
      for (const segment of segmentsOf(definitionOf(steps, waits))) {
        for (const [index, stepId] of segment.entries()) {
          if (segment.length > 1) t.false(waits.has(stepId));
          if (index === 0) continue;
          const previous = segment[index - 1] ?? '';
          t.deepEqual(dependencies.get(stepId), [previous]);
          t.deepEqual(dependents.get(previous), [stepId]);
        }
      }
    }),
  );
});

test('no two segments could be one', (t) => {
  fc.assert(
    fc.property(graph, ({ steps, waits }) => {
      const dependencies = dependenciesOf(steps);
      const dependents = dependentsOf(dependencies);
      for (const [head = ''] of segmentsOf(definitionOf(steps, waits))) {
        const [previous, ...others] = dependencies.get(head) ?? [];
        if (previous === undefined || others.length > 0) continue;
        const shared = (dependents.get(previous)?.length ?? 0) > 1;
        t.true(shared || waits.has(previous) || waits.has(head));
      }
    }),
  );
});

test('a segment stands behind those that it depends on', (t) => {
  fc.assert(
    fc.property(graph, ({ steps, waits }) => {
      const dependencies = dependenciesOf(steps);
      const seen = new Set<string>();
      for (const segment of segmentsOf(definitionOf(steps, waits))) {
        t.true((dependencies.get(segment[0] ?? '') ?? []).every((id) => seen.has(id)));
        for (const stepId of segment) seen.add(stepId);
      }
    }),
  );
});

function definitionOf(
  steps: readonly GraphStep[],
  waits: ReadonlySet<string> = new Set(),
): WorkflowDefinition {
  return {
    definitionId: 'd',
    version: 1,
    workflowType: 'PICKING',
    name: 'D',
    timeoutMs: 1000,
    onFailure: 'compensate',
    inputSchema: null,
    lane: null,
    cutOffAt: null,
    steps: steps.map((step) => stepOf(step, waits.has(step.stepId))),
    output: {},
  };
}

function stepOf({ stepId, dependencies }: GraphStep, waits: boolean): StepDefinition {
  const base = { stepId, stepName: stepId, dependencies, condition: null, optional: false };
  if (waits) return { ...base, kind: 'wait', wait: { durationMs: 1 } };
  return {
    ...base,
    kind: 'call',
    serviceName: 's',
    operation: 'o',
    http: null,
    input: {},
    timeoutMs: null,
    retry: { retries: 0, initialDelayMs: 1, maxDelayMs: 1, multiplier: 1 },
    failWhen: null,
    pivot: false,
    completion: { mode: 'call' },
    compensation: { strategy: 'NONE' },
  };
}
