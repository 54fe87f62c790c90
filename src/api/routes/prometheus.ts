import type { Registry } from '@prometheus-io/client';
import { readCall, type Endpoint } from '#api/http/endpoint.ts';
import { createEngineGauges } from '#api/telemetry/engine-gauges.ts';
import type { Orchestration } from '#application/orchestration.ts';

/** GET /metrics: the registry in Prometheus' text format, with the engine's figures as of now. */
export function prometheusEndpoint(orchestration: Orchestration, registry: Registry): Endpoint {
  const refresh = createEngineGauges(orchestration, registry);
  return {
    method: 'get',
    path: '/metrics',
    operationId: 'scrape',
    tag: 'probes',
    summary: 'Metrics for Prometheus',
    input: {},
    replies: { 200: { description: 'Metrics', contentType: registry.contentType } },
    async handle(req, res, reader) {
      await readCall({}, req, res, reader);
      await refresh();
      res.set('Content-Type', registry.contentType).send(await registry.metrics());
    },
  };
}
