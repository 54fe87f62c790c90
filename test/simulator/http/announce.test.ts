import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { parseJson } from '#domain/parse-json.ts';
import type { Json } from '#domain/json.ts';
import { simulatorFor } from '#test/simulator/support/client.ts';
import { until } from '#test/support/until.ts';

const START = '/picking-service/sessions/PICK-1/start';
const KEY = 'wf:pick-items:do';
const AT_ONCE = [{ medianMs: 0, sigma: 0 }];

/** A stub of an engine that hears events, the first of which it answers with these statuses. */
async function listener(t: ExecutionContext, ...statuses: number[]) {
  const heard: Json[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => (text += part));
    request.on('end', () => {
      heard.push(parseJson(text));
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { heard, url: `http://127.0.0.1:${port}/api/v1/events` };
}

test('work that is done is told by an event, once, however often it was asked for', async (t) => {
  const { heard, url } = await listener(t);
  const { call } = await simulatorFor(t, { events: { url, latency: AT_ONCE } });
  for (let times = 0; times < 3; times += 1)
    await call('POST', START, KEY, { sessionId: 'PICK-1' });
  await until(() => heard.length > 0, 10_000);
  await call('POST', START, 'wf2:pick-items:do', { sessionId: 'PICK-1' });
  await until(() => heard.length > 1, 10_000);
  t.is(heard.length, 2);
  t.like(heard[0], {
    specversion: '1.0',
    id: KEY,
    source: '/picking-service',
    type: 'com.paklog.wes.picking.completed.v1',
    data: { sessionId: 'PICK-1', shortPicks: 0 },
  });
});

test('an event that nobody takes is sent again, one that is refused is not', async (t) => {
  const { heard, url } = await listener(t, 503, 404);
  const { call } = await simulatorFor(t, { events: { url, latency: AT_ONCE } });
  await call('POST', START, KEY, { sessionId: 'PICK-1' });
  await until(() => heard.length === 2, 10_000);
  t.deepEqual(heard[0], heard[1]);
});

test('what was undone meanwhile is not told, nor what happens once events are switched off', async (t) => {
  const { heard, url } = await listener(t);
  const { call, simulator } = await simulatorFor(t, {
    events: { url, latency: [{ operation: 'startPickSession', medianMs: 300, sigma: 0 }] },
  });
  await call('POST', START, KEY, { sessionId: 'PICK-1' });
  await call('POST', '/picking-service/tasks', 'wf:pick-items:undo', {});
  simulator.sendEvents(null);
  await call('POST', START, 'wf2:pick-items:do', { sessionId: 'PICK-1' });
  simulator.sendEvents({ url, latency: [{ medianMs: 600, sigma: 0 }] });
  await call('POST', START, 'wf3:pick-items:do', { sessionId: 'PICK-1' });
  await until(() => heard.length > 0, 10_000);
  t.like(heard, { length: 1, 0: { id: 'wf3:pick-items:do' } });
});
