import test from 'ava';
import { readEventStream, type StreamEvent } from '../../scripts/processes/event-stream.ts';
import { awaitStatus } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { orderBody } from '#test/support/processes/start-bodies.ts';

const engine = engineForFile(test);

test.serial('the stream tells of every step as it happens, in CloudEvents', async (t) => {
  const { api } = engine();
  const listening = listen(`${api.url}/stream`, null, 'workflow.completed');
  await listening.open;
  const { id } = await api.start(orderBody());
  const events = await listening.events;

  t.is(events[0]?.event, 'workflow.started');
  t.is(events.filter(({ event }) => event === 'workflow.step.executed').length, 12);
  for (const { event, data } of events) {
    t.like(JSON.parse(data), {
      specversion: '1.0',
      source: '/wes/orchestration/workflows',
      type: `com.paklog.wes.orchestration.${event}`,
      subject: `workflow/${id}`,
      datacontenttype: 'application/json',
      data: { workflowInstanceId: id, aggregateId: id },
    });
  }
  const ids = events.map(({ data }) => (JSON.parse(data) as { id: string }).id);
  t.is(new Set(ids).size, ids.length);
});

test.serial(
  'a stream that is resumed misses nothing and repeats nothing, across a crash of the web process',
  async (t) => {
    const { api, running, start } = engine();
    const before = listen(`${api.url}/stream`, null, 'workflow.completed');
    await before.open;
    const first = await api.start(orderBody());
    const seen = await before.events;
    await awaitStatus(api, first.id, 'COMPLETED');

    const [web] = running('web');
    web?.signal('SIGKILL');
    await web?.ended;
    await start('web');
    const { id } = await api.start(orderBody());
    await awaitStatus(api, id, 'COMPLETED');

    const lastSeen = seen[4]?.id ?? '';
    const resumed = listen(`${api.url}/stream`, lastSeen, 'workflow.completed', 2);
    const events = await resumed.events;
    t.deepEqual(events.slice(0, seen.length - 5), seen.slice(5));
    const rest = events.slice(seen.length - 5);
    t.is(rest[0]?.event, 'workflow.started');
    t.true(rest.every(({ data }) => data.includes(id)));
  },
);

test.serial('a stream of one workflow holds nothing of others', async (t) => {
  const { api } = engine();
  const from = listen(`${api.url}/stream`, null, 'workflow.started');
  await from.open;
  const [other, mine] = [await api.start(orderBody()), await api.start(orderBody())];
  await awaitStatus(api, other.id, 'COMPLETED');
  await awaitStatus(api, mine.id, 'COMPLETED');

  const [begin] = await from.events;
  const url = `${api.url}/stream?workflowId=${mine.id}`;
  const events = await listen(url, begin?.id ?? '', 'workflow.completed').events;
  t.true(events.every(({ data }) => data.includes(mine.id)));
});

/** Listens until the n-th event of that name. */
function listen(url: string, lastEventId: string | null, until: string, times = 1) {
  const opened = Promise.withResolvers<void>();
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(20_000)]);
  async function read(): Promise<readonly StreamEvent[]> {
    const events: StreamEvent[] = [];
    let left = times;
    for await (const event of readEventStream(url, {
      lastEventId,
      signal,
      onOpen: opened.resolve,
    })) {
      events.push(event);
      if (event.event === until) left -= 1;
      if (left === 0) break;
    }
    ending.abort();
    return events;
  }
  return { open: opened.promise, events: read() };
}
