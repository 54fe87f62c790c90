import { endpoint, type Endpoint, type Reply } from '#api/http/endpoint.ts';
import { notFound } from '#api/http/problems.ts';
import { saveDefinitionEndpoints } from '#api/routes/save-definition.ts';
import {
  definitionListSchema,
  definitionParams,
  definitionQuery,
  definitionSchema,
  versionParams,
} from '#api/schemas/definitions.ts';
import { definitionListView, definitionReply } from '#api/views/definition-view.ts';
import type { Orchestration } from '#application/orchestration.ts';

/** Reading and retiring definitions. A version is immutable: retiring is the only change (SPEC 8). */
export function definitionEndpoints(orchestration: Orchestration): readonly Endpoint[] {
  const find = async (definitionId: string, version: number | null): Promise<Reply> => {
    const definition = await orchestration.findDefinition(definitionId, version);
    if (definition === null) throw notFound(nameOf(definitionId, version));
    return definitionReply(200, definition);
  };

  const list = endpoint({
    method: 'get',
    path: '/definitions',
    operationId: 'listDefinitions',
    tag: 'definitions',
    summary: 'All versions of all definitions, without their steps',
    input: {},
    replies: { 200: { description: 'The list', schema: definitionListSchema } },
    handler: async () => ({
      status: 200,
      body: definitionListView(await orchestration.listDefinitions()),
    }),
  });

  const one = endpoint({
    method: 'get',
    path: '/definitions/{id}',
    operationId: 'getDefinition',
    tag: 'definitions',
    summary: 'The newest version that is not retired, or the one asked for',
    input: { params: definitionParams, query: definitionQuery },
    replies: { 200: { description: 'The definition as authored', schema: definitionSchema } },
    handler: ({ params: { id }, query: { version } }) => find(id, version ?? null),
  });

  const version = endpoint({
    method: 'get',
    path: '/definitions/{id}/versions/{version}',
    operationId: 'getDefinitionVersion',
    tag: 'definitions',
    summary: 'One version',
    input: { params: versionParams },
    replies: { 200: { description: 'The definition as authored', schema: definitionSchema } },
    handler: ({ params }) => find(params.id, params.version),
  });

  const retire = endpoint({
    method: 'delete',
    path: '/definitions/{id}/versions/{version}',
    operationId: 'retireDefinition',
    tag: 'definitions',
    summary: 'Retire a version: no new workflow starts on it, running ones keep it',
    input: { params: versionParams },
    replies: { 204: { description: 'Retired, also if it was before' } },
    handler: async ({ params }) => {
      const retired = await orchestration.retireDefinition(params.id, params.version);
      if (!retired) throw notFound(nameOf(params.id, params.version));
      return { status: 204 };
    },
  });

  return [list, ...saveDefinitionEndpoints(orchestration), one, version, retire];
}

function nameOf(definitionId: string, version: number | null): string {
  return `definition ${definitionId}${version === null ? '' : ` of version ${version}`}`;
}
