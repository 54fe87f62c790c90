import test from 'ava';
import { z } from 'zod';
import { spellingsOf } from '#simulator/operation.ts';
import { CATALOGUE } from '#simulator/services.ts';
import { simulatorFor } from '#test/simulator/support/client.ts';

const WAVES = '/wms-core-service/waves';

test('every operation of every service answers, by its own route and by name', async (t) => {
  const { simulator, call } = await simulatorFor(t);
  let calls = 0;
  for (const [service, operations] of CATALOGUE) {
    for (const operation of operations) {
      for (const spelling of spellingsOf(operation)) {
        const key = `wf-${(calls += 1)}:step:do`;
        const path = `/${service}/operations/${encodeURIComponent(spelling)}`;
        const seen = await call('POST', path, key, {});
        t.is(seen.status, 200, `${service} ${spelling}: ${seen.text}`);
      }
      if (operation.http === null) continue;
      const { method, path } = operation.http;
      const key = `wf-${(calls += 1)}:step:do`;
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const seen = await call(method, `/${service}${path.replaceAll(/[{}]/g, '')}`, key, body);
      t.is(seen.status, 200, `${service} ${method} ${path}: ${seen.text}`);
    }
  }
  t.is(simulator.stats().calls, calls);
  t.is(CATALOGUE.size, 26);
});

test('an effect happens once for a key, and its answer is given again byte for byte', async (t) => {
  const { simulator, call } = await simulatorFor(t);
  const first = await call('POST', WAVES, 'wf:create-wave:do', { orderId: 'O-1' });
  const again = await call('POST', WAVES, 'wf:create-wave:do', { orderId: 'another' });
  t.is(first.headers['idempotent-replay'], undefined);
  t.is(again.headers['idempotent-replay'], 'true');
  t.is(again.text, first.text);
  t.like(simulator.entriesOf('wf'), { length: 1, 0: { kind: 'do', operation: 'createWave' } });
});

test('of many requests with one key at the same time, one is applied and all get its answer', async (t) => {
  const { simulator, call } = await simulatorFor(t, {
    faults: { latency: [{ medianMs: 15, sigma: 1, maxMs: 60 }] },
  });
  const seen = await Promise.all(
    Array.from({ length: 40 }, () => call('POST', WAVES, 'wf:create-wave:do', {})),
  );
  t.is(new Set(seen.map(({ text }) => text)).size, 1);
  t.is(seen.filter(({ headers }) => headers['idempotent-replay'] === undefined).length, 1);
  t.is(simulator.entriesOf('wf').length, 1);
  t.is(simulator.stats().replays, 39);
});

test('an undo takes the effect back once, and both stand in the ledger in order', async (t) => {
  const { simulator, call } = await simulatorFor(t);
  await call('POST', WAVES, 'wf:create-wave:do', {});
  const undone = await call('DELETE', `${WAVES}/W1`, 'wf:create-wave:undo');
  const again = await call('DELETE', `${WAVES}/W1`, 'wf:create-wave:undo');
  t.deepEqual(undone.json, { waveId: 'W1', status: 'CANCELLED' });
  t.is(again.text, undone.text);
  t.deepEqual(
    simulator.entriesOf('wf').map(({ seq, kind, operation }) => [seq, kind, operation]),
    [
      [1, 'do', 'createWave'],
      [2, 'undo', 'cancelWave'],
    ],
  );
});

test('an undo that finds nothing succeeds and shuts out the late do', async (t) => {
  const { simulator, call } = await simulatorFor(t);
  const undone = await call('DELETE', `${WAVES}/W1`, 'wf:create-wave:undo');
  t.like(undone, { status: 200, json: { status: 'NOTHING_TO_UNDO' } });
  const late = await call('POST', WAVES, 'wf:create-wave:do', {});
  t.is(late.status, 409);
  const otherStep = await call('POST', WAVES, 'wf:other:do', {});
  t.is(otherStep.status, 200, 'only that step is shut out');
  t.deepEqual(
    simulator.entriesOf('wf').map(({ kind, stepId }) => [kind, stepId]),
    [
      ['noop', 'create-wave'],
      ['do', 'other'],
    ],
  );
  t.is(simulator.stats().refusals, 1);
});

test('a do that is overtaken by its own undo while it is slow has no effect', async (t) => {
  const { simulator, call } = await simulatorFor(t, {
    faults: { scripts: [{ stepId: 'create-wave', fault: { kind: 'slow', delayMs: 1500 } }] },
  });
  const slow = call('POST', WAVES, 'wf:create-wave:do', {});
  while (simulator.stats().faults['slow'] === undefined) await new Promise(setImmediate);
  await call('DELETE', `${WAVES}/W1`, 'wf:create-wave:undo');
  t.is((await slow).status, 409);
  t.deepEqual(
    simulator.entriesOf('wf').map(({ kind }) => kind),
    ['noop'],
  );
});

