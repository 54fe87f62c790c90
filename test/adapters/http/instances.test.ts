import type { ServerResponse } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { loadViewOf, serviceLoadOf } from '#test/support/load-figures.ts';
import type { ServiceCaller } from '#application/ports/service-caller.ts';
import { aCall, inventoryAt } from '#test/adapters/http/callers.ts';
import { CLOSED_PORT, httpServer } from '#test/adapters/http/servers.ts';
import { until } from '#test/support/until.ts';

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

/** Two instances: one answers as the test says, the other well. Counts the calls of each. */
async function pair(t: ExecutionContext) {
  const state = { status: 500, bad: 0, good: 0 };
  const bad = await httpServer(t, (_, response) => {
    state.bad += 1;
    response.writeHead(state.status).end();
  });
  const good = await httpServer(t, (_, response) => {
    state.good += 1;
    response.end();
  });
  const { caller, clock } = inventoryAt(t, [bad.url, good.url]);
  return { state, caller, clock, bad: bad.url, good: good.url };
}

async function callTimes(caller: ServiceCaller, count: number): Promise<void> {
  for (let call = 0; call < count; call += 1) await caller.call(aCall());
}

test('an instance that fails three times in a row is ejected, and the breaker stays closed', async (t) => {
  const { state, caller, clock } = await pair(t);
  await callTimes(caller, 40);
  t.is(state.bad, 3);
  t.like(caller.breakers(), [{ state: 'closed' }]);
  clock.advance(29_999);
  await callTimes(caller, 4);
  t.is(state.bad, 3);
});

test('it comes back after 30 s; one more failure ejects it for twice as long, a success for good', async (t) => {
  const { state, caller, clock } = await pair(t);
  await callTimes(caller, 40);
  clock.advance(30_000);
  await callTimes(caller, 10);
  t.is(state.bad, 4);
  clock.advance(59_999);
  await callTimes(caller, 10);
  t.is(state.bad, 4);
  clock.advance(1);
  state.status = 200;
  await callTimes(caller, 10);
  t.is(state.bad, 9);
});

test('what an ejected instance still answers does not count against the service', async (t) => {
  const held: ServerResponse[] = [];
  const slow = await httpServer(t, (_, response) => void held.push(response));
  const good = await httpServer(t, (_, response) => void response.end());
  const { caller } = inventoryAt(t, [slow.url, good.url]);
  const all = Array.from({ length: 40 }, () => caller.call(aCall()));
  await until(() => held.length >= 15);
  for (const response of held) response.writeHead(503).end();
  await Promise.all(all);
  t.like(caller.breakers(), [{ state: 'closed' }]);
});

test('where all instances fail the service is sick: its breaker opens', async (t) => {
  const bad = () => httpServer(t, (_, response) => void response.writeHead(500).end());
  const { caller } = inventoryAt(t, [(await bad()).url, (await bad()).url]);
  await callTimes(caller, 10);
  t.like(caller.breakers(), [{ state: 'open' }]);
});

test("the monitor's word steers: by free capacity, weight, and whether work is accepted", async (t) => {
  const { state, caller, clock, bad, good } = await pair(t);
  state.status = 200;
  const [known] = serviceLoadOf('inventory-service').instances;
  if (known === undefined) throw new Error('one instance is known');
  const steer = (changes: Partial<typeof known>, at = clock.now()) => {
    const instances = [
      { ...known, url: bad, ...changes },
      { ...known, url: good },
    ];
    caller.steer(loadViewOf(at, [serviceLoadOf('inventory-service', { instances })]));
    Object.assign(state, { bad: 0, good: 0 });
  };
  steer({ score: 60 });
  await callTimes(caller, 10);
  t.is(state.bad, 0, 'the less loaded one takes what comes one by one');
  steer({ score: 60 });
  await Promise.all(Array.from({ length: 110 }, () => caller.call(aCall())));
  t.true(state.bad > 20 && state.bad < 60, `${state.bad} of 110: about 40 to 70`);
  steer({ acceptsWork: false, score: 0 });
  await Promise.all(Array.from({ length: 20 }, () => caller.call(aCall())));
  t.is(state.bad, 0);
  steer({ weight: 2 });
  await callTimes(caller, 10);
  t.is(state.bad, 10);
  steer({ acceptsWork: false }, clock.now() - 60_000);
  await callTimes(caller, 10);
  t.is(state.bad, 5, 'a word that is old is none');
});
