import fc from 'fast-check';
import type {
  CallStep,
  StepDefinition,
  WorkflowDefinition,
} from '#domain/definition/definition.ts';
import { legible, weighted } from '#test/support/domain-arbitraries.ts';
import { byEvent, call, definitionOf, NO_RETRY, wait } from '#test/support/domain-definitions.ts';

/**
 * Definitions of the model: up to seven steps of two services, in any order. Small ones, for what is tried out here is not the
 * graph (test/properties does that) but what happens around it.
 */
export function anyDefinition(definitionId: string): fc.Arbitrary<WorkflowDefinition> {
  return fc
    .record({
      shapes: fc.array(anyShape, { minLength: 1, maxLength: 7, size: 'max' }),
      onFailure: fc.constantFrom('compensate', 'compensate', 'compensate', 'pause', 'fail'),
      timeoutMs: fc.constantFrom(20_000, 300_000, 3_600_000),
    })
    .map(({ shapes, ...extra }) => {
      const steps = shapes.map((shape, index) => stepOf(shape, index, definitionId));
      return legible(definitionOf(steps, { definitionId, ...extra }));
    });
}

/** A step before its place among the others is known. */
type Shape = {
  readonly kind: 'undoable' | 'undo-needs-answer' | 'read' | 'pivot' | 'wait';
  /** Dependencies, each as a distance backwards; those that lead nowhere are left out. */
  readonly back: readonly number[];
  readonly optional: boolean;
  readonly mayRefuse: boolean;
  /** An event completes it: under a key of its own, or one that it shares with other workflows. */
  readonly completion: 'call' | 'own-event' | 'shared-event';
  readonly retry: CallStep['retry'];
  readonly atOther: boolean;
};

const TWO_RETRIES = { retries: 2, initialDelayMs: 400, maxDelayMs: 20_000, multiplier: 10 };

const anyShape: fc.Arbitrary<Shape> = fc.record({
  kind: weighted<Shape['kind']>({
    undoable: 6,
    'undo-needs-answer': 4,
    read: 1,
    pivot: 1,
    wait: 1,
  }),
  back: fc.oneof(
    { weight: 3, arbitrary: fc.constant([1]) },
    { weight: 2, arbitrary: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }) },
  ),
  optional: weighted({ no: 7, yes: 1 }).map((answer) => answer === 'yes'),
  mayRefuse: fc.boolean(),
  completion: weighted<Shape['completion']>({ call: 6, 'own-event': 3, 'shared-event': 1 }),
  retry: fc.constantFrom(NO_RETRY, TWO_RETRIES),
  atOther: fc.boolean(),
});

/** The two services of the model. */
export const SERVICES = ['inventory-service', 'shipping-integration-service'] as const;

function stepOf(shape: Shape, index: number, definitionId: string): StepDefinition {
  const stepId = `s${index}`;
  const dependencies = shape.back.flatMap((back) => (back <= index ? [`s${index - back}`] : []));
  const { optional, retry } = shape;
  if (shape.kind === 'wait') return wait(stepId, dependencies, { durationMs: 3000 }, { optional });
  return call(stepId, dependencies, {
    optional,
    retry,
    timeoutMs: 3000,
    operation: `do-${stepId}-of-${definitionId}`,
    serviceName: SERVICES[shape.atOther ? 1 : 0],
    input: { order: { $from: '/input/order' } },
    failWhen: shape.mayRefuse ? { equals: [{ $from: '/reply/ok' }, false] } : null,
    pivot: shape.kind === 'pivot',
    completion: completionOf(shape, index),
    compensation: compensationOf(shape, stepId),
  });
}

/** Every event of the model: the first two complete steps, the third fails them, the last is for nobody. */
export const EVENT_NAMES = ['Done', 'Ready', 'Broken', 'Other'] as const;

function completionOf({ completion }: Shape, index: number): CallStep['completion'] {
  if (completion === 'call') return { mode: 'call' };
  return byEvent({
    event: index % 2 === 0 ? 'Done' : 'Ready',
    correlationKey: { $from: completion === 'own-event' ? '/reply/id' : '/reply/shared' },
    timeoutMs: index % 3 === 0 ? 5000 : 60_000,
  });
}

function compensationOf({ kind }: Shape, stepId: string): CallStep['compensation'] {
  if (kind === 'read' || kind === 'pivot') return { strategy: 'NONE' };
  const id = { $from: `/steps/${stepId}/output/id` };
  return {
    strategy: 'REVERSE_OPERATION',
    operation: `undo-${stepId}`,
    http: null,
    input: kind === 'undo-needs-answer' ? { id } : {},
  };
}
