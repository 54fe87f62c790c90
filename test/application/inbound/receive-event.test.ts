import test, { type ExecutionContext } from 'ava';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { decodeMessage } from '#application/inbound/decode-message.ts';
import { REMEMBER_MS } from '#application/inbound/inbound-record.ts';
import { receiveEvent } from '#application/inbound/receive-event.ts';
import type { InboundLog } from '#application/ports/inbound-log.ts';
import { inboundEngine } from '#test/application/inbound/inbound-engine.ts';
import { orderEvent, received } from '#test/application/inbound/messages.ts';
import { createFakeClock } from '#test/application/inbound/fake-clock.ts';

async function setUp(t: ExecutionContext) {
  const clock = createFakeClock();
  const store = createMemoryStore();
  t.teardown(() => store.close());
  const engine = await inboundEngine(store, clock.now);
  const receive = receiveEvent(engine);
  const of = (value: string, more = {}) =>
    receive(decodeMessage(received(value, more), engine.triggers.bare));
  return {
    ...engine,
    clock,
    of,
    order: (what: string, id: string, more = {}) => of(orderEvent(what, id, more)),
    workflows: () => store.list({}, null, 100),
    state: (workflowId: string) => engine.workflows.load(workflowId, { fresh: true }),
  };
}

test('a validated order starts its workflow, with input and name out of the event', async (t) => {
  const { order, state } = await setUp(t);
  const reception = await order('validated', 'o-1');
  t.is(reception.kind, 'done');
  const [workflowId = ''] = reception.kind === 'done' ? reception.workflowIds : [];
  const started = await state(workflowId);
  t.like(started, {
    status: 'EXECUTING',
    correlationId: 'o-1',
    workflowName: 'ORDER_FULFILLMENT o-1',
    triggeredBy: 'event:order-validated',
    priority: 'NORMAL',
  });
  t.deepEqual(started?.input, { orderId: 'o-1', customer: 'mia', from: '/orders' });
  t.deepEqual(started?.metadata, {
    event: {
      source: '/orders',
      id: 'validated-o-1',
      type: 'com.example.fulfillment.order.validated',
    },
  });
});

test('the same event again is a duplicate, also after a day', async (t) => {
  const { order, workflows, clock } = await setUp(t);
  await order('validated', 'o-1');
  t.deepEqual(await order('validated', 'o-1'), { kind: 'duplicate', outcome: 'started' });
  clock.move(REMEMBER_MS - 1);
  t.is((await order('validated', 'o-1')).kind, 'duplicate');
  t.is((await workflows()).length, 1);
});

test('the same event at many places at once starts one workflow', async (t) => {
  const { order, workflows } = await setUp(t);
  const receptions = await Promise.all(Array.from({ length: 20 }, () => order('validated', 'o-1')));
  t.true(receptions.every(({ kind }) => kind === 'done' || kind === 'duplicate'));
  t.is((await workflows()).length, 1);
});

test('an event whose effect was made but not written down is made no second time', async (t) => {
  const engine = await inboundEngine(createMemoryStore());
  const forgetful: InboundLog = {
    findInbound: async () => null,
    recordInbound: async () => {
      throw new Error('killed here');
    },
  };
  const dying = receiveEvent({ ...engine, store: { ...engine.store, ...forgetful } });
  const event = decodeMessage(received(orderEvent('validated', 'o-1')), engine.triggers.bare);
  await t.throwsAsync(dying(event), { message: 'killed here' });
  const again = await receiveEvent(engine)(event);
  t.is(again.kind, 'done');
  t.is((await engine.store.list({}, null, 10)).length, 1);
});

test('two different events with one id: the first takes effect, the second is refused by name', async (t) => {
  const { order, workflows } = await setUp(t);
  await order('validated', 'o-1', { id: 'same' });
  const refused = await order('validated', 'o-2', { id: 'same' });
  t.like(refused, { kind: 'refuse', reason: 'id-reused' });
  t.is((await workflows()).length, 1);
  t.is(
    (await order('validated', 'o-2', { id: 'same', source: '/shop' })).kind,
    'done',
    'another source',
  );
});

test('an invalidated order is cancelled; one that was never begun is nothing to end', async (t) => {
  const { order, workflows } = await setUp(t);
  await order('validated', 'o-1');
  t.like(await order('invalidated', 'o-1'), { kind: 'done', outcome: 'cancel' });
  t.deepEqual(
    (await workflows()).map(({ status }) => status),
    ['CANCELLED'],
  );
  t.like(await order('invalidated', 'o-9'), { kind: 'done', outcome: 'nothing to end' });
});

test('a cancelled order is cancelled, whatever other orders do, and a second cancellation changes nothing', async (t) => {
  const { order, workflows } = await setUp(t);
  await order('validated', 'o-1');
  await order('validated', 'o-2');
  t.like(await order('cancelled', 'o-1'), { kind: 'done', outcome: 'cancel-or-compensate' });
  t.like(await order('cancelled', 'o-1', { id: 'again' }), {
    kind: 'done',
    outcome: 'ended before',
  });
  const statuses = (await workflows()).map(({ correlationId, status }) => [correlationId, status]);
  t.deepEqual(Object.fromEntries(statuses), { 'o-1': 'CANCELLED', 'o-2': 'EXECUTING' });
});

