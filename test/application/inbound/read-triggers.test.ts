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
  t.deepEqual(actions('wave.cancelled', null), ['compensate', 'WAVE_PROCESSING']);
  t.deepEqual(actions('location.cycle.count.due', null), ['start', 'CYCLE_COUNT']);
  t.deepEqual(
    actions('paklog.returns.return-initiated.v1', 'com.paklog.returns.return-initiated.v1'),
    ['start', 'RETURNS_PROCESSING'],
  );
  const yard = 'transportation-logistics.yard-management.events';
  t.deepEqual(actions(yard, 'com.paklog.yard.TrailerArrivedEvent'), ['start', 'RECEIVING']);
  t.deepEqual(actions(yard, 'com.paklog.yard.DockAssignedEvent'), ['step', null]);
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
