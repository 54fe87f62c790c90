import { randomUUID } from 'node:crypto';
import test from 'ava';
import { awaitStatus } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { orderBody } from '#test/support/processes/start-bodies.ts';

const engine = engineForFile(test);

test('a start that is sent again under its Idempotency-Key gives the first answer and starts nothing', async (t) => {
  const { api } = engine();
  const body = orderBody();
  const question = { method: 'POST', body, headers: { 'Idempotency-Key': randomUUID() } } as const;
  const first = await api.ask('/workflows', question);
  const again = await api.ask('/workflows', question);

  t.is(again.status, 201);
  t.deepEqual(again.body, first.body);
  const { id } = first.body as { id: string };
  await awaitStatus(api, id, 'COMPLETED');
  const late = await api.ask('/workflows', question);
  t.deepEqual(late.body, first.body, 'also when it has ended long ago');
  const { body: page } = await api.ask(`/workflows?correlationId=${body.correlationId}`);
  t.is((page as { items: unknown[] }).items.length, 1);
});

test('fifty starts at once under one key start one workflow', async (t) => {
  const { api, simulator } = engine();
  const body = orderBody();
  const question = { method: 'POST', body, headers: { 'Idempotency-Key': randomUUID() } } as const;
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => api.ask('/workflows', question)),
  );

  t.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
  const ids = new Set(answers.map((answer) => (answer.body as { id: string }).id));
  t.is(ids.size, 1);
  const [id = ''] = ids;
  await awaitStatus(api, id, 'COMPLETED');
  const effects = await simulator.ledger(id);
  t.is(new Set(effects.map(({ key }) => key)).size, effects.length);
  const { body: page } = await api.ask(`/workflows?correlationId=${body.correlationId}`);
  t.is((page as { items: unknown[] }).items.length, 1);
});

test('a key that comes again with another body is a conflict that names the workflow', async (t) => {
  const { api } = engine();
  const headers = { 'Idempotency-Key': randomUUID() };
  const body = orderBody();
  const first = await api.ask('/workflows', { method: 'POST', body, headers });
  const other = { ...body, priority: 'LOW' };
  const answer = await api.ask('/workflows', { method: 'POST', body: other, headers });

  t.is(answer.status, 409);
  t.like(answer.body, { status: 409, workflowId: (first.body as { id: string }).id });
});

test('an invalid start is refused with every fault at once, as a problem', async (t) => {
  const { api } = engine();
  const body = { workflowName: '', workflowType: 'BAKING', priority: 'URGENT', maxRetries: 11 };
  const answer = await api.ask('/workflows', { method: 'POST', body });

  t.is(answer.status, 400);
  t.regex(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  const problem = answer.body as Record<string, unknown> & {
    validationErrors: { field: string }[];
  };
  const members = ['type', 'title', 'status', 'detail', 'instance', 'timestamp', 'error'];
  for (const member of [...members, 'message', 'path']) t.truthy(problem[member], member);
  t.deepEqual([...new Set(problem.validationErrors.map(({ field }) => field))].sort(), [
    'maxRetries',
    'priority',
    'triggeredBy',
    'workflowDefinitionId',
    'workflowName',
    'workflowType',
  ]);
});

test('input that does not fit the definition is refused, each fault by its field', async (t) => {
  const { api } = engine();
  const body = orderBody({ inputParameters: { orderId: '', lines: [] } });
  const answer = await api.ask('/workflows', { method: 'POST', body });

  t.is(answer.status, 400);
  const { validationErrors } = answer.body as { validationErrors: { field: string }[] };
  t.true(validationErrors.length >= 3);
  t.true(validationErrors.every(({ field }) => field.includes('inputParameters')));
});

test('what does not exist is a 404, a wrong method a 405, and neither is a stack trace', async (t) => {
  const { api } = engine();
  const unknown = await api.ask(`/workflows/${randomUUID()}`);
  t.is(unknown.status, 404);
  t.is((await api.ask('/nothing-here')).status, 404);
  const method = await api.ask('/workflows', { method: 'DELETE' });
  t.is(method.status, 405);
  t.regex(method.headers.get('allow') ?? '', /POST/);
  t.notRegex(JSON.stringify([unknown.body, method.body]), /at .*\.ts/);
});

test('a body that is no JSON is a 400, another content type a 415', async (t) => {
  const url = `${engine().api.url}/workflows`;
  const send = (type: string, body: string) =>
    fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
  t.is((await send('application/json', '{"workflowName":')).status, 400);
  t.is((await send('text/plain', 'hello')).status, 415);
});
