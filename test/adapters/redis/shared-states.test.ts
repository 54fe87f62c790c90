import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { openRedis, producerConnection } from '#adapters/redis/connection.ts';
import { createSharedStates } from '#adapters/redis/shared-states.ts';
import type { SharedState } from '#application/ports/shared-states.ts';
import { decideCreation } from '#domain/workflow/decide.ts';
import { call, creationOf, definitionOf } from '#test/support/domain-definitions.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { redisForFile, startTestRedis } from '#test/support/redis-server.ts';
import { until } from '#test/support/until.ts';

const server = redisForFile(test);

async function open(t: ExecutionContext, { capacity = 100, url = server().url } = {}) {
  const redis = openRedis(producerConnection(url), 'shared state test', recordingLogger());
  t.teardown(() => redis.disconnect());
  await until(() => redis.status === 'ready');
  const prefix = `{${randomUUID()}}`;
  // patient, for the machine may be busy; `hasty` is as the engine has it
  const states = () => createSharedStates({ redis, prefix, capacity, answerMs: 10_000 });
  const hasty = () => createSharedStates({ redis, prefix, capacity });
  return { redis, hasty, key: `${prefix}:states`, states };
}

const DEFINITION = definitionOf([call('a'), call('b', ['a'])]);

function stateOf(workflowId: string, changes: Partial<SharedState> = {}): SharedState {
  const { state } = decideCreation(DEFINITION, workflowId, creationOf(DEFINITION), 0);
  const { definition: _known, ...shared } = state;
  return { ...shared, ...changes };
}

test('one process finds what another left, exactly as it was', async (t) => {
  const { states } = await open(t);
  const state = stateOf('w', {
    input: { note: 'ünï \u0000\n"', nested: [{ a: null }], ['__proto__']: { x: 1 } },
    failure: { code: 'TIMEOUT', message: 'late', stepId: 'a' },
  });
  await states().put(state);
  t.deepEqual(await states().get('w'), state);
  t.is(await states().get('other'), null);
});

test('an older state never replaces a newer one, however late it comes', async (t) => {
  const { states } = await open(t);
  await states().put(stateOf('w', { version: 10 }));
  await states().put(stateOf('w', { version: 9 }));
  t.is((await states().get('w'))?.version, 10);
  await states().put(stateOf('w', { version: 11 }));
  t.is((await states().get('w'))?.version, 11);
});

test('it holds so many and no more: the least recently used goes first', async (t) => {
  const { redis, key, states } = await open(t, { capacity: 3 });
  for (const id of ['a', 'b', 'c']) await states().put(stateOf(id));
  await states().get('a');
  await states().put(stateOf('d'));
  const found = await Promise.all(['a', 'b', 'c', 'd'].map((id) => states().get(id)));
  t.deepEqual(
    found.map((state) => state?.workflowId),
    ['a', undefined, 'c', 'd'],
  );
  for (let n = 0; n < 50; n += 1) await states().put(stateOf(`w${n}`));
  t.is(await redis.hlen(key), 3);
  t.is(await redis.zcard(`${key}:used`), 3);
});

test('a smaller capacity takes effect with the next state', async (t) => {
  const { redis, key, states } = await open(t, { capacity: 10 });
  for (let n = 0; n < 10; n += 1) await states().put(stateOf(`w${n}`));
  const prefix = key.replace(/:states$/, '');
  await createSharedStates({ redis, prefix, capacity: 2, answerMs: 10_000 }).put(stateOf('last'));
  t.is(await redis.hlen(key), 2);
});

test('what is large is not kept, and all of it goes when nobody comes any more', async (t) => {
  const { redis, key, states } = await open(t);
  await states().put(stateOf('large', { input: { text: 'x'.repeat(70_000) } }));
  t.is(await states().get('large'), null);
  await states().put(stateOf('w'));
  for (const each of [key, `${key}:used`]) t.true((await redis.pttl(each)) > 0);
});

test('what is dropped is gone', async (t) => {
  const { redis, key, states } = await open(t);
  await states().put(stateOf('w'));
  await states().drop('w');
  t.is(await states().get('w'), null);
  t.is(await redis.exists(key, `${key}:used`), 0);
});

test('what is none of ours, of another release, or of another workflow is no state', async (t) => {
  const { redis, key, states } = await open(t);
  const { pace: _left, ...older } = stateOf('w');
  const strangers = [
    '{',
    '1 {}',
    'null',
    `1 ${JSON.stringify({ ...stateOf('w'), steps: [], news: true })}`,
    `1 ${JSON.stringify({ ...older, steps: [] })}`,
    `1 ${JSON.stringify({ ...stateOf('other'), steps: [] })}`,
  ];
  for (const text of strangers) {
    await redis.hset(key, 'w', text);
    t.is(await states().get('w'), null, text);
  }
  await redis.hset(key, 'w', `1 ${JSON.stringify({ ...stateOf('w'), steps: [] })}`);
  t.not(await states().get('w'), null);
});

test('FLUSHALL takes all of it and breaks nothing', async (t) => {
  const own = await startTestRedis();
  t.teardown(own.dispose);
  const { redis, states } = await open(t, { url: own.url });
  await states().put(stateOf('w'));
  await redis.flushall();
  t.is(await states().get('w'), null);
  await states().put(stateOf('w'));
  t.is((await states().get('w'))?.workflowId, 'w');
});

test('a Redis that is silent or dead costs one short wait, not one for each question', async (t) => {
  const own = await startTestRedis();
  t.teardown(own.dispose);
  const { redis, hasty } = await open(t, { url: own.url });
  const [silent, dead] = [hasty(), hasty()];
  await silent.put(stateOf('w'));
  await redis.client('PAUSE', 3000);
  let asked = performance.now();
  for (let n = 0; n < 50; n += 1) t.is(await silent.get('w'), null);
  t.true(performance.now() - asked < 900);
  await own.kill();
  asked = performance.now();
  for (let n = 0; n < 50; n += 1) {
    await dead.put(stateOf('w'));
    await dead.drop('w');
    t.is(await dead.get('w'), null);
  }
  t.true(performance.now() - asked < 900);
});
