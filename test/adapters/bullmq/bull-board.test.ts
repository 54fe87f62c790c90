import test, { type ExecutionContext } from 'ava';
import { Queue } from 'bullmq';
import { z } from 'zod';
import { createBoard } from '#adapters/bullmq/bull-board.ts';
import { BOARD_PATH } from '#api/board/mount-board.ts';
import { startApi } from '#test/api/support/start-api.ts';
import { redisForFile } from '#test/support/redis-server.ts';

const redis = redisForFile(test);

/** As many queues as the engine has: one for each of the 26 services, and its own. */
const QUEUES = 27;

async function startBoard(t: ExecutionContext, allowChanges: boolean) {
  const connection = { host: '127.0.0.1', port: redis().port };
  const prefix = `{${t.title.replaceAll(/\W/g, '')}}`;
  const queues = Array.from(
    { length: QUEUES },
    (_, n) => new Queue(`steps.service-${n}`, { connection, prefix }),
  );
  const handler = createBoard(queues, { basePath: BOARD_PATH, readOnly: !allowChanges });
  const board = { handler, user: 'admin', password: null, allowChanges };
  const api = await startApi(t, { board });
  t.teardown(() => Promise.all(queues.map((queue) => queue.close())));
  const [queue] = queues;
  if (queue === undefined) throw new Error('no queue');
  await queue.waitUntilReady();
  return { api, queue, page: `${api.origin}${BOARD_PATH}` };
}

const listSchema = z.object({
  queues: z.array(
    z.object({
      name: z.string(),
      readOnlyMode: z.boolean(),
      counts: z.record(z.string(), z.number()),
    }),
  ),
});

test('the page and all that it loads come from this server, within its own policy', async (t) => {
  const { api, page } = await startBoard(t, false);
  const { status, headers, text } = await api.call('GET', page);
  t.is(status, 200);
  t.is(headers.get('x-powered-by'), null);
  const scripts = [...text.matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
  const sources = scripts.flatMap((tag) => /src="([^"]+)"/.exec(tag)?.[1] ?? []);
  t.true(sources.length > 0);
  // Whatever has no source is data, which no policy stops.
  for (const tag of scripts) t.regex(tag, /src="static\/|type="application\/json"/);
  for (const source of sources) {
    const script = await api.call('GET', `${page}/${source}`);
    t.is(script.status, 200);
    t.regex(script.headers.get('content-type') ?? '', /javascript/);
  }
  t.is((await api.call('GET', `${page}/queue/steps.service-0`)).status, 200);
});

test('all queues are listed, with their jobs counted', async (t) => {
  const { api, page, queue } = await startBoard(t, false);
  await queue.add('step', { workflowId: 'w', stepId: 's', dispatch: 1 });
  const { status, json } = await api.call('GET', `${page}/api/queues`);
  t.is(status, 200);
  const { queues } = listSchema.parse(json);
  t.is(queues.length, QUEUES);
  t.true(queues.every(({ readOnlyMode }) => readOnlyMode));
  t.is(queues[0]?.counts['waiting'], 1);
});

const CHANGES = (job: string): [string, string][] => [
  ['PUT', '/api/queues/pause'],
  ['PUT', '/api/queues/steps.service-0/pause'],
  ['PUT', '/api/queues/steps.service-0/empty'],
  ['PUT', '/api/queues/steps.service-0/obliterate'],
  ['POST', '/api/queues/steps.service-0/add'],
  ['PUT', `/api/queues/steps.service-0/${job}/clean`],
  ['PATCH', `/api/queues/steps.service-0/${job}/update-data`],
];

test('a read-only board refuses every change', async (t) => {
  const { api, page, queue } = await startBoard(t, false);
  const { id = '' } = await queue.add('step', { workflowId: 'w' });
  for (const [method, path] of CHANGES(id)) {
    t.is((await api.call(method, page + path)).status, 405, path);
  }
  t.false(await queue.isPaused());
  t.deepEqual((await queue.getJob(id))?.data, { workflowId: 'w' });
});

test('the adapter alone is read-only too, whatever stands before it', async (t) => {
  const { queue } = await startBoard(t, false);
  const handler = createBoard([queue], { basePath: BOARD_PATH, readOnly: true });
  // A board whose guards let changes through.
  const board = { handler, user: 'admin', password: null, allowChanges: true };
  const api = await startApi(t, { board });
  const { id = '' } = await queue.add('step', { workflowId: 'w' });
  for (const [method, path] of CHANGES(id))
    await api.call(method, `${api.origin}${BOARD_PATH}${path}`);
  t.false(await queue.isPaused());
  t.deepEqual((await queue.getJob(id))?.data, { workflowId: 'w' });
});

test('a board that allows changes makes them', async (t) => {
  const { api, page, queue } = await startBoard(t, true);
  const { status } = await api.call('PUT', `${page}/api/queues/${queue.name}/pause`);
  t.is(status, 200);
  t.true(await queue.isPaused());
});

test('an unknown path below the board is a 404 of this API', async (t) => {
  const { api, page } = await startBoard(t, false);
  const { status, headers } = await api.call('GET', `${page}/no/such/page`);
  t.is(status, 404);
  t.is(headers.get('content-type'), 'application/problem+json; charset=utf-8');
});
