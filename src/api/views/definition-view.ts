import type { DefinitionList } from '#api/schemas/definitions.ts';
import type { Reply } from '#api/http/endpoint.ts';
import { iso } from '#api/views/iso.ts';
import { API_BASE } from '#api/settings.ts';
import type { StoredDefinition } from '#application/ports/workflow-store.ts';
import type { Json } from '#domain/json.ts';

/** Where one version of a definition is found. */
export function definitionPath({ definitionId, version }: StoredDefinition): string {
  return `${API_BASE}/definitions/${encodeURIComponent(definitionId)}/versions/${version}`;
}

/** A definition as it was authored, so that it can be edited and sent back; what the engine knows of it is in the headers. */
export function definitionReply(status: number, definition: StoredDefinition): Reply {
  return {
    status,
    headers: {
      'Content-Location': definitionPath(definition),
      'Last-Modified': new Date(definition.createdAt).toUTCString(),
    },
    body: definition.source,
  };
}

/** All versions, without their steps. */
export function definitionListView(definitions: readonly StoredDefinition[]): DefinitionList {
  return {
    items: definitions.map(({ definitionId, version, source, createdAt, retired }) => ({
      definitionId,
      version,
      name: textOrNull(source['name']),
      workflowType: textOrNull(source['workflowType']),
      createdAt: iso(createdAt),
      retired,
    })),
  };
}

function textOrNull(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
