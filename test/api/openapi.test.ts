import test, { type ExecutionContext } from 'ava';
import { z } from 'zod';
import { startApi } from '#test/api/support/start-api.ts';

const documentSchema = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ responses: z.looseObject({}) })),
  ),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
});

async function document(t: ExecutionContext) {
  const api = await startApi(t);
  return documentSchema.parse((await api.call('GET', '/openapi.json')).json);
}

test('the document names every operation of SPEC 5', async (t) => {
  const { paths } = await document(t);
  const operations = Object.entries(paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
    .sort();
  t.deepEqual(operations, [
    'delete /definitions/{id}/versions/{version}',
    'get /definitions',
    'get /definitions/{id}',
    'get /definitions/{id}/versions/{version}',
    'get /orchestration/health',
    'get /orchestration/metrics',
    'get /orchestration/waveless',
    'get /stream',
    'get /workflows',
    'get /workflows/{id}',
    'get /workflows/{id}/events',
    'get /workflows/{id}/why',
    'post /definitions',
    'post /events',
    'post /workflows',
    'post /workflows/rebalance',
    'post /workflows/{id}/steps/execute',
    'post /workflows/{id}/steps/retry',
    'post /workflows/{id}/steps/skip',
    'put /definitions/{id}',
    'put /workflows/{id}/cancel',
    'put /workflows/{id}/compensate',
    'put /workflows/{id}/pause',
    'put /workflows/{id}/resume',
    'put /workflows/{id}/retry',
    'put /workflows/{id}/waveless',
  ]);
});

test('every schema that the document refers to is in it', async (t) => {
  const found = await document(t);
  const references = JSON.stringify(found).matchAll(/"\$ref":"([^"]+)"/g);
  const names = new Set([...references].map(([, reference]) => reference));
  t.true(names.has('#/components/schemas/StartWorkflowRequest'));
  t.true(names.has('#/components/schemas/Problem'));
  for (const name of names) {
    t.truthy(found.components.schemas[(name ?? '').replace('#/components/schemas/', '')], name);
  }
  t.notRegex(JSON.stringify(found), /\$defs/);
});

test('requests are described by the rules that they are checked by', async (t) => {
  const { components, paths } = await document(t);
  t.like(components.schemas['StartWorkflowRequest'], {
    required: ['workflowDefinitionId', 'workflowName', 'workflowType', 'triggeredBy'],
    additionalProperties: false,
    properties: {
      maxRetries: { type: 'integer', minimum: 0, maximum: 10, default: 3 },
      inputParameters: { type: 'object' },
    },
  });
  t.like(paths['/workflows']?.['get'], {
    parameters: [{ name: 'status', in: 'query', required: false, schema: { type: 'array' } }],
  });
  t.like(paths['/workflows/{id}']?.['get'], {
    parameters: [{ name: 'id', in: 'path', required: true }],
    responses: { 404: { description: 'Unknown' } },
  });
});

test('each problem in the document has the type that is sent', async (t) => {
  const { paths } = await document(t);
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    t.like(operation.responses['default'], {
      content: {
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      },
    });
  }
});
