import { readFile } from 'node:fs/promises';
import test from 'ava';
import { readTriggers } from '#application/inbound/read-triggers.ts';
import { findTrigger, topicsOf } from '#application/inbound/trigger.ts';
import { TRIGGERS } from '#test/application/inbound/inbound-engine.ts';

function triggersOf(source: unknown) {
  const read = readTriggers(source);
  if (read.kind === 'invalid') throw new Error(read.faults.join('\n'));
  return read.triggers;
}

test('the triggers that are shipped are valid, and follow SPEC 7', async (t) => {
  const shipped = triggersOf(JSON.parse(await readFile('config/triggers.json', 'utf8')));
  const actions = (topic: string, type: string | null) => {
    const found = findTrigger(shipped, { origin: { topic, partition: 0, offset: '0' }, type });
    return found && [found.action, 'workflowType' in found ? found.workflowType : null];
  };
  const orders = 'fulfillment.order_management.v1.events';
  const order = 'com.example.fulfillment.order';
  t.deepEqual(actions(orders, `${order}.validated`), ['start', 'ORDER_FULFILLMENT']);
  t.deepEqual(actions(orders, `${order}.invalidated`), ['cancel', 'ORDER_FULFILLMENT']);
  t.deepEqual(actions(orders, `${order}.cancelled`), ['cancel-or-compensate', 'ORDER_FULFILLMENT']);
  t.deepEqual(actions(orders, `${order}.created`), ['ignore', null]);
  t.is(actions(orders, 'com.example.else'), undefined);
  t.deepEqual(actions('inventory.low.stock', null), ['start', 'REPLENISHMENT']);
  t.deepEqual(actions('inventory.received', null), ['start', 'PUTAWAY']);
  t.deepEqual(actions('location.cycle.count.due', null), ['start', 'CYCLE_COUNT']);
  t.deepEqual(
    actions('paklog.returns.return-initiated.v1', 'com.paklog.returns.return-initiated.v1'),
    ['start', 'RETURNS_PROCESSING'],
  );
  const yard = 'transportation-logistics.yard-management.events';
  t.deepEqual(actions(yard, 'com.paklog.yard.TrailerArrivedEvent'), ['start', 'RECEIVING']);
  t.deepEqual(actions(yard, 'com.paklog.yard.DockAssignedEvent'), ['step', null]);
});

/** SPEC 7: every topic and type whose effect is to complete or to fail a step, and what the definitions call it. */
const STEP_EVENTS = [
  ['inventory.reserved', 'com.paklog.inventory.reserved.v1', 'InventoryReserved'],
  ['wave.released', 'com.paklog.wms.wave.released.v1', 'WaveReleased'],
  ['wave.completed', null, 'WaveCompleted'],
  ['wave.cancelled', null, 'WaveCancelled'],
  ['task.completed', 'com.paklog.wes.task.completed.v1', 'TaskCompleted'],
  ['task.failed', null, 'TaskFailed'],
  ['task.cancelled', null, 'TaskCancelled'],
  ['pick.session.completed', 'com.paklog.wes.picking.completed.v1', 'PickSessionCompleted'],
  ['pick.session.cancelled', null, 'PickSessionCancelled'],
  ['pick.short', null, 'ShortPick'],
  ['packing.session.completed', 'com.paklog.wes.packing.completed.v1', 'PackingSessionCompleted'],
  ['packing.session.failed', null, 'PackingSessionFailed'],
  ['shipment.label.generated', null, 'ShipmentLabelGenerated'],
  ['shipment.dispatched', null, 'ShipmentDispatched'],
  ['fulfillment.shipment.v1.events', 'com.paklog.shipment.dispatched.v1', 'ShipmentDispatched'],
  ['fulfillment.shipment.v1.events', 'com.paklog.shipment.delivered.v1', 'ShipmentDelivered'],
  ['licenseplate.moved', 'com.paklog.wes.lp.moved.v1', 'LicensePlateMoved'],
  ['paklog.returns.rma-approved.v1', 'com.paklog.returns.rma-approved.v1', 'RmaApproved'],
  ['paklog.returns.return-received.v1', 'com.paklog.returns.return-received.v1', 'ReturnReceived'],
  [
    'paklog.returns.disposition-determined.v1',
    'com.paklog.returns.disposition-determined.v1',
    'DispositionDetermined',
  ],
  [
    'paklog.returns.refund-processed.v1',
    'com.paklog.returns.refund-processed.v1',
    'RefundProcessed',
  ],
  ['support-intelligence.quality-compliance.events', 'InspectionCompleted', 'InspectionCompleted'],
  [
    'support-intelligence.value-added-services.events',
    'com.paklog.vas.VASOrderCompleted',
    'VASOrderCompleted',
  ],
  [
    'support-intelligence.value-added-services.events',
    'com.paklog.vas.VASOrderFailed',
    'VASOrderFailed',
  ],
  [
    'transportation-logistics.cross-docking.events',
    'com.paklog.crossdocking.ConsolidationCompletedEvent',
    'ConsolidationCompleted',
  ],
  [
    'transportation-logistics.cross-docking.events',
    'com.paklog.crossdocking.CrossDockCompletedEvent',
    'CrossDockCompleted',
  ],
  [
    'transportation-logistics.yard-management.events',
    'com.paklog.yard.DockAssignedEvent',
    'DockAssigned',
  ],
  [
    'transportation-logistics.yard-management.events',
    'com.paklog.yard.LoadingCompletedEvent',
    'LoadingCompleted',
  ],
  ['robot.task.completed', 'com.paklog.robotics.robot.task.completed.v1', 'RobotTaskCompleted'],
  ['robot.task.failed', null, 'RobotTaskFailed'],
] as const;

