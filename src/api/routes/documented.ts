import { endpoint, type Endpoint } from '#api/http/endpoint.ts';
import { openApiDocument } from '#api/openapi.ts';
import { definitionEndpoints } from '#api/routes/definitions.ts';
import { eventsEndpoint } from '#api/routes/events.ts';
import { loadCommandEndpoints } from '#api/routes/load-commands.ts';
import { orchestrationEndpoints } from '#api/routes/orchestration.ts';
import { startWorkflowEndpoint } from '#api/routes/start-workflow.ts';
import { stepCommandEndpoints } from '#api/routes/step-commands.ts';
import { workflowCommandEndpoints } from '#api/routes/workflow-commands.ts';
import { workflowEndpoints } from '#api/routes/workflows.ts';
import { jsonObject } from '#api/schemas/common.ts';
import type { ReceiveEvent } from '#application/inbound/receive-event.ts';
import type { Orchestration } from '#application/orchestration.ts';

/**
 * Every operation below /api/v1 but the stream, and the document that describes them all.
 * @param stream is mounted elsewhere, and only described here
 */
export function documentedEndpoints(
  orchestration: Orchestration,
  receiveEvent: ReceiveEvent,
  stream: Endpoint,
  version: string,
): readonly Endpoint[] {
  const operations = [
    startWorkflowEndpoint(orchestration),
    // Literal paths come before /workflows/{id}.
    ...loadCommandEndpoints(orchestration),
    ...workflowEndpoints(orchestration),
    ...workflowCommandEndpoints(orchestration),
    ...stepCommandEndpoints(orchestration),
    ...definitionEndpoints(orchestration),
    ...orchestrationEndpoints(orchestration),
    eventsEndpoint(receiveEvent),
  ];
  const description = openApiDocument([...operations, stream], version);

  const document = endpoint({
    method: 'get',
    path: '/openapi.json',
    operationId: 'getOpenApiDocument',
    tag: 'description',
    summary: 'This description, OpenAPI 3.1',
    input: {},
    replies: { 200: { description: 'The document', schema: jsonObject } },
    handler: async () => ({ status: 200, body: description }),
  });
  return [...operations, document];
}
