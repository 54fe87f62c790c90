import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import type { BoardOptions } from '#api/board/mount-board.ts';
import { isProblem } from '#test/api/support/problem.ts';
import { startApi, type TestApi } from '#test/api/support/start-api.ts';

/** A fake of the board: what got through to it. */
function startWithBoard(t: ExecutionContext, options: Partial<BoardOptions> = {}) {
  return startApi(t, {
    board: {
      handler: (req, res) => void res.send(`board ${req.method} ${req.url}`),
      user: 'admin',
      password: null,
      allowChanges: false,
      ...options,
    },
  });
}

/** node:http sends the Host header that it is told to. */
async function ask(api: TestApi, headers: Record<string, string>, method = 'GET') {
  const { port } = api;
  const sent = request({ host: '127.0.0.1', port, path: '/admin/queues', method, headers }).end();
  const [response] = await new Promise<[IncomingMessage]>((resolve, reject) => {
    sent.once('response', (...args) => resolve(args)).once('error', reject);
  });
  return { status: response.statusCode, headers: response.headers, text: await text(response) };
}

const basic = (credentials: string) => ({
  Authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
});

test('without a password the board answers this machine', async (t) => {
  const api = await startWithBoard(t);
  for (const host of ['localhost', 'LOCALHOST:8080', '127.0.0.1', '127.8.8.8:1', '[::1]:8080']) {
    const { status, text: body } = await ask(api, { Host: host });
    t.deepEqual([status, body], [200, 'board GET /'], host);
  }
});

test('without a password it answers no other name: DNS rebinding', async (t) => {
  const api = await startWithBoard(t);
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:80',
    '0.0.0.0',
    '10.0.0.1',
  ]) {
    t.is((await ask(api, { Host: host })).status, 403, host);
  }
  isProblem(t, await api.call('GET', `${api.origin}/admin/queues`, { headers: { Via: '1.1 p' } }), {
    status: 403,
    error: 'PERMISSION_DENIED',
    title: 'Not permitted',
    message: 'Without a password the queues are shown on this machine only',
    path: '/admin/queues',
  });
});

test('without a password nobody comes in through a proxy', async (t) => {
  const api = await startWithBoard(t);
  for (const header of ['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host', 'Via']) {
    t.is((await ask(api, { Host: 'localhost', [header]: '127.0.0.1' })).status, 403, header);
  }
});

test('with a password everybody needs it, on whatever host', async (t) => {
  const api = await startWithBoard(t, { user: 'ops', password: 'pa:ss wörd' });
  const answer = await api.call('GET', `${api.origin}/admin/queues`);
  t.is(answer.headers.get('www-authenticate'), 'Basic realm="queues", charset="UTF-8"');
  isProblem(t, answer, {
    status: 401,
    error: 'UNAUTHORIZED',
    title: 'Authentication needed',
    message: 'This page needs a user and a password',
    path: '/admin/queues',
  });
  for (const wrong of ['ops:', 'ops:pa', 'ops:pa:ss wörd ', 'Ops:pa:ss wörd', 'pa:ss wörd', '']) {
    t.is((await ask(api, { Host: 'localhost', ...basic(wrong) })).status, 401, wrong);
  }
  for (const odd of ['Bearer x', 'Basic', 'Basic !!!']) {
    t.is((await ask(api, { Host: 'localhost', Authorization: odd })).status, 401, odd);
  }
  t.is((await ask(api, { Host: 'wes.example', ...basic('ops:pa:ss wörd') })).status, 200);
});

test('nothing is changed through a board that is read-only', async (t) => {
  const api = await startWithBoard(t);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const { status, headers } = await ask(api, { Host: 'localhost' }, method);
    t.deepEqual([status, headers.allow], [405, 'GET, HEAD']);
  }
});

test('a board that allows changes takes them from its own page only', async (t) => {
  const api = await startWithBoard(t, { allowChanges: true });
  const put = (headers: Record<string, string>) =>
    ask(api, { Host: 'localhost', ...headers }, 'PUT');
  t.is((await put({ 'Sec-Fetch-Site': 'same-origin', Origin: 'http://localhost' })).status, 200);
  t.is((await put({ Origin: 'http://localhost' })).status, 200);
  t.is((await put({ Origin: 'https://evil.example' })).status, 403);
  t.is((await put({ 'Sec-Fetch-Site': 'cross-site' })).status, 403);
});

test('only the board’s path has the policy that its page needs', async (t) => {
  const api = await startWithBoard(t);
  const board = (await ask(api, { Host: 'localhost' })).headers['content-security-policy'];
  t.regex(String(board), /script-src 'self';.*style-src 'self' 'unsafe-inline'/);
  t.notRegex(String(board), /upgrade-insecure-requests/);
  const { headers } = await api.call('GET', '/workflows');
  t.not(headers.get('content-security-policy'), board);
});

test('without a board there is no such page', async (t) => {
  const api = await startApi(t);
  t.is((await api.call('GET', `${api.origin}/admin/queues`)).status, 404);
});