test('every event of SPEC 7 that completes or fails a step has its trigger, whichever way it comes', async (t) => {
  const shipped = triggersOf(JSON.parse(await readFile('config/triggers.json', 'utf8')));
  const eventOf = (topic: string | null, type: string | null) => {
    const origin = topic === null ? null : { topic, partition: 0, offset: '0' };
    const found = findTrigger(shipped, { origin, type });
    return found?.action === 'step' ? found.event : null;
  };
  for (const [topic, type, event] of STEP_EVENTS) {
    t.is(eventOf(topic, type), event, `on ${topic}`);
    t.is(eventOf(null, type ?? topic), event, 'by the API, under its type');
  }
});

test('a message that says no type is what its topic is for, where that is one thing', (t) => {
  const trigger = (name: string, topic: string, type: string) =>
    ({ name, topic, type, action: 'ignore' }) as const;
  const triggers = triggersOf({
    triggers: [
      trigger('one', 'alone', 'a'),
      trigger('two', 'shared', 'b'),
      trigger('three', 'shared', 'c'),
    ],
  });
  const nameOn = (topic: string, type: string | null) =>
    findTrigger(triggers, { origin: { topic, partition: 0, offset: '0' }, type })?.name;
  t.is(nameOn('alone', null), 'one');
  t.is(nameOn('alone', 'alone'), 'one', 'the name of the topic says no more than it does');
  t.is(nameOn('alone', 'b'), undefined);
  t.is(nameOn('shared', null), undefined);
});

test('topics are told once each', (t) => {
  t.deepEqual(topicsOf(triggersOf(TRIGGERS)), [
    'fulfillment.order_management.v1.events',
    'task.completed',
    'bare.orders',
  ]);
});

test('the first trigger that fits is the one: whole types, beginnings, and any type', (t) => {
  const ignore = (name: string, type?: string) => ({ name, topic: 'x', action: 'ignore', type });
  const triggers = triggersOf({
    triggers: [ignore('exact', 'a.b'), ignore('beginning', 'a.*'), ignore('any')],
  });
  const named = (type: string | null, topic = 'x') =>
    findTrigger(triggers, { origin: { topic, partition: 0, offset: '0' }, type })?.name;
  t.is(named('a.b'), 'exact');
  t.is(named('a.b.c'), 'beginning');
  t.is(named('a'), 'any');
  t.is(named(null), 'any');
  t.is(named('a.b', 'y'), undefined);
  t.is(findTrigger(triggers, { origin: null, type: 'a.c' })?.name, 'beginning');
  t.is(findTrigger(triggers, { origin: null, type: 'z' }), undefined, 'by the API: types only');
});

test('all faults are told at once, each with the path to it', (t) => {
  const read = readTriggers({
    bare: { 'a topic': {} },
    triggers: [
      { name: 'one', topic: 'x', action: 'launch' },
      { name: 'two words', topic: 'x', action: 'ignore' },
      { name: 'cancel', topic: 'x', action: 'cancel', key: 'order', workflowType: 'ORDERS' },
      {
        name: 'start',
        topic: 'x',
        action: 'start',
        key: '/id',
        workflowDefinitionId: 'd',
        workflowType: 'PICKING',
        input: { a: { $from: '/input/x' }, b: [{ $from: 'data' }] },
        workflowNmae: 'a misspelt field',
      },
    ],
  });
  t.is(read.kind, 'invalid');
  const faults = read.kind === 'invalid' ? read.faults : [];
  for (const expected of [
    /^bare\.a topic/,
    /^triggers\.0\.action/,
    /^triggers\.1\.name: must be/,
    /^triggers\.2\.key: /,
    /^triggers\.2\.workflowType/,
    /^triggers\.3\.input: "\/input\/x" must be a JSON Pointer into \/data, \/event or \/key/,
    /^triggers\.3\.input: "data" must be/,
    /^triggers\.3: .*workflowNmae/,
  ]) {
    t.true(
      faults.some((fault) => expected.test(fault)),
      `${String(expected)} in\n${faults.join('\n')}`,
    );
  }
});

test('two triggers of one name, or of one topic and type, are refused', (t) => {
  const ignore = { name: 'one', topic: 'x', action: 'ignore', type: 'a.b' };
  const read = readTriggers({ triggers: [ignore, ignore] });
  t.deepEqual(read, {
    kind: 'invalid',
    faults: [
      'triggers.1: name one is there twice',
      'triggers.1: topic x and type a.b is there twice',
    ],
  });
});

for (const nothing of [null, [], 'triggers', {}, { triggers: [] }]) {
  test(`${JSON.stringify(nothing)} is no file of triggers`, (t) => {
    t.is(readTriggers(nothing).kind, 'invalid');
  });
}
