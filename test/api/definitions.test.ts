import test from 'ava';
import { definitionListSchema } from '#api/schemas/definitions.ts';
import { isProblem } from '#test/api/support/problem.ts';
import { startApi } from '#test/api/support/start-api.ts';

const DEFINITION = {
  definitionId: 'order fulfilment',
  version: 1,
  name: 'Orders',
  workflowType: 'ORDER_FULFILLMENT',
};
const PATH = '/api/v1/definitions/order%20fulfilment/versions/1';

test('a new definition is a 201 with its Location, and comes back as it was authored', async (t) => {
  const api = await startApi(t);
  const saved = await api.call('POST', '/definitions', { body: DEFINITION });
  t.is(saved.status, 201);
  t.is(saved.headers.get('location'), PATH);
  t.deepEqual(saved.json, DEFINITION);
  const read = await api.call('GET', `${api.origin}${PATH}`);
  t.deepEqual([read.status, read.json], [200, DEFINITION]);
  t.is(read.headers.get('content-location'), PATH);
});

test('the very same version again is a 200', async (t) => {
  const api = await startApi(t);
  await api.call('POST', '/definitions', { body: DEFINITION });
  const again = await api.call('POST', '/definitions', { body: DEFINITION });
  t.deepEqual([again.status, again.headers.get('location')], [200, null]);
});

test('a version with other content is a 409', async (t) => {
  const api = await startApi(t);
  await api.call('POST', '/definitions', { body: DEFINITION });
  const body = { ...DEFINITION, name: 'Other' };
  for (const [method, path] of [
    ['POST', '/definitions'],
    ['PUT', '/definitions/order%20fulfilment'],
  ] as const) {
    isProblem(t, await api.call(method, path, { body }), {
      status: 409,
      error: 'VERSION_CONFLICT',
      title: 'A version is immutable',
      message:
        'Version 1 of definition order fulfilment exists with other content; save it under a new version',
      path: `/api/v1${path}`,
      extensions: { definitionId: 'order fulfilment', version: 1 },
    });
  }
});

test('a refused definition is a 400 with the faults that the engine found', async (t) => {
  const api = await startApi(t);
  const validationErrors = [
    { field: 'steps.0.serviceName', message: 'is unknown' },
    { field: 'steps.1.dependencies', message: 'go in a circle' },
  ];
  api.fake.saveDefinition = async () => ({ kind: 'invalid', problems: validationErrors });
  isProblem(t, await api.call('POST', '/definitions', { body: DEFINITION }), {
    status: 400,
    error: 'VALIDATION_ERROR',
    title: 'The request is not valid',
    message: 'steps.0.serviceName: is unknown; steps.1.dependencies: go in a circle',
    path: '/api/v1/definitions',
    validationErrors,
  });
});

test('PUT takes a new version of the definition in its path, and of no other', async (t) => {
  const api = await startApi(t);
  const path = '/definitions/order%20fulfilment';
  t.is((await api.call('PUT', path, { body: DEFINITION })).status, 201);
  t.is((await api.call('PUT', path, { body: { ...DEFINITION, version: 2 } })).status, 201);
  const other = await api.call('PUT', path, { body: { ...DEFINITION, definitionId: 'x' } });
  t.is(other.status, 400);
  t.deepEqual(other.json['validationErrors'], [
    { field: 'definitionId', message: 'must be order fulfilment, as in the path' },
  ]);
});

test('GET finds the newest version, or the one asked for; a retired one only by its number', async (t) => {
  const api = await startApi(t);
  const path = '/definitions/order%20fulfilment';
  for (const version of [1, 2, 3]) {
    await api.call('POST', '/definitions', { body: { ...DEFINITION, version } });
  }
  t.is((await api.call('DELETE', `${path}/versions/3`)).status, 204);
  t.like((await api.call('GET', path)).json, { version: 2 });
  t.like((await api.call('GET', `${path}?version=1`)).json, { version: 1 });
  t.like((await api.call('GET', `${path}/versions/3`)).json, { version: 3 });
  const { items } = definitionListSchema.parse((await api.call('GET', '/definitions')).json);
  t.deepEqual(
    items.map(({ version, retired, name, workflowType }) => [version, retired, name, workflowType]),
    [
      [1, false, 'Orders', 'ORDER_FULFILLMENT'],
      [2, false, 'Orders', 'ORDER_FULFILLMENT'],
      [3, true, 'Orders', 'ORDER_FULFILLMENT'],
    ],
  );
});

for (const [method, path, what] of [
  ['GET', '/definitions/x', 'definition x'],
  ['GET', '/definitions/x?version=7', 'definition x of version 7'],
  ['GET', '/definitions/x/versions/7', 'definition x of version 7'],
  ['DELETE', '/definitions/x/versions/7', 'definition x of version 7'],
  ['GET', '/definitions/x/versions/0', 'resource at /api/v1/definitions/x/versions/0'],
  ['DELETE', '/definitions/x/versions/1.5', 'resource at /api/v1/definitions/x/versions/1.5'],
] as const) {
  test(`${method} ${path} of nothing is a 404`, async (t) => {
    const api = await startApi(t);
    isProblem(t, await api.call(method, path), {
      status: 404,
      error: 'RESOURCE_NOT_FOUND',
      title: 'Not found',
      message: `There is no ${what}`,
      path: `/api/v1${path.split('?', 1)[0]}`,
    });
  });
}
