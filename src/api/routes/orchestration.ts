import { endpoint, type Endpoint } from '#api/http/endpoint.ts';
import { healthSchema, metricsSchema } from '#api/schemas/orchestration.ts';
import { wavelessSchema } from '#api/schemas/waveless.ts';
import { healthView } from '#api/views/health-view.ts';
import { wavelessView } from '#api/views/waveless-view.ts';
import { metricsView } from '#api/views/metrics-view.ts';
import type { Orchestration } from '#application/orchestration.ts';

/** How the engine is. Health is answered with 200 whatever it says: load balancers ask /readyz. */
export function orchestrationEndpoints(orchestration: Orchestration): readonly Endpoint[] {
  const health = endpoint({
    method: 'get',
    path: '/orchestration/health',
    operationId: 'getSystemHealth',
    tag: 'orchestration',
    summary: 'Health of the engine and of what it depends on',
    input: {},
    replies: { 200: { description: 'The health, also when it is bad', schema: healthSchema } },
    handler: async () => ({ status: 200, body: healthView(await orchestration.getSystemHealth()) }),
  });

  const metrics = endpoint({
    method: 'get',
    path: '/orchestration/metrics',
    operationId: 'getLoadMetrics',
    tag: 'orchestration',
    summary: 'Figures of work and load',
    input: {},
    replies: { 200: { description: 'The figures', schema: metricsSchema } },
    handler: async () => ({ status: 200, body: metricsView(await orchestration.getLoadMetrics()) }),
  });

  const waveless = endpoint({
    method: 'get',
    path: '/orchestration/waveless',
    operationId: 'getWaveless',
    tag: 'orchestration',
    summary: 'What waits for its release, by lane, and how fast it is released',
    input: {},
    replies: { 200: { description: 'Lanes, backlog and tempo', schema: wavelessSchema } },
    handler: async () => ({ status: 200, body: wavelessView(await orchestration.getWaveless()) }),
  });

  return [health, metrics, waveless];
}