test('identifiers follow from seed and key, and later calls echo those they are given', async (t) => {
  const { call } = await simulatorFor(t, { seed: 7 });
  const { call: sameSeed } = await simulatorFor(t, { seed: 7 });
  const { call: otherSeed } = await simulatorFor(t, { seed: 8 });
  const first = await call('POST', WAVES, 'wf:create-wave:do', {});
  t.is((await sameSeed('POST', WAVES, 'wf:create-wave:do', {})).text, first.text);
  t.not((await otherSeed('POST', WAVES, 'wf:create-wave:do', {})).text, first.text);
  t.not((await call('POST', WAVES, 'wf2:create-wave:do', {})).text, first.text);
  const released = await call('POST', `${WAVES}/WAVE%2F9/release`, 'wf:release-wave:do', {});
  t.deepEqual(released.json, { waveId: 'WAVE/9', status: 'RELEASED' });
});

test('replies hold what later steps need', async (t) => {
  const { call } = await simulatorFor(t);
  const lines = [
    { sku: 'A', quantity: 2 },
    { sku: 'B', quantity: 1 },
  ];
  const stock = '/inventory-service/allocations/bulk';
  const tasks = '/warehouse-operations-service/tasks/batch';
  t.like(await call('POST', stock, 'wf:reserve:do', { orderId: 'O-1', lines }), {
    json: { order_id: 'O-1', failed_allocations: 0, successful_allocations: 2 },
  });
  const { json } = await call('POST', tasks, 'wf:tasks:do', { tasks: lines });
  const batch = z.object({ taskId: z.string(), taskIds: z.array(z.string()) }).parse(json);
  t.is(new Set(batch.taskIds).size, 2);
  t.deepEqual(batch.taskIds.slice(0, 1), [batch.taskId]);
});

test('a route shared by several operations is understood from the key and what was done', async (t) => {
  const { simulator, call } = await simulatorFor(t);
  const level = '/inventory-service/stock_levels/A';
  await call('POST', '/inventory-service/allocations/bulk', 'wf:reserve:do', {});
  await call('PATCH', level, 'wf:adjust:do', { quantity: 1 });
  await call('PATCH', level, 'wf:adjust:undo', { quantity: -1 });
  await call('PATCH', level, 'wf:reserve:undo', { quantity: -1 });
  t.deepEqual(
    simulator.entriesOf('wf').map(({ operation }) => operation),
    ['bulkAllocateStock', 'adjustStockLevel', 'reverseAdjustment', 'deallocateStock'],
  );
});

test('reads are answered without a key and leave no trace in the ledger', async (t) => {
  const { simulator, call } = await simulatorFor(t);
  const path = '/order-management-service/fulfillment_orders/O-1';
  t.like(await call('GET', path, null), { status: 200, json: { order_id: 'O-1' } });
  t.is((await call('GET', path, 'wf:validate:do')).status, 200);
  await call('POST', '/packing-service/packing-solutions', 'wf:plan:do', {});
  t.deepEqual(simulator.entriesOf('wf'), []);
  t.is(simulator.stats().calls, 3);
});

for (const [what, status, method, path, key, body] of [
  ['an effect without a key', 400, 'POST', WAVES, null, {}],
  ['a key of another form', 400, 'POST', WAVES, 'wf-create-wave-do', {}],
  ['an unknown service', 404, 'POST', '/no-service/waves', 'wf:s:do', {}],
  ['an unknown path', 404, 'POST', '/wms-core-service/tides', 'wf:s:do', {}],
  ['an unknown operation', 404, 'POST', '/wms-core-service/operations/x', 'wf:s:do', {}],
  ['another method', 405, 'PUT', WAVES, 'wf:s:do', {}],
  ['a path that is not well encoded', 400, 'DELETE', `${WAVES}/%E0%A4%A`, 'wf:s:do', undefined],
  ['a body that is not JSON', 400, 'POST', WAVES, 'wf:s:do', '{"a":'],
  ['a body that is no object', 422, 'POST', WAVES, 'wf:s:do', [1]],
  ['a body above 1 MiB', 413, 'POST', WAVES, 'wf:s:do', { pad: 'x'.repeat(1_100_000) }],
] as const) {
  test(`${what} is turned away with ${status}, and nothing is done`, async (t) => {
    const { simulator, call } = await simulatorFor(t);
    const seen = await call(method, path, key, body);
    t.is(seen.status, status);
    t.is(seen.headers['content-type'], 'application/problem+json');
    t.deepEqual(simulator.entries(0, 10), []);
  });
}
