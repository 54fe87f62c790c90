import fc from 'fast-check';
import type {
  CallStep,
  Completion,
  Condition,
  StepDefinition,
  WorkflowDefinition,
} from '#domain/definition/definition.ts';
import { RETRY_POLICIES } from '#domain/policy/retry.ts';
import { byEvent, call, definitionOf, NO_RETRY, wait } from '#test/support/domain-definitions.ts';

/**
 * Arbitrary definitions: a DAG of up to 30 steps, in an order that need not be the one of its dependencies, with every kind of
 * step, undo and failure rule. Inputs of the workflows that run on them are those of `INPUT`.
 */
export const INPUT = { yes: true, no: false, soon: 30_000, notATime: 'tomorrow' };

export const anyDefinition: fc.Arbitrary<WorkflowDefinition> = fc
  .oneof({ weight: 4, arbitrary: fc.constant(9) }, { weight: 1, arbitrary: fc.constant(30) })
  .chain((maxLength) => fc.array(anyShape(), { minLength: 1, maxLength, size: 'max' }))
  .chain((shapes) =>
    fc.record({
      steps: fc.shuffledSubarray(shapes.map(stepOfShape), { minLength: shapes.length }),
      onFailure: fc.constantFrom('compensate', 'compensate', 'pause', 'fail'),
      timeoutMs: fc.constantFrom(20_000, 300_000, 3_600_000, 36_000_000),
    }),
  )
  .map(({ steps, ...extra }) => legible(definitionOf(steps, extra)));

/** Has fast-check print a definition in a line, not in pages. */
export function legible(definition: WorkflowDefinition): WorkflowDefinition {
  const steps = definition.steps.map((step) => {
    const kind = step.kind === 'wait' ? JSON.stringify(step.wait) : nature(step);
    const marks = `${step.optional ? '?' : ''}${step.condition ? JSON.stringify(step.condition) : ''}`;
    return `${step.stepId}(${step.dependencies.join(' ')}) ${kind}${marks}`;
  });
  const text = `${definition.onFailure} within ${definition.timeoutMs} ms: ${steps.join('; ')}`;
  return Object.defineProperty(definition, fc.toStringMethod, { value: () => text });
}

function nature({ pivot, compensation, retry, timeoutMs, completion }: CallStep): string {
  const undo = compensation.strategy === 'NONE' ? 'read' : 'undoable';
  const end = completion.mode === 'event' ? ` by event within ${completion.timeoutMs} ms` : '';
  return `${pivot ? 'pivot' : undo} ${retry.retries} retries ${timeoutMs} ms${end}`;
}

/** A step before its place among the others is known. */
type Shape = {
  readonly kind: 'undoable' | 'read' | 'pivot' | 'wait';
  /** Dependencies, each as a distance backwards; those that lead nowhere are left out. */
  readonly back: readonly number[];
  readonly condition: 'none' | 'true' | 'false' | 'after-output';
  readonly optional: boolean;
  readonly retry: CallStep['retry'];
  readonly timeoutMs: number | null;
  readonly completion: 'call' | 'event' | 'soon-or-never' | 'bad-key';
  readonly wait: 'none' | 'short' | 'long' | 'until' | 'bad';
};

function anyShape(): fc.Arbitrary<Shape> {
  return fc.record({
    kind: weighted<Shape['kind']>({ undoable: 6, read: 2, pivot: 1, wait: 1 }),
    back: fc.oneof(
      { weight: 3, arbitrary: fc.constant([1]) },
      { weight: 2, arbitrary: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }) },
    ),
    condition: weighted<Shape['condition']>({ none: 6, true: 1, false: 1, 'after-output': 1 }),
    optional: weighted({ no: 5, yes: 1 }).map((answer) => answer === 'yes'),
    retry: fc.constantFrom(NO_RETRY, NO_RETRY, ...Object.values(RETRY_POLICIES)),
    timeoutMs: fc.constantFrom(null, 200, 3000),
    completion: weighted<Shape['completion']>({
      call: 6,
      event: 2,
      'soon-or-never': 1,
      'bad-key': 1,
    }),
    wait: weighted<Shape['wait']>({ none: 1, short: 3, long: 2, until: 2, bad: 1 }),
  });
}

function stepOfShape(shape: Shape, index: number): StepDefinition {
  const stepId = `s${index}`;
  const dependencies = shape.back.flatMap((back) => (back <= index ? [`s${index - back}`] : []));
  const base = { condition: conditionOf(shape, dependencies), optional: shape.optional };
  if (shape.kind === 'wait') return wait(stepId, dependencies, WAITS[shape.wait], base);
  const { retry, timeoutMs } = shape;
  const pivot = shape.kind === 'pivot';
  return call(stepId, dependencies, {
    ...base,
    retry,
    timeoutMs,
    pivot,
    completion: COMPLETIONS[shape.completion],
    ...(shape.kind === 'undoable' ? {} : { compensation: { strategy: 'NONE' } }),
  });
}

const COMPLETIONS: Readonly<Record<Shape['completion'], Completion>> = {
  call: { mode: 'call' },
  event: byEvent(),
  'soon-or-never': byEvent({ timeoutMs: 700 }),
  'bad-key': byEvent({ correlationKey: { $from: '/reply/nowhere' } }),
};

const WAITS = {
  none: { durationMs: 0 },
  short: { durationMs: 500 },
  long: { durationMs: 50_000 },
  until: { until: { $from: '/input/soon' } },
  bad: { until: { $from: '/input/notATime' } },
} as const;

function conditionOf(shape: Shape, dependencies: readonly string[]): Condition | null {
  switch (shape.condition) {
    case 'none':
      return null;
    case 'true':
      return { equals: [{ $from: '/input/yes' }, true] };
    case 'false':
      return { equals: [{ $from: '/input/no' }, true] };
    case 'after-output':
      // false where the step before was skipped
      return { exists: { $from: `/steps/${dependencies[0] ?? 'none'}/output` } };
  }
}

/** One of the keys, as often as its number says. */
export function weighted<K extends string>(weights: Readonly<Record<K, number>>): fc.Arbitrary<K> {
  const keys = Object.keys(weights) as K[];
  return fc.oneof(...keys.map((key) => ({ weight: weights[key], arbitrary: fc.constant(key) })));
}
