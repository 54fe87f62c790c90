import { once } from 'node:events';
import { connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { EventSource, MessageEvent } from 'undici';
import { cloudEventSchema } from '#api/schemas/events.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import { isProblem } from '#test/api/support/problem.ts';
import { startApi, type TestApi } from '#test/api/support/start-api.ts';
import { until } from '#test/support/until.ts';

const PAUSE = {
  type: 'WorkflowPaused',
  reason: 'lunch',
  pausedBy: 'mia',
  currentStepId: null,
} as const;

const TYPES = ['workflow.started', 'workflow.paused', 'workflow.resumed'];

/** A browser's client on the stream: connected, and keeping what it gets. */
async function follow(t: ExecutionContext, api: TestApi, query = '') {
  const url = `${api.origin}/api/v1/stream${query}`;
  const source = new EventSource(url);
  t.teardown(() => source.close());
  const events: { id: string; type: string; subject: string; data: Record<string, unknown> }[] = [];
  for (const type of TYPES) {
    source.addEventListener(type, (event) => {
      if (!(event instanceof MessageEvent)) return;
      const { subject, data } = cloudEventSchema.parse(JSON.parse(event.data));
      events.push({ id: event.lastEventId, type, subject, data });
    });
  }
  await once(source, 'open');
  return { source, events };
}

/** The text of a stream so far, read by hand; for headers that EventSource does not let one set. */
async function read(
  t: ExecutionContext,
  api: TestApi,
  query = '',
  headers: Record<string, string> = {},
) {
  const abort = new AbortController();
  t.teardown(() => abort.abort());
  const response = await fetch(`${api.origin}/api/v1/stream${query}`, {
    headers,
    signal: abort.signal,
  });
  const stream = { response, text: '', ended: false, abort };
  const consume = async () => {
    for await (const chunk of response.body ?? []) stream.text += Buffer.from(chunk).toString();
    stream.ended = true;
  };
  consume().catch(() => (stream.ended = true));
  return stream;
}

const idsIn = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);

test('published events come as CloudEvents while they happen; internal ones do not', async (t) => {
  const api = await startApi(t);
  const { events } = await follow(t, api);
  const id = api.fake.begin();
  api.fake.record(id, PAUSE);
  await until(() => events.length === 2);
  t.like(events, [
    { id: 'p2', type: 'workflow.started', subject: `workflow/${id}` },
    { id: 'p3', type: 'workflow.paused', subject: `workflow/${id}` },
  ]);
  t.deepEqual(events[1]?.data, {
    eventId: `${id}.3`,
    eventType: 'WorkflowPaused',
    occurredAt: '2026-01-01T00:00:02.000Z',
    aggregateId: id,
    version: 3,
    workflowInstanceId: id,
    pausedAt: '2026-01-01T00:00:02.000Z',
    reason: 'lunch',
    currentStepId: null,
    pausedBy: 'mia',
  });
});

test('a stream begins with what happens after it was opened', async (t) => {
  const api = await startApi(t);
  api.fake.begin();
  const { events } = await follow(t, api);
  api.fake.begin();
  await until(() => events.length === 1);
  t.is(events[0]?.id, 'p4');
});

test('a client that resumes gets every event since, once, however many, and then what follows', async (t) => {
  const api = await startApi(t);
  const id = api.fake.begin();
  for (let n = 0; n < 450; n += 1) api.fake.record(id, PAUSE);
  const { events } = await follow(t, api, '?lastEventId=p2');
  for (let n = 0; n < 10; n += 1) api.fake.record(id, PAUSE);
  await until(() => events.length === 460);
  t.deepEqual(
    events.map((event) => event.id),
    Array.from({ length: 460 }, (_, n) => `p${n + 3}`),
  );
});