test('a failed workflow is compensated by a cancellation', async (t) => {
  const { order, orchestration, workflows } = await setUp(t);
  const started = await order('validated', 'o-1');
  const [id = ''] = started.kind === 'done' ? started.workflowIds : [];
  await orchestration.compensateWorkflow(id, { by: 'ops', reason: 'test' });
  const [head] = await workflows();
  t.is(head?.status, 'COMPENSATED', 'with nothing to undo the undo is done at once');
  t.like(await order('cancelled', 'o-1'), { kind: 'done', outcome: 'ended before' });
});

test('an event may ask for compensation alone', async (t) => {
  const { order, workflows } = await setUp(t);
  await order('validated', 'o-1');
  t.like(await order('undone', 'o-1'), { kind: 'done', outcome: 'compensate' });
  t.deepEqual(
    (await workflows()).map(({ status }) => status),
    ['COMPENSATED'],
  );
});

test('what there is no workflow for is unmatched; put right, it may come again', async (t) => {
  const { order } = await setUp(t);
  t.like(await order('cancelled', 'o-1'), { kind: 'refuse', reason: 'unmatched' });
  await order('validated', 'o-1');
  t.like(await order('cancelled', 'o-1'), { kind: 'done' }, 'a refusal leaves no trace');
});

test('an event of no trigger is unmatched, one that is none of our business is ignored', async (t) => {
  const { order, of } = await setUp(t);
  t.deepEqual(await order('packed', 'o-1'), { kind: 'ignored' });
  const strange = orderEvent('validated', 'o-1', { type: 'com.example.strange' });
  t.like(await of(strange), {
    kind: 'refuse',
    reason: 'unmatched',
    detail:
      'there is no trigger for events of type com.example.strange of topic fulfillment.order_management.v1.events',
  });
});

const BAD_ORDERS: readonly (readonly [string, object, RegExp])[] = [
  ['no key', { data: { order: { customer: 'mia' } } }, /no key at \/order\/order_id/],
  ['an empty key', { data: { order: { order_id: '' } } }, /1 to 200 printable ASCII/],
  ['a key of 10 KB', { data: { order: { order_id: 'x'.repeat(10_000) } } }, /it has 10000/],
  ['a key that is no ASCII', { data: { order: { order_id: 'ключ' } } }, /printable ASCII/],
  ['a key that is an object', { data: { order: { order_id: {} } } }, /no key at/],
  ['no data', { data: undefined }, /no key at/],
  [
    'no value for its input',
    { data: { order: { order_id: 'o-1' } } },
    /nothing at \/data\/order\/customer/,
  ],
  [
    'an unknown priority',
    { data: { order: { order_id: 'o-1', customer: 'mia', priority: 'URGENT' } } },
    /"URGENT" is not one of HIGH, NORMAL, LOW/,
  ],
  [
    'input that its definition refuses',
    { data: { order: { order_id: 'x'.repeat(100), customer: 'mia' } } },
    /inputParameters\.orderId/,
  ],
];
for (const [what, more, why] of BAD_ORDERS) {
  test(`an order with ${what} is rejected, and it is said why`, async (t) => {
    const { order, workflows } = await setUp(t);
    const reception = await order('validated', 'o-1', more);
    t.like(reception, { kind: 'refuse', reason: 'rejected' });
    t.regex(reception.kind === 'refuse' ? reception.detail : '', why);
    t.deepEqual(await workflows(), []);
  });
}

test('keys of several values are joined, numbers included', async (t) => {
  const { of, workflows } = await setUp(t);
  const body = { meta: { id: '1', kind: 'validated' }, body: { id: 'o-1', site: 7 } };
  t.is((await of(JSON.stringify(body), { topic: 'bare.orders' })).kind, 'done');
  t.is((await workflows())[0]?.correlationId, 'o-1+7');
});

test('an event for a step is parked until its time is over, once', async (t) => {
  const { of, store, clock } = await setUp(t);
  const value = '{"taskId":"T-1"}';
  const place = { topic: 'task.completed', offset: '7' };
  t.deepEqual(await of(value, place), { kind: 'parked' });
  t.deepEqual(await of(value, place), { kind: 'parked' });
  t.deepEqual(await store.expiredEvents(clock.now() + 59_999, 10), []);
  const expired = await store.expiredEvents(clock.now() + 60_000, 10);
  t.deepEqual(
    expired.map(({ service, key, eventId }) => [service, key, eventId]),
    [['warehouse-operations-service', 'T-1', 'task.completed/0/7']],
  );
});

test('an event for a step of a workflow that nobody knows is parked, and the wait forgotten', async (t) => {
  const { of, store } = await setUp(t);
  const wait = {
    service: 'warehouse-operations-service',
    key: 'T-1',
    workflowId: 'w',
    stepId: 's',
  };
  await store.expectEvent(wait);
  t.deepEqual(await of('{"taskId":"T-1"}', { topic: 'task.completed' }), { kind: 'parked' });
  const [parked] = await store.expiredEvents(Number.MAX_SAFE_INTEGER, 1);
  t.deepEqual(parked && (await store.deliverEvent(parked)), []);
});
