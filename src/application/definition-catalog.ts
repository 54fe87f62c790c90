import { parseDefinition } from '#application/definitions/parse-definition.ts';
import type { DefinitionStore } from '#application/ports/workflow-store.ts';
import { definitionRef, type WorkflowDefinition } from '#domain/definition/definition.ts';
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

export function createDefinitionCatalog(store: DefinitionStore): DefinitionCatalog {
  const parsed = new Map<string, WorkflowDefinition>();

  async function find(definitionId: string, version: number) {
    const reference = definitionRef({ definitionId, version });
    const known = parsed.get(reference);
    if (known !== undefined) return known;
    const stored = await store.findDefinition(definitionId, version);
    if (stored === null) return null;
    // no catalogue: what was accepted once stays runnable when a service leaves the registry
    const result = parseDefinition(stored.source, null);
    if (result.kind === 'invalid') {
      const why = result.problems
        .map((problem) => `${problem.field} ${problem.message}`)
        .join('; ');
      throw new DefinitionMissingError(reference, `can't be read: ${why}`);
    }
    parsed.set(reference, result.definition);
    return result.definition;
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
