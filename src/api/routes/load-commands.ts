import { endpoint, type Endpoint } from '#api/http/endpoint.ts';
import { notAvailable } from '#api/http/problems.ts';
import { rebalanceQuery, wavelessBody, workflowParams } from '#api/schemas/commands.ts';
import type { Orchestration } from '#application/orchestration.ts';

const NOT_AVAILABLE = { 501: { description: 'Not available yet' } } as const;

/** Continuous release and load balancing: checked and asked for, though the engine may not have them yet. */
export function loadCommandEndpoints(orchestration: Orchestration): readonly Endpoint[] {
  const rebalance = endpoint({
    method: 'post',
    path: '/workflows/rebalance',
    operationId: 'rebalanceSystemLoad',
    tag: 'load',
    summary: 'Spread work over the instances of each service anew',
    input: { query: rebalanceQuery },
    replies: NOT_AVAILABLE,
    handler: async ({ query: { targetUtilization } }) => {
      const result = await orchestration.rebalanceSystemLoad(targetUtilization ?? null);
      throw notAvailable(result.what);
    },
  });

  const waveless = endpoint({
    method: 'put',
    path: '/workflows/{id}/waveless',
    operationId: 'enableWaveless',
    tag: 'load',
    summary: 'Release a workflow continuously, without a wave',
    input: { params: workflowParams, body: { schema: wavelessBody, required: false } },
    replies: NOT_AVAILABLE,
    handler: async ({ params: { id } }) => {
      const result = await orchestration.enableWaveless(id);
      throw notAvailable(result.what);
    },
  });

  return [rebalance, waveless];
}
