import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { problemSchema } from '#api/schemas/problem.ts';
import { MissingPieceError } from '#composition/missing-piece.ts';
import { openFrontDoor } from '#composition/front-door.ts';

const GRACE_MS = 30_000;

async function door(t: ExecutionContext) {
  const opened = await openFrontDoor('127.0.0.1', 0);
  t.teardown(() => opened.close(0));
  return { ...opened, port: Number(new URL(opened.url).port) };
}

/** The head of the answer, on a connection of the agent's. */
function ask(url: string, agent: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, resolve).once('error', reject).end();
  });
}

/** Does the door close long before its grace is over? */
async function closesAtOnce(opened: { close(graceMs: number): Promise<void> }): Promise<boolean> {
  const begunAt = performance.now();
  await opened.close(GRACE_MS);
  return performance.now() - begunAt < GRACE_MS / 3;
}

test('before and after the application only probes are answered', async (t) => {
  const { url, admit, shut } = await door(t);
  const statuses = async () => [
    (await fetch(`${url}/livez`)).status,
    (await fetch(`${url}/readyz`)).status,
    (await fetch(`${url}/else`)).status,
  ];
  t.deepEqual(await statuses(), [200, 503, 503]);
  admit((_request, response) => void response.writeHead(204).end());
  t.deepEqual(await statuses(), [204, 204, 204]);
  shut();
  t.deepEqual(await statuses(), [200, 503, 503]);
});

test('what is refused before the application is there is a problem like all others', async (t) => {
  const { url } = await door(t);
  const response = await fetch(`${url}/api/v1/workflows?limit=1`);
  t.is(response.headers.get('content-type'), 'application/problem+json');
  const problem = problemSchema.parse(await response.json());
  t.like(problem, { status: 503, error: 'SERVICE_UNAVAILABLE', path: '/api/v1/workflows' });
});

test('a connection on which nothing was asked yet does not hold up the close', async (t) => {
  const opened = await door(t);
  const socket = connect(opened.port, '127.0.0.1');
  await once(socket, 'connect');
  await fetch(`${opened.url}/livez`); // by now the server has seen both
  t.true(await closesAtOnce(opened));
  socket.destroy();
});

test('a connection that is kept alive does not hold up the close', async (t) => {
  const opened = await door(t);
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  const response = await ask(`${opened.url}/livez`, agent);
  response.resume();
  await once(response, 'end');
  t.true(await closesAtOnce(opened));
});

test('a request under way is answered, and its connection does not stay open after it', async (t) => {
  const opened = await door(t);
  const held = Promise.withResolvers<() => void>();
  opened.admit((_request, response) => held.resolve(() => void response.end('late')));
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  const answered = ask(opened.url, agent);
  const answer = await held.promise;

  const closed = closesAtOnce(opened);
  answer();
  t.is(await text(await answered), 'late');
  t.true(await closed);
});

test('a request that does not end is broken off when the grace is over', async (t) => {
  const opened = await door(t);
  const held = Promise.withResolvers<void>();
  opened.admit(() => held.resolve());
  const broken = t.throwsAsync(fetch(opened.url));
  await held.promise;
  await opened.close(100);
  await broken;
});

test('a port that is taken is a missing piece, and the message names it', async (t) => {
  const { port } = await door(t);
  const error = await t.throwsAsync(openFrontDoor('127.0.0.1', port), {
    instanceOf: MissingPieceError,
  });
  t.regex(error.message, new RegExp(`port ${port} .*taken`));
});
