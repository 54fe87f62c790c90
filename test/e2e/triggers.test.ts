import { randomUUID } from 'node:crypto';
import test from 'ava';
import { receptionSchema } from '#api/schemas/incoming-event.ts';
import { awaitStatus } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { orderBody } from '#test/support/processes/start-bodies.ts';

const engine = engineForFile(test);

const goods = { productId: '85123A', quantity: 6 };

/** SPEC 7: all events that start a workflow, with the least that a workflow of theirs needs. */
const STARTS = [
  ['com.example.fulfillment.order.validated', 'ORDER_FULFILLMENT', () => ({ order: order() })],
  ['inventory.low.stock', 'REPLENISHMENT', () => ({ productId: '85123A', locationId: id('LOC') })],
  ['inventory.received', 'PUTAWAY', () => ({ ...goods, receiptId: id('RCP'), lpn: id('LPN') })],
  ['location.cycle.count.due', 'CYCLE_COUNT', () => ({ locationId: id('LOC') })],
  [
    'com.paklog.returns.return-initiated.v1',
    'RETURNS_PROCESSING',
    () => ({ productId: '85123A', rmaNumber: id('RMA') }),
  ],
  [
    'com.paklog.yard.TrailerArrivedEvent',
    'RECEIVING',
    () => ({ ...goods, trailerId: id('TRL'), receiptId: id('RCP') }),
  ],
] as const;

for (const [type, workflowType, data] of STARTS) {
  test(`${type} starts ${workflowType}, once, which completes`, async (t) => {
    const { api, simulator } = engine();
    const event = { specversion: '1.0', id: randomUUID(), source: '/wms', type, data: data() };
    const tell = async () => {
      const { status, body } = await api.ask('/events', { method: 'POST', body: event });
      t.is(status, 200, JSON.stringify(body));
      return receptionSchema.parse(body);
    };
    const { outcome, workflowIds } = await tell();
    t.is(outcome, 'started');
    t.is((await tell()).result, 'duplicate');
    const [workflowId = ''] = workflowIds;
    const workflow = await awaitStatus(api, workflowId, 'COMPLETED', 'COMPENSATED', 'FAILED');
    t.like(workflow, { status: 'COMPLETED', workflowType });
    t.like(await simulator.check([{ workflowId, status: 'COMPLETED' }]), { ok: true });
  });
}

test('an event that lacks what its workflow needs is refused, with the place where it should be', async (t) => {
  const { api } = engine();
  const data = { receiptId: id('RCP') };
  const type = 'inventory.received';
  const event = { specversion: '1.0', id: randomUUID(), source: '/wms', type, data };
  const { status, body } = await api.ask('/events', { method: 'POST', body: event });
  t.is(status, 400);
  t.regex(JSON.stringify(body), /nothing at \/data\/lpn, \/data\/productId, \/data\/quantity/);
});

function id(prefix: string): string {
  return `${prefix}-${randomUUID()}`;
}

/** As order-management-service tells it. */
function order() {
  const { inputParameters } = orderBody();
  const { customerId, country, currency, totalValue, lines } = inputParameters ?? {};
  const ship_to = { country };
  const total_value = totalValue;
  return { order_id: id('ORD'), customer_id: customerId, ship_to, currency, total_value, lines };
}
