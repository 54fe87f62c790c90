import test from 'ava';
import type { ExecutionContext } from 'ava';
import type { FaultsInput, ScriptInput } from '#simulator/faults/config.ts';
import { simulatorFor } from '#test/simulator/support/client.ts';

type FaultInput = NonNullable<FaultsInput['rules']>[number]['fault'];

const LABELS = '/carrier-integration/shipments/S-1/label';
/** Long enough for the request to arrive on a loaded machine, well below what is held. */
const IMPATIENT_MS = 500;
const KEY = 'wf:generate-label:do';

/** A simulator whose label step meets the fault at its first request only. */
function withFault(t: ExecutionContext, fault: FaultInput, patienceMs?: number) {
  const scripts = [{ stepId: 'generate-label', attempts: [1], fault }];
  return simulatorFor(t, { faults: { scripts } }, patienceMs);
}

for (const applied of [false, true]) {
  const effect = applied ? 'after the effect' : 'without effect';

  test(`status: a 5xx ${effect}`, async (t) => {
    const { simulator, call } = await withFault(t, { kind: 'status', status: 502, applied });
    t.is((await call('POST', LABELS, KEY, {})).status, 502);
    t.is(simulator.entriesOf('wf').length, applied ? 1 : 0);
  });

  test(`reset: the connection breaks ${effect}`, async (t) => {
    const { simulator, call } = await withFault(t, { kind: 'reset', applied });
    await t.throwsAsync(call('POST', LABELS, KEY, {}), { code: 'ECONNRESET' });
    t.is(simulator.entriesOf('wf').length, applied ? 1 : 0);
    t.like(simulator.stats(), {
      faults: { reset: 1 },
      services: { 'carrier-integration': { generateShippingLabel: { reset: 1 } } },
    });
  });

  test(`timeout: silence ${effect} until the client gives up`, async (t) => {
    const { simulator, call } = await withFault(
      t,
      { kind: 'timeout', holdMs: 60_000, applied },
      IMPATIENT_MS,
    );
    await t.throwsAsync(call('POST', LABELS, KEY, {}), { name: 'TimeoutError' });
    t.is(simulator.entriesOf('wf').length, applied ? 1 : 0);
  });
}

for (const fault of [
  { kind: 'status', status: 500, applied: true },
  { kind: 'reset', applied: true },
  { kind: 'garbage', form: 'truncated' },
] as const) {
  test(`a retry after a lost answer (${fault.kind}) gets it from memory`, async (t) => {
    const { simulator, call } = await withFault(t, fault);
    await call('POST', LABELS, KEY, {}).catch(() => 'broken off');
    const retried = await call('POST', LABELS, KEY, {});
    t.like(retried, { status: 200, json: { shipmentId: 'S-1' } });
    t.is(retried.headers['idempotent-replay'], 'true');
    t.is(simulator.entriesOf('wf').length, 1);
  });
}

test('timeout: after the hold the normal answer comes, or a reset where nothing was done', async (t) => {
  const done = await withFault(t, { kind: 'timeout', holdMs: 50 });
  t.is((await done.call('POST', LABELS, KEY, {})).status, 200);
  const not = await withFault(t, { kind: 'timeout', holdMs: 50, applied: false });
  await t.throwsAsync(not.call('POST', LABELS, KEY, {}));
  t.deepEqual(not.simulator.entriesOf('wf'), []);
});

test('slow: the call takes at least the delay and has its effect, though its caller has gone', async (t) => {
  const { simulator, call } = await withFault(t, { kind: 'slow', delayMs: 1500 }, IMPATIENT_MS);
  const startedAt = performance.now();
  await t.throwsAsync(call('POST', LABELS, KEY, {}), { name: 'TimeoutError' });
  t.deepEqual(simulator.entriesOf('wf'), []);
  while (simulator.entriesOf('wf').length === 0) await new Promise(setImmediate);
  t.true(performance.now() - startedAt >= 1490);
});

test('status: a 429 says when to come again', async (t) => {
  const { call } = await withFault(t, { kind: 'status', status: 429, retryAfterSeconds: 2 });
  const seen = await call('POST', LABELS, KEY, {});
  t.is(seen.status, 429);
  t.is(seen.headers['retry-after'], '2');
});

test('garbage: HTML, half a JSON text, or too much of it; with effect unless told otherwise', async (t) => {
  const html = await withFault(t, { kind: 'garbage', form: 'html' });
  t.like(await html.call('POST', LABELS, KEY, {}), {
    status: 200,
    json: undefined,
    headers: { 'content-type': 'text/html' },
  });
  t.is(html.simulator.entriesOf('wf').length, 1);
  const truncated = await withFault(t, { kind: 'garbage', form: 'truncated', applied: false });
  t.like(await truncated.call('POST', LABELS, KEY, {}), { status: 200, json: undefined });
  t.deepEqual(truncated.simulator.entriesOf('wf'), []);
  const oversized = await withFault(t, { kind: 'garbage', form: 'oversized' });
  t.true((await oversized.call('POST', LABELS, KEY, {})).text.length > 256 * 1024);
});

test('redirect: nothing is done, and the place it points to does not exist', async (t) => {
  const { simulator, call } = await withFault(t, { kind: 'redirect', status: 302 });
  const seen = await call('POST', LABELS, KEY, {});
  t.is(seen.status, 302);
  const { location } = seen.headers;
  t.is((await call('GET', String(location), null)).status, 404);
  t.deepEqual(simulator.entriesOf('wf'), []);
});

