import { fingerprint } from '#api/http/fingerprint.ts';
import { endpoint, type Endpoint, type Reply } from '#api/http/endpoint.ts';
import { idempotencyKeyReused, invalid } from '#api/http/problems.ts';
import { startHeaders, startWorkflowSchema } from '#api/schemas/start-workflow.ts';
import { workflowSchema } from '#api/schemas/workflow.ts';
import { API_BASE } from '#api/settings.ts';
import { workflowView } from '#api/views/workflow-view.ts';
import type { Orchestration } from '#application/orchestration.ts';
import type { Json } from '#domain/json.ts';

/**
 * POST /workflows. With an Idempotency-Key the first answer is kept in the same write as the workflow,
 * and given again to every repetition with the same body (compared as canonical JSON).
 */
export function startWorkflowEndpoint(orchestration: Orchestration): Endpoint {
  return endpoint({
    method: 'post',
    path: '/workflows',
    operationId: 'startWorkflow',
    tag: 'workflows',
    summary: 'Start a workflow',
    input: { headers: startHeaders, body: { schema: startWorkflowSchema, required: true } },
    replies: {
      201: { description: 'Started, or started before by this key', schema: workflowSchema },
      409: { description: 'The Idempotency-Key was used with another body' },
    },
    handler: async ({ headers, body, rawBody }) => {
      const key = headers['idempotency-key'];
      // What is kept must be what was answered: it is rendered once.
      let rendered: Json = null;
      const result = await orchestration.startWorkflow({
        ...body,
        idempotency:
          key === undefined
            ? null
            : {
                key,
                fingerprint: fingerprint(rawBody ?? null),
                render: (state) => (rendered = workflowView(state)),
              },
      });
      switch (result.kind) {
        case 'started':
          return created(result.state.workflowId, rendered ?? workflowView(result.state));
        case 'repeated':
          return created(result.workflowId, result.response, { 'Idempotent-Replay': 'true' });
        case 'key-reused':
          throw idempotencyKeyReused(result.workflowId);
        case 'invalid':
          throw invalid(result.problems);
      }
    },
  });
}

function created(workflowId: string, body: Json, headers: Reply['headers'] = {}): Reply {
  const location = `${API_BASE}/workflows/${workflowId}`;
  return { status: 201, headers: { Location: location, ...headers }, body };
}
