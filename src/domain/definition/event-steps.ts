import type {
  CallStep,
  EventCompletion,
  StepDefinition,
  WorkflowDefinition,
} from '#domain/definition/definition.ts';

/** A step that is done when an event of its service says so. */
export type EventStep = CallStep & { readonly completion: EventCompletion };

export function isCompletedByEvent(step: StepDefinition): step is EventStep {
  return step.kind === 'call' && step.completion.mode === 'event';
}

const cache = new WeakMap<WorkflowDefinition, readonly EventStep[]>();

/** The steps of a definition that events complete, mostly none; the answer is kept as long as this object lives. */
export function eventStepsOf(definition: WorkflowDefinition): readonly EventStep[] {
  const known = cache.get(definition);
  if (known) return known;
  const found = definition.steps.filter(isCompletedByEvent);
  cache.set(definition, found);
  return found;
}

/** Does an event of this name settle the step? */
export function listensTo({ completion }: EventStep, name: string): boolean {
  return completion.event === name || completion.failOn.includes(name);
}
