import { endpoint, type Endpoint, type Reply } from '#api/http/endpoint.ts';
import { invalid, versionConflict } from '#api/http/problems.ts';
import { definitionParams, definitionSchema } from '#api/schemas/definitions.ts';
import { definitionPath, definitionReply } from '#api/views/definition-view.ts';
import type { Orchestration, SaveDefinitionResult } from '#application/orchestration.ts';
import type { JsonObject } from '#domain/json.ts';

/** Saving versions: a version is written once. */
export function saveDefinitionEndpoints(orchestration: Orchestration): readonly Endpoint[] {
  const replies = {
    200: { description: 'This version was there already, the very same', schema: definitionSchema },
    201: { description: 'Saved', schema: definitionSchema },
    409: { description: 'This version exists with other content' },
  } as const;
  const body = { schema: definitionSchema, required: true } as const;

  return [
    endpoint({
      method: 'post',
      path: '/definitions',
      operationId: 'saveDefinition',
      tag: 'definitions',
      summary: 'Save a version of a definition',
      input: { body },
      replies,
      handler: async ({ body: source }) => savedReply(await orchestration.saveDefinition(source)),
    }),
    endpoint({
      method: 'put',
      path: '/definitions/{id}',
      operationId: 'saveDefinitionVersion',
      tag: 'definitions',
      summary: 'Save a new version of this definition',
      input: { params: definitionParams, body },
      replies,
      handler: async ({ params: { id }, body: source }) =>
        savedReply(await orchestration.saveDefinition(requireId(source, id))),
    }),
  ];
}

/** The reply to a saved definition: 201 when it is new, 200 when the very same was there. */
function savedReply(result: SaveDefinitionResult): Reply {
  switch (result.kind) {
    case 'saved': {
      const reply = definitionReply(201, result.definition);
      return {
        ...reply,
        headers: { ...reply.headers, Location: definitionPath(result.definition) },
      };
    }
    case 'unchanged':
      return definitionReply(200, result.definition);
    case 'invalid':
      throw invalid(result.problems);
    case 'conflict':
      throw versionConflict(result.definitionId, result.version);
  }
}

/** The definition itself, which must be of the id that it is sent to. */
function requireId(source: JsonObject, id: string): JsonObject {
  if (source['definitionId'] === id) return source;
  throw invalid([{ field: 'definitionId', message: `must be ${id}, as in the path` }]);
}
