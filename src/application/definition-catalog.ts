import { parseDefinition } from '#application/definitions/parse-definition.ts';
import type { ServiceDirectory } from '#application/ports/service-directory.ts';
import type { DefinitionStore } from '#application/ports/workflow-store.ts';
import {
  definitionRef,
  type StepDefinition,
  type WorkflowDefinition,
} from '#domain/definition/definition.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';

/** Definitions by id and version, parsed once: a version never changes. */
export type DefinitionCatalog = {
  /** The definition of a workflow, from the first event of its log. @throws DefinitionMissingError */
  ofLog(first: RecordedEvent): Promise<WorkflowDefinition>;
  /** A stored version; null: there is none. */
  find(definitionId: string, version: number): Promise<WorkflowDefinition | null>;
};

/** A workflow is pinned to a definition that the store has not, or that is no longer readable: someone changed the store by hand. */
export class DefinitionMissingError extends Error {
  readonly code = 'DEFINITION_MISSING';
  readonly retryable = false;
  constructor(reference: string, why: string) {
    super(`definition ${reference} ${why}`);
    this.name = 'DefinitionMissingError';
  }
}

/** What was accepted once stays readable when a service leaves the registry. */
export const ANY_SERVICE = { get: () => ({ operations: null }) };

export function createDefinitionCatalog(
  store: DefinitionStore,
  services: ServiceDirectory,
): DefinitionCatalog {
  const parsed = new Map<string, WorkflowDefinition>();

  async function find(definitionId: string, version: number) {
    const reference = definitionRef({ definitionId, version });
    const known = parsed.get(reference);
    if (known !== undefined) return known;
    const stored = await store.findDefinition(definitionId, version);
    if (stored === null) return null;
    const result = parseDefinition(stored.source, ANY_SERVICE);
    if (result.kind === 'invalid') {
      const why = result.problems
        .map((problem) => `${problem.field} ${problem.message}`)
        .join('; ');
      throw new DefinitionMissingError(reference, `can't be read: ${why}`);
    }
    const { steps } = result.definition;
    const definition = { ...result.definition, steps: steps.map((step) => settle(step)) };
    parsed.set(reference, definition);
    return definition;
  }

  /** A step under its service's own name and with its time-out: what the registry says today. */
  function settle(step: StepDefinition): StepDefinition {
    if (step.kind !== 'call') return step;
    const service = services.find(step.serviceName);
    if (service === undefined) return step;
    return {
      ...step,
      serviceName: service.name,
      timeoutMs: step.timeoutMs ?? service.timeoutMs,
    };
  }

  return {
    find,
    async ofLog(first) {
      if (first.event.type !== 'WorkflowCreated') {
        throw new Error(`log of ${first.workflowId} begins with ${first.event.type}`);
      }
      const { definitionId, definitionVersion } = first.event;
      const definition = await find(definitionId, definitionVersion);
      if (definition !== null) return definition;
      const reference = definitionRef({ definitionId, version: definitionVersion });
      throw new DefinitionMissingError(reference, 'is not in the store');
    },
  };
}
