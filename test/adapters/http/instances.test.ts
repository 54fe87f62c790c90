import type { ServerResponse } from 'node:http';
import test from 'ava';
import { createInstances, pickInstance } from '#adapters/http/instances.ts';
import { aCall, inventoryAt } from '#test/adapters/http/callers.ts';
import { CLOSED_PORT, httpServer } from '#test/adapters/http/servers.ts';

test('calls go to the instance with the least calls under way', async (t) => {
  const held: ServerResponse[] = [];
  const { promise: bothHeld, resolve } = Promise.withResolvers<void>();
  const slow = await httpServer(t, (_, response) => {
    if (held.push(response) === 1) resolve();
  });
  let answered = 0;
  const quick = await httpServer(t, (_, response) => {
    answered += 1;
    response.end();
  });
  const { caller } = inventoryAt(t, [slow.url, quick.url]);
  const first = caller.call(aCall());
  const second = caller.call(aCall());
  await bothHeld;
  await Promise.race([first, second]);
  for (let call = 0; call < 10; call += 1) await caller.call(aCall());
  t.is(held.length, 1);
  t.is(answered, 11);
  held[0]?.end();
  await Promise.all([first, second]);
});

test('equals are called in turn', async (t) => {
  const calls = [0, 0, 0];
  const servers = await Promise.all(
    calls.map((_, index) =>
      httpServer(t, (__, response) => {
        calls[index] = (calls[index] ?? 0) + 1;
        response.end();
      }),
    ),
  );
  const { caller } = inventoryAt(
    t,
    servers.map(({ url }) => url),
  );
  for (let call = 0; call < 9; call += 1) await caller.call(aCall());
  t.deepEqual(calls, [3, 3, 3]);
});

test('an instance that can not be reached is passed over for five seconds, then tried again', async (t) => {
  const { url } = await httpServer(t, (_, response) => void response.end());
  const { caller, clock } = inventoryAt(t, [CLOSED_PORT, url]);
  async function kinds(calls: number): Promise<string[]> {
    const seen: string[] = [];
    for (let call = 0; call < calls; call += 1) seen.push((await caller.call(aCall())).kind);
    return seen;
  }
  const first = await kinds(12);
  t.is(first.filter((kind) => kind === 'failed').length, 1);
  clock.advance(4999);
  t.false((await kinds(4)).includes('failed'));
  clock.advance(1);
  t.is((await kinds(4)).filter((kind) => kind === 'failed').length, 1);
  t.like(caller.breakers(), [{ state: 'closed' }]);
});

test('where all were unreachable, one is tried all the same', (t) => {
  const instances = createInstances([
    { url: 'http://a', origin: 'http://a', basePath: '' },
    { url: 'http://b', origin: 'http://b', basePath: '' },
  ]);
  for (const instance of instances) instance.avoidUntil = 5000;
  t.is(pickInstance(instances, 0, 1000), instances[0]);
  t.is(pickInstance(instances, 1, 1000), instances[1]);
});

test('a clock that is set back does not keep an instance out', (t) => {
  const [a, b] = createInstances([
    { url: 'http://a', origin: 'http://a', basePath: '' },
    { url: 'http://b', origin: 'http://b', basePath: '' },
  ]) as [ReturnType<typeof createInstances>[0], ReturnType<typeof createInstances>[0]];
  if (!a || !b) return t.fail();
  a.avoidUntil = 1_000_000;
  t.is(pickInstance([a, b], 0, 1000), a);
});
