import type { Triggers } from '#application/inbound/trigger.ts';
import type { ServiceDirectory } from '#application/ports/service-directory.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { eventStepsOf } from '#domain/definition/event-steps.ts';

/** An event that a step waits for in vain: no trigger brings it. */
export type UndeliveredEvent = {
  readonly stepId: string;
  readonly service: string;
  readonly event: string;
};

/** The events of a definition's steps, failing ones included, for which there is no trigger of the step's service. */
export function undeliveredEvents(
  definition: WorkflowDefinition,
  triggers: Triggers,
  services: ServiceDirectory,
): readonly UndeliveredEvent[] {
  const delivered = new Set(
    triggers.list.flatMap((trigger) =>
      trigger.action === 'step' ? [nameOf(trigger.service, trigger.event)] : [],
    ),
  );
  return eventStepsOf(definition).flatMap(({ stepId, serviceName, completion }) => {
    const service = services.find(serviceName)?.name ?? serviceName;
    return [completion.event, ...completion.failOn]
      .filter((event) => !delivered.has(nameOf(service, event)))
      .map((event) => ({ stepId, service, event }));
  });
}

function nameOf(service: string, event: string): string {
  return JSON.stringify([service, event]);
}
