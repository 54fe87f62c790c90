import type { DefinitionCatalog } from '#application/definition-catalog.ts';
import { parseDefinition } from '#application/definitions/parse-definition.ts';
import type { SaveDefinitionResult } from '#application/orchestration.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { ServiceCaller } from '#application/ports/service-caller.ts';
import type { DefinitionStore } from '#application/ports/workflow-store.ts';

/** Saves one version of a definition, if nothing is wrong with it; a version that is there never changes. */
export function saveDefinition(parts: {
  readonly store: DefinitionStore;
  readonly definitions: DefinitionCatalog;
  readonly services: ServiceCaller;
  readonly clock: Clock;
}) {
  const { store, definitions, services, clock } = parts;

  return async (source: unknown): Promise<SaveDefinitionResult> => {
    const result = parseDefinition(source, services.catalogue());
    if (result.kind === 'invalid') return result;
    const { definitionId, version } = result.definition;
    const definition = { definitionId, version, source: result.source, createdAt: clock.now() };
    const saved = await store.saveDefinition(definition);
    if (saved === 'conflict') return { kind: 'conflict', definitionId, version };
    // read now, so that the first workflow on it need not wait for that
    await definitions.find(definitionId, version);
    // it may have been saved long ago, and be retired
    const stored = saved === 'unchanged' ? await store.findDefinition(definitionId, version) : null;
    return { kind: saved, definition: stored ?? { ...definition, retired: false } };
  };
}
