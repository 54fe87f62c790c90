import type { StepDefinition, WorkflowDefinition } from '#domain/definition/definition.ts';
import { isCompletedByEvent } from '#domain/definition/event-steps.ts';
import { dependenciesOf, dependencyOrder, dependentsOf } from '#domain/definition/graph.ts';

export type Segments = readonly (readonly string[])[];

const cache = new WeakMap<WorkflowDefinition, Segments>();

/**
 * The definition's DAG cut into segments: the longest linear runs between forks, joins, wait steps and steps that an event
 * completes (DESIGN 2). One ready segment is one chain of jobs. Every step is in exactly one segment, and inside a segment each
 * step's only dependency is the one before it. A step begins a segment if it has not exactly one dependency, or that one has other
 * dependents or waits for an event, or either of the two is a wait step.
 * @param definition acyclic, as every saved one is; the answer is kept as long as this object lives
 * @returns segments by dependency: none comes before a segment that it depends on
 */
export function segmentsOf(definition: WorkflowDefinition): Segments {
  const known = cache.get(definition);
  if (known) return known;
  const segments = cut(definition.steps);
  cache.set(definition, segments);
  return segments;
}

function cut(steps: readonly StepDefinition[]): Segments {
  const dependencies = dependenciesOf(steps);
  const dependents = dependentsOf(dependencies);
  const waits = new Set(steps.filter((step) => step.kind === 'wait').map((step) => step.stepId));
  const eventful = new Set(steps.filter(isCompletedByEvent).map((step) => step.stepId));
  const segments: string[][] = [];
  const segmentOf = new Map<string, string[]>();

  for (const stepId of dependencyOrder(dependencies).order) {
    const needed = dependencies.get(stepId) ?? [];
    const previous = needed.length === 1 ? needed[0] : undefined;
    const continues =
      previous !== undefined &&
      dependents.get(previous)?.length === 1 &&
      !waits.has(previous) &&
      !eventful.has(previous) &&
      !waits.has(stepId);
    const segment = (continues ? segmentOf.get(previous) : undefined) ?? [];
    if (segment.length === 0) segments.push(segment);
    segment.push(stepId);
    segmentOf.set(stepId, segment);
  }
  return segments;
}
