import { z } from 'zod';
import { endpoint, type Endpoint } from '#api/http/endpoint.ts';
import { unavailable } from '#api/http/problems.ts';

/** Whether the process can do its work, and if not what it waits for. */
export type Readiness = { readonly ready: boolean; readonly waitingFor: readonly string[] };

const probeSchema = z.strictObject({ status: z.literal('UP') });

/** GET /livez and /readyz (SPEC 9), at the root: for those who start, stop and load-balance processes. */
export function probeEndpoints(readiness: () => Promise<Readiness>): readonly Endpoint[] {
  const up = { status: 200, headers: { 'Cache-Control': 'no-store' }, body: { status: 'UP' } };

  return [
    endpoint({
      method: 'get',
      path: '/livez',
      operationId: 'livez',
      tag: 'probes',
      summary: 'Answers while the process runs',
      input: {},
      replies: { 200: { description: 'It runs', schema: probeSchema } },
      handler: async () => up,
    }),
    endpoint({
      method: 'get',
      path: '/readyz',
      operationId: 'readyz',
      tag: 'probes',
      summary: 'Answers once stores, queues and definitions are there',
      input: {},
      replies: { 200: { description: 'It can do its work', schema: probeSchema } },
      handler: async () => {
        const { ready, waitingFor } = await readiness();
        if (ready) return up;
        throw unavailable(`Not ready; waiting for: ${waitingFor.join(', ')}`);
      },
    }),
  ];
}