test('a client whose connection breaks comes back by itself and misses nothing', async (t) => {
  const api = await startApi(t);
  const { source, events } = await follow(t, api);
  const id = api.fake.begin();
  await until(() => events.length === 1);
  const again = once(source, 'open');
  api.server.closeAllConnections();
  api.fake.record(id, PAUSE, PAUSE);
  await again;
  api.fake.record(id, PAUSE);
  await until(() => events.length === 4);
  t.deepEqual(
    events.map((event) => event.id),
    ['p2', 'p3', 'p4', 'p5'],
  );
});

test('the Last-Event-ID header wins over the query, which a reconnecting browser repeats', async (t) => {
  const api = await startApi(t);
  const id = api.fake.begin();
  api.fake.record(id, PAUSE, PAUSE, PAUSE);
  const stream = await read(t, api, '?lastEventId=p2', { 'Last-Event-ID': 'p4' });
  await until(() => stream.text.includes('id: p5'));
  t.deepEqual(idsIn(stream.text), ['p5']);
});

test('a stream may be of one workflow', async (t) => {
  const api = await startApi(t);
  const [one, other] = [api.fake.begin(), api.fake.begin()];
  const { events } = await follow(t, api, `?workflowId=${one.toUpperCase()}`);
  api.fake.record(other, PAUSE);
  api.fake.record(one, PAUSE);
  await until(() => events.length === 1);
  t.is(events[0]?.subject, `workflow/${one}`);
});

test('an id that no event has is not asked for over and over: the stream goes on from the end', async (t) => {
  const api = await startApi(t, { settings: { streamPollMs: 5 } });
  const id = api.fake.begin();
  const { readFeed } = api.fake;
  let asked = 0;
  api.fake.readFeed = (after, limit) => {
    if (after === 'p999') asked += 1;
    return readFeed(after, limit);
  };
  const { events } = await follow(t, api, '?lastEventId=p999');
  const polls = countPolls(api);
  await until(() => polls() > 20);
  t.true(asked <= 4, `asked ${asked} times`);
  api.fake.record(id, PAUSE);
  await until(() => events.length === 1);
});

function countPolls(api: TestApi): () => number {
  const { readFeed } = api.fake;
  let polls = 0;
  api.fake.readFeed = (after, limit) => {
    polls += 1;
    return readFeed(after, limit);
  };
  return () => polls;
}

test('one poller serves all streams', async (t) => {
  const api = await startApi(t, { settings: { streamPollMs: 100 } });
  const polls = countPolls(api);
  const began = performance.now();
  const streams = await Promise.all(Array.from({ length: 20 }, () => read(t, api)));
  api.fake.begin();
  await until(() => streams.every(({ text }) => text.includes('id: p2')));
  const possible = (performance.now() - began) / 100 + 2;
  t.true(polls() <= possible, `${polls()} polls where one poller makes ${possible}`);
});

test('nobody polls while nobody listens', async (t) => {
  const api = await startApi(t, { settings: { streamPollMs: 1 } });
  const polls = countPolls(api);
  const pollsDuringRequests = async () => {
    const before = polls();
    for (let n = 0; n < 20; n += 1) await api.call('GET', '/workflows');
    return polls() - before;
  };
  t.is(await pollsDuringRequests(), 0);
  const stream = await read(t, api);
  t.true((await pollsDuringRequests()) > 0);
  stream.abort.abort();
  await until(async () => (await pollsDuringRequests()) === 0);
  t.pass();
});