test('business: stock is refused as a whole by a 200, and may be had at the next try', async (t) => {
  const { simulator, call } = await simulatorFor(t, {
    faults: {
      scripts: [{ stepId: 'reserve', attempts: [1], fault: { kind: 'business' } }],
    },
  });
  const path = '/inventory-service/allocations/bulk';
  const lines = [{ sku: 'A', quantity: 1 }];
  t.like(await call('POST', path, 'wf:reserve:do', { lines }), {
    status: 200,
    json: { failed_allocations: 1, successful_allocations: 0 },
  });
  t.deepEqual(simulator.entriesOf('wf'), []);
  t.like(await call('POST', path, 'wf:reserve:do', { lines }), { json: { failed_allocations: 0 } });
});

test('business: what was done before under the key stands', async (t) => {
  const { call } = await simulatorFor(t, {
    faults: { scripts: [{ stepId: 'reserve', attempts: [2], fault: { kind: 'business' } }] },
  });
  const path = '/inventory-service/allocations/bulk';
  const first = await call('POST', path, 'wf:reserve:do', {});
  t.is((await call('POST', path, 'wf:reserve:do', {})).text, first.text);
});

test('business: what is still at work under the key is waited for, and stands', async (t) => {
  const scripts = [
    { stepId: 'reserve', attempts: [1], fault: { kind: 'slow', delayMs: 300 } },
    { stepId: 'reserve', attempts: [2], fault: { kind: 'business' } },
  ] satisfies ScriptInput[];
  const { simulator, call } = await simulatorFor(t, { faults: { scripts } });
  const path = '/inventory-service/allocations/bulk';
  const first = call('POST', path, 'wf:reserve:do', {});
  while (simulator.stats().faults['slow'] === undefined) await new Promise(setImmediate);
  const second = await call('POST', path, 'wf:reserve:do', {});
  t.is(second.text, (await first).text);
  t.is(second.headers['idempotent-replay'], 'true');
});

test('business: by a status of its own', async (t) => {
  const { simulator, call } = await withFault(t, { kind: 'business', status: 422 });
  t.is((await call('POST', LABELS, KEY, {})).status, 422);
  t.deepEqual(simulator.entries(0, 9), []);
});

test('business: with a reply of its own, or a 409 where the operation has no way to say no', async (t) => {
  const own = await withFault(t, { kind: 'business', reply: { labels: 0 } });
  t.like(await own.call('POST', LABELS, KEY, {}), { status: 200, json: { labels: 0 } });
  const none = await withFault(t, { kind: 'business' });
  t.is((await none.call('POST', LABELS, KEY, {})).status, 409);
  t.deepEqual([...own.simulator.entries(0, 9), ...none.simulator.entries(0, 9)], []);
});

test('scripts strike by workflow, by correlation id and by direction', async (t) => {
  const { simulator, call } = await simulatorFor(t);
  simulator.addScripts([
    { workflowId: 'wf-1', stepId: 's', fault: { kind: 'status', status: 501 } },
    { correlationId: 'order-2', stepId: 's', fault: { kind: 'status', status: 502 } },
    { stepId: 's', on: 'undo', fault: { kind: 'status', status: 503 } },
  ]);
  const status = async (key: string, correlationId = 'none') => {
    const seen = await call('POST', LABELS, key, {}, { 'x-correlation-id': correlationId });
    return seen.status;
  };
  t.is(await status('wf-1:s:do'), 501);
  t.is(await status('wf-2:s:do', 'order-2'), 502);
  t.is(await status('wf-3:s:undo'), 503);
  t.is(await status('wf-3:s:do'), 200);
  t.is(await status('wf-1:other:do'), 200);
});

test('an outage hits one service until it is over, and counts as no attempt', async (t) => {
  const { simulator, call } = await withFault(t, { kind: 'status', status: 500 });
  const waves = () => call('POST', '/wms-core-service/waves', 'wf:create-wave:do', {});
  simulator.beginOutage({ service: 'carrier-integration', durationMs: 60_000 });
  t.is((await call('POST', LABELS, KEY, {})).status, 503);
  t.is((await waves()).status, 200);
  simulator.beginOutage({ service: 'carrier-integration', durationMs: 60_000, as: 'reset' });
  await t.throwsAsync(call('POST', LABELS, KEY, {}));
  simulator.beginOutage({ service: 'carrier-integration', durationMs: 0 });
  t.is((await call('POST', LABELS, KEY, {})).status, 500, 'the fault of the first attempt');
  t.is((await call('POST', LABELS, KEY, {})).status, 200);
});

test('an outage ends by itself', async (t) => {
  const { simulator, call } = await simulatorFor(t);
  const startedAt = performance.now();
  simulator.beginOutage({ service: 'carrier-integration', durationMs: 1000 });
  let seen = await call('POST', LABELS, KEY, {});
  t.is(seen.status, 503);
  while (seen.status !== 200) seen = await call('POST', LABELS, KEY, {});
  t.true(performance.now() - startedAt >= 1000);
});

test('closing breaks off what is held, and frees the port', async (t) => {
  const { simulator, call } = await withFault(t, { kind: 'timeout', holdMs: 60_000 });
  const held = call('POST', LABELS, KEY, {});
  while (simulator.stats().faults['timeout'] === undefined) await new Promise(setImmediate);
  await Promise.all([simulator.close(), t.throwsAsync(held)]);
  const { simulator: next } = await simulatorFor(t, { port: simulator.port });
  t.is(next.port, simulator.port);
});
