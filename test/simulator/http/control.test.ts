import test from 'ava';
import { simulatorFor } from '#test/simulator/support/client.ts';

const WAVES = '/wms-core-service/waves';

test('the ledger is read by workflow, or page by page', async (t) => {
  const { call } = await simulatorFor(t);
  for (const id of ['wf-1', 'wf-2', 'wf-1']) {
    await call('POST', WAVES, `${id}:create-wave:do`, {});
    await call('DELETE', `${WAVES}/W`, `${id}:create-wave:undo`);
  }
  const { json } = await call('GET', '/_control/ledger?workflowId=wf-2', null);
  t.like(json, {
    entries: {
      length: 2,
      0: {
        seq: 3,
        kind: 'do',
        workflowId: 'wf-2',
        stepId: 'create-wave',
        service: 'wms-core-service',
        operation: 'createWave',
        key: 'wf-2:create-wave:do',
      },
      1: { seq: 4, kind: 'undo', operation: 'cancelWave' },
    },
  });
  const page = await call('GET', '/_control/ledger?after=1&limit=2', null);
  t.like(page.json, { entries: { length: 2, 0: { seq: 2 }, 1: { seq: 3 } } });
  t.is((await call('GET', '/_control/ledger?limit=none', null)).status, 400);
});

test('the ledger is checked against the outcomes that are posted', async (t) => {
  const { call } = await simulatorFor(t);
  const tasks = '/warehouse-operations-service/tasks/batch';
  await call('POST', WAVES, 'good:create-wave:do', {});
  await call('POST', tasks, 'good:tasks:do', {});
  await call('POST', '/warehouse-operations-service/operations/cancelTask', 'good:tasks:undo', {});
  await call('DELETE', `${WAVES}/W`, 'good:create-wave:undo');
  await call('POST', WAVES, 'bad:create-wave:do', {});
  await call('POST', WAVES, 'silent:create-wave:do', {});
  const outcomes = [
    { workflowId: 'good', status: 'COMPENSATED' },
    { workflowId: 'bad', status: 'COMPENSATED' },
  ];
  const { json } = await call('POST', '/_control/ledger/check', null, outcomes);
  t.like(json, {
    ok: false,
    workflows: 2,
    unlisted: 1,
    applied: 3,
    undone: 2,
    duplicated: 0,
    leftUndone: 1,
    outOfOrder: 0,
    offences: {
      length: 1,
      0: { offence: 'left-undone', workflowId: 'bad', stepId: 'create-wave' },
    },
  });
  t.like((await call('GET', '/_control/ledger/check', null)).json, { ok: true, unlisted: 3 });
  const wrong = [{ workflowId: 'good', status: 'GONE' }];
  t.is((await call('POST', '/_control/ledger/check', null, wrong)).status, 400);
});

test('overlapping calls are judged in no order, calls one after another are', async (t) => {
  const { simulator, call } = await simulatorFor(t, {
    faults: { scripts: [{ stepId: 'a', fault: { kind: 'slow', delayMs: 1000 } }] },
  });
  for (const id of ['parallel', 'serial']) {
    const a = call('POST', WAVES, `${id}:a:do`, {});
    if (id === 'serial') await a;
    else while (simulator.stats().faults['slow'] === undefined) await new Promise(setImmediate);
    await Promise.all([a, call('POST', WAVES, `${id}:b:do`, {})]);
    await call('DELETE', `${WAVES}/A`, `${id}:a:undo`);
    await call('DELETE', `${WAVES}/B`, `${id}:b:undo`);
  }
  const { offences } = simulator.check([
    { workflowId: 'parallel', status: 'COMPENSATED' },
    { workflowId: 'serial', status: 'COMPENSATED' },
  ]);
  t.like(offences, { length: 1, 0: { offence: 'undone-out-of-order', workflowId: 'serial' } });
});

test('an effect whose answer was lost is judged in no order', async (t) => {
  const { simulator, call } = await simulatorFor(t, {
    faults: { scripts: [{ stepId: 'a', fault: { kind: 'status', status: 500, applied: true } }] },
  });
  await call('POST', WAVES, 'wf:a:do', {});
  await call('POST', WAVES, 'wf:b:do', {});
  await call('DELETE', `${WAVES}/A`, 'wf:a:undo');
  await call('DELETE', `${WAVES}/B`, 'wf:b:undo');
  t.like(simulator.check([{ workflowId: 'wf', status: 'COMPENSATED' }]), { ok: true, undone: 2 });
});

test('statistics count calls by service, operation and answer', async (t) => {
  const { call } = await simulatorFor(t);
  await call('POST', WAVES, 'wf:create-wave:do', {});
  await call('POST', WAVES, 'wf:create-wave:do', {});
  await call('POST', WAVES, null, {});
  const { json } = await call('GET', '/_control/stats', null);
  t.deepEqual(json, {
    calls: 3,
    replays: 1,
    refusals: 0,
    faults: {},
    services: { 'wms-core-service': { createWave: { 200: 2, 400: 1 } } },
  });
});

test('faults, scripts and outages are set over HTTP, and a reset forgets all but those of the start', async (t) => {
  const { simulator, call } = await simulatorFor(t, {
    faults: {
      rules: [{ operation: 'createWave', rate: 1, fault: { kind: 'status', status: 500 } }],
    },
  });
  const wave = async (id: string) => (await call('POST', WAVES, `${id}:create-wave:do`, {})).status;
  t.is(await wave('wf-1'), 500);
  t.is((await call('POST', '/_control/faults', null, {})).status, 200);
  t.is(await wave('wf-1'), 200);
  const script = { stepId: 'create-wave', fault: { kind: 'status', status: 418 } };
  t.deepEqual((await call('POST', '/_control/scripts', null, script)).json, { added: 1 });
  t.like((await call('GET', '/_control/faults', null)).json, { scripts: [script] });
  t.is(await wave('wf-2'), 418);
  const outage = { service: 'wms-core-service', durationMs: 60_000 };
  t.is((await call('POST', '/_control/outage', null, outage)).status, 200);
  t.is(await wave('wf-3'), 503);
  t.is((await call('POST', '/_control/reset', null)).status, 200);
  t.deepEqual(simulator.entries(0, 10), []);
  t.is(simulator.stats().calls, 0);
  t.is(await wave('wf-1'), 500);
});

test('input that can not be is answered 400 with every problem, and changes nothing', async (t) => {
  const { simulator, call } = await simulatorFor(t);
  const before = simulator.faults();
  const { status, json } = await call('POST', '/_control/faults', null, {
    rules: [
      { service: 'no-service', rate: 2, fault: { kind: 'reset' } },
      { operation: 'createWave', rate: 1, fault: { kind: 'business' } },
    ],
  });
  t.is(status, 400);
  t.like(json, { problems: { 0: { path: 'rules.0.rate' } } });
  t.deepEqual(simulator.faults(), before);
  t.is((await call('POST', '/_control/outage', null, { service: 'x', durationMs: 1 })).status, 400);
  t.is((await call('POST', '/_control/scripts', null, [{ stepId: 's' }])).status, 400);
});

test('the control API says what it has, and hands out the registry of its services', async (t) => {
  const { simulator, call } = await simulatorFor(t);
  t.is((await call('GET', '/_control/nothing', null)).status, 404);
  const wrong = await call('DELETE', '/_control/reset', null);
  t.like(wrong, { status: 405, headers: { allow: 'POST' } });
  const { json } = await call('GET', '/_control/registry', null);
  t.like(json, {
    services: { 'inventory-service': { instances: [`${simulator.url}/inventory-service`] } },
  });
});