test('for a client that does not read, nothing is read either; in the end it is cut off', async (t) => {
  const settings = { streamPollMs: 5, streamStallMs: 400 };
  const api = await startApi(t, { settings });
  const id = api.fake.begin();
  const bulky = { ...PAUSE, reason: 'x'.repeat(50_000) };
  for (let n = 0; n < 2000; n += 1) api.fake.record(id, bulky);
  const { readFeed } = api.fake;
  let pages = 0;
  api.fake.readFeed = async (after, limit) => {
    const page = await readFeed(after, limit);
    if (page.events.length > 0) pages += 1;
    return page;
  };
  const socket = connect(api.port, '127.0.0.1');
  socket.pause();
  t.teardown(() => socket.destroy());
  socket.write('GET /api/v1/stream?lastEventId=p2 HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(async () => (await connections(api)) === 1);
  await until(async () => (await connections(api)) === 0);
  // 100 MB were to be had in 20 pages; what it got are the buffers of two sockets.
  t.true(pages <= 5, `${pages} pages were read`);
});

function connections(api: TestApi): Promise<number> {
  return new Promise((resolve) => api.server.getConnections((_, count) => resolve(count)));
}

test('a silent stream carries comments', async (t) => {
  const api = await startApi(t, { settings: { streamKeepAliveMs: 10 } });
  const stream = await read(t, api);
  await until(() => stream.text.includes(': keep-alive\n\n: keep-alive\n\n'));
  t.regex(stream.text, /^retry: 2000\n\n/);
});

test('streams end when the server shuts down', async (t) => {
  const api = await startApi(t);
  const streams = await Promise.all(Array.from({ length: 12 }, () => read(t, api)));
  t.is(streams[0]?.response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  const warnings: Error[] = [];
  process.once('warning', (warning) => warnings.push(warning));
  api.shutdown.abort();
  await until(() => streams.every(({ ended }) => ended));
  t.deepEqual(warnings, []);
});

test('a store that goes away and comes back is only a delay', async (t) => {
  const api = await startApi(t, { settings: { streamPollMs: 5 } });
  const { readFeed } = api.fake;
  const { events } = await follow(t, api);
  api.fake.readFeed = () => Promise.reject(new StoreUnavailableError('away'));
  await until(() => api.logger.lines.some(({ level }) => level === 'warn'));
  api.fake.begin();
  api.fake.readFeed = readFeed;
  await until(() => events.length === 1);
  t.is(api.logger.lines.filter(({ level }) => level === 'warn').length, 1);
});

test('a stream that can not be opened is refused as any request: 503, and the next one may succeed', async (t) => {
  const api = await startApi(t);
  const { feedEnd } = api.fake;
  api.fake.feedEnd = () => Promise.reject(new StoreUnavailableError('away'));
  isProblem(t, await api.call('GET', '/stream'), {
    status: 503,
    error: 'SERVICE_UNAVAILABLE',
    title: 'Unavailable for now',
    message:
      'The store can not be reached or takes no writes (GET /orchestration/health says why); nothing was changed',
    path: '/api/v1/stream',
  });
  api.fake.feedEnd = feedEnd;
  const { events } = await follow(t, api);
  api.fake.begin();
  await until(() => events.length === 1);
});

test('an event whose workflow is unknown is left out, and holds up nothing', async (t) => {
  const api = await startApi(t);
  const { events } = await follow(t, api);
  const { getWorkflowById } = api.fake;
  const ghost = api.fake.begin();
  api.fake.getWorkflowById = async (id) => (id === ghost ? null : getWorkflowById(id));
  const id = api.fake.begin();
  await until(() => events.length === 1);
  t.is(events[0]?.subject, `workflow/${id}`);
});

test('more streams than allowed are a 429', async (t) => {
  const api = await startApi(t, { settings: { maxStreams: 1 } });
  const stream = await read(t, api);
  isProblem(t, await api.call('GET', '/stream'), {
    status: 429,
    error: 'TOO_MANY_REQUESTS',
    title: 'Too many requests',
    message: '1 streams are open; try again shortly',
    path: '/api/v1/stream',
  });
  stream.abort.abort();
  await until(async () => {
    const next = await read(t, api);
    next.abort.abort();
    return next.response.status === 200;
  });
  t.pass();
});

for (const query of [
  'workflowId=x',
  `lastEventId=${'x'.repeat(201)}`,
  'lastEventId=a%0Ab',
  'since=1',
]) {
  test(`a stream is refused for ?${query.slice(0, 20)}`, async (t) => {
    const api = await startApi(t);
    t.is((await api.call('GET', `/stream?${query}`)).status, 400);
  });
}

test('HEAD of the stream ends', async (t) => {
  const api = await startApi(t);
  t.is((await api.call('HEAD', '/stream')).status, 200);
});
