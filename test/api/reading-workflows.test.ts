import { randomUUID } from 'node:crypto';
import test from 'ava';
import { encodeCursor } from '#api/cursor.ts';
import { historySchema } from '#api/schemas/events.ts';
import { workflowPageSchema } from '#api/schemas/workflow.ts';
import type { PageCursor, WorkflowFilter } from '#application/ports/workflow-store.ts';
import { isProblem } from '#test/api/support/problem.ts';
import { NOBODY, startApi } from '#test/api/support/start-api.ts';

for (const [name, id] of [
  ['an unknown id', NOBODY],
  ['an id that is no UUID', 'order-4711'],
  ['an id with an encoded slash', 'a%2F..%2Fb'],
] as const) {
  for (const rest of ['', '/events']) {
    test(`${name} is not found${rest && ' (history)'}`, async (t) => {
      const api = await startApi(t);
      const path = `/api/v1/workflows/${id}${rest}`;
      const answer = await api.call('GET', `/workflows/${id}${rest}`);
      isProblem(t, answer, {
        status: 404,
        error: 'RESOURCE_NOT_FOUND',
        title: 'Not found',
        message: id === NOBODY ? `There is no workflow ${id}` : `There is no resource at ${path}`,
        path,
      });
    });
  }
}

test('an id is found in whatever case it is written', async (t) => {
  const api = await startApi(t);
  const id = api.fake.begin();
  t.is((await api.call('GET', `/workflows/${id.toUpperCase()}`)).json['id'], id);
});

test('pages follow each other by nextCursor until it is null', async (t) => {
  const api = await startApi(t);
  const ids = [api.fake.begin(), api.fake.begin(), api.fake.begin()].reverse();
  const first = await api.call('GET', '/workflows?limit=2');
  const page = workflowPageSchema.parse(first.json);
  t.deepEqual(
    page.items.map(({ id }) => id),
    ids.slice(0, 2),
  );
  const second = await api.call('GET', `/workflows?limit=2&cursor=${page.nextCursor}`);
  t.like(second.json, { items: [{ id: ids[2] }], nextCursor: null });
});

test('every filter reaches the engine as what it stands for', async (t) => {
  const api = await startApi(t);
  const asked: [WorkflowFilter, PageCursor | null, number][] = [];
  api.fake.getActiveWorkflows = async (...question) => {
    asked.push(question);
    return { items: [], next: null };
  };
  const cursor = { createdAt: 1_767_225_600_000, workflowId: NOBODY };
  const query = [
    'status=FAILED,PAUSED',
    'status=EXECUTING',
    'workflowType=PICKING',
    'priority=HIGH',
    'correlationId=order+4711%2Fa',
    'from=2026-01-01',
    'to=2026-01-02T02%3A00%3A00%2B02%3A00',
    `cursor=${encodeCursor(cursor)}`,
    'limit=200',
  ];
  const { json } = await api.call('GET', `/workflows?${query.join('&')}`);
  t.deepEqual(json, { items: [], nextCursor: null });
  await api.call('GET', '/workflows');
  t.deepEqual(asked, [
    [
      {
        status: ['FAILED', 'PAUSED', 'EXECUTING'],
        workflowType: 'PICKING',
        priority: 'HIGH',
        correlationId: 'order 4711/a',
        from: Date.UTC(2026, 0, 1),
        to: Date.UTC(2026, 0, 2),
      },
      cursor,
      200,
    ],
    [{}, null, 50],
  ]);
});

for (const [query, field, message] of [
  [
    'status=RUNNING',
    'status.0',
    'must be one of PENDING, EXECUTING, PAUSED, COMPLETED, FAILED, COMPENSATING, COMPENSATED, CANCELLED',
  ],
  [
    'status=',
    'status.0',
    'must be one of PENDING, EXECUTING, PAUSED, COMPLETED, FAILED, COMPENSATING, COMPENSATED, CANCELLED',
  ],
  ['priority=HIGH&priority=LOW', 'priority', 'must be one of HIGH, NORMAL, LOW'],
  ['limit=0', 'limit', 'must be at least 1'],
  ['limit=201', 'limit', 'must be at most 200'],
  ['limit=1e2', 'limit', 'must be of type number'],
  ['limit=', 'limit', 'must be of type number'],
  ['limit=5&limit=6', 'limit', 'must be a single number'],
  ['correlationId=a&correlationId=b', 'correlationId', 'must be a single string'],
  ['from=yesterday', 'from', 'must be ISO 8601: a date, or a time with its offset'],
  ['from=2026-02-30', 'from', 'must be ISO 8601: a date, or a time with its offset'],
  ['to=2026-01-01T00:00:00', 'to', 'must be ISO 8601: a date, or a time with its offset'],
  ['cursor=', 'cursor', 'is not a nextCursor of an earlier page'],
  ['cursor=!!!', 'cursor', 'is not a nextCursor of an earlier page'],
  ['cursor=e30', 'cursor', 'is not a nextCursor of an earlier page'],
  ['cursor=WzEsInByb2Zlc3NvciJd', 'cursor', 'is not a nextCursor of an earlier page'],
  ['page=2', 'page', 'is not known here'],
  ['__proto__=x', '__proto__', 'is not known here'],
  ['status=%E0%A4%A', 'query', 'is not valid percent-encoding'],
] as const) {
  test(`a list is refused for ?${query}`, async (t) => {
    const api = await startApi(t);
    isProblem(t, await api.call('GET', `/workflows?${query}`), {
      status: 400,
      error: 'VALIDATION_ERROR',
      title: 'The request is not valid',
      message: `${field}: ${message}`,
      path: '/api/v1/workflows',
      validationErrors: [{ field, message }],
    });
  });
}

test('the history holds every event in its public form, internal ones with type null', async (t) => {
  const api = await startApi(t);
  const id = api.fake.begin();
  api.fake.record(id, {
    type: 'StepsDispatched',
    dispatch: 1,
    direction: 'do',
    stepIds: ['validate-order'],
    dueAt: Date.UTC(2026, 0, 2),
  });
  const { status, json } = await api.call('GET', `/workflows/${id}/events`);
  t.is(status, 200);
  const { items } = historySchema.parse(json);
  t.deepEqual(
    items.map(({ eventType, version, type }) => [eventType, version, type]),
    [
      ['WorkflowCreated', 1, null],
      ['WorkflowStarted', 2, 'com.paklog.wes.orchestration.workflow.started'],
      ['StepsDispatched', 3, null],
    ],
  );
  t.like(items[1], { eventId: `${id}.2`, data: { workflowInstanceId: id, triggeredBy: 'test' } });
  t.like(items[2], { data: { dispatch: 1, dueAt: '2026-01-02T00:00:00.000Z' } });
});

test('GET why tells what a workflow waits for; the workflow itself tells the same', async (t) => {
  const api = await startApi(t);
  const id = api.fake.begin();
  const { status, json } = await api.call('GET', `/workflows/${id}/why`);
  t.is(status, 200);
  const waiting = [
    {
      stepId: 'ship',
      reason: 'breaker-open',
      subject: 'steps.shipping',
      since: '2026-01-01T00:00:00.000Z',
      until: '2026-01-01T00:01:00.000Z',
      estimatedAt: null,
      detail: 'the breaker of its service is open',
      action: 'the service recovers; it is probed then',
    },
  ];
  t.deepEqual(json, { items: waiting });
  t.deepEqual((await api.call('GET', `/workflows/${id}`)).json['waiting'], waiting);
  t.is((await api.call('GET', `/workflows/${randomUUID()}/why`)).status, 404);
});
