import test from 'ava';
import { buildConnector, Client } from 'undici';
import { exchange } from '#adapters/http/exchange.ts';
import { httpServer } from '#test/adapters/http/servers.ts';

test('a request that got no connection in time is not sent when the connection comes', async (t) => {
  const paths: unknown[] = [];
  const { url } = await httpServer(t, (request, response) => {
    paths.push(request.url);
    response.end();
  });
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const connect = buildConnector({});
  const client = new Client(url, {
    connect: (options, callback) => void released.then(() => connect(options, callback)),
  });
  t.teardown(() => client.destroy());

  const late = await exchange(client, { method: 'POST', path: '/late' }, 'reply', 50);
  t.deepEqual(late, { kind: 'timed-out', sent: false, status: null });

  release();
  const next = await exchange(client, { method: 'POST', path: '/next' }, 'reply', 5000);
  t.like(next, { kind: 'answered', status: 200 });
  t.deepEqual(paths, ['/next']);
});

test('a dispatcher that is destroyed refuses, and nothing was sent', async (t) => {
  const client = new Client('http://127.0.0.1:9');
  await client.destroy();
  const end = await exchange(client, { method: 'GET', path: '/' }, 'reply', 5000);
  t.like(end, { kind: 'broken', sent: false, status: null });
});
