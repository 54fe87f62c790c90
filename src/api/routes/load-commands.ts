import { endpoint, type Endpoint } from '#api/http/endpoint.ts';
import { unavailable } from '#api/http/problems.ts';
import { commandReply } from '#api/routes/command-reply.ts';
import { rebalanceQuery, wavelessBody, workflowParams } from '#api/schemas/commands.ts';
import { rebalanceSchema } from '#api/schemas/load.ts';
import { workflowSchema } from '#api/schemas/workflow.ts';
import { rebalanceView } from '#api/views/load-view.ts';
import type { Orchestration } from '#application/orchestration.ts';

/** Continuous release and load balancing. */
export function loadCommandEndpoints(orchestration: Orchestration): readonly Endpoint[] {
  const rebalance = endpoint({
    method: 'post',
    path: '/workflows/rebalance',
    operationId: 'rebalanceSystemLoad',
    tag: 'load',
    summary: 'Spread work over the instances of each service anew',
    input: { query: rebalanceQuery },
    replies: {
      200: { description: 'The rebalancing, its effect measured', schema: rebalanceSchema },
      503: { description: 'No monitor is at work, or Redis is away' },
    },
    handler: async ({ query: { targetUtilization } }) => {
      const result = await orchestration.rebalanceSystemLoad(targetUtilization ?? null);
      if (result.kind === 'done') return { status: 200, body: rebalanceView(result.rebalance) };
      throw unavailable(
        'nobody rebalances: start a monitor (npm run monitor) and see that Redis is up',
      );
    },
  });

  const waveless = endpoint({
    method: 'put',
    path: '/workflows/{id}/waveless',
    operationId: 'enableWaveless',
    tag: 'load',
    summary: 'Release a workflow continuously, without a wave',
    input: { params: workflowParams, body: { schema: wavelessBody, required: false } },
    replies: {
      200: { description: 'The workflow, now in its lane', schema: workflowSchema },
      409: { description: 'Its state or its type does not allow it' },
    },
    handler: async ({ params: { id }, body }) => {
      const pace = {
        batchSize: body?.batchSize ?? null,
        processingIntervalMs: body?.processingIntervalMs ?? null,
      };
      return commandReply(id, await orchestration.enableWaveless(id, pace));
    },
  });

  return [rebalance, waveless];
}
