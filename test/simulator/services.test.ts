import test from 'ava';
import { CATALOGUE, findOperation, registry } from '#simulator/services.ts';

test('the registry has an address and the operations of each of the 26 services', (t) => {
  const { services } = registry('http://127.0.0.1:8090/');
  t.is(Object.keys(services).length, 26);
  t.deepEqual(services['cycle-count-service'], {
    instances: ['http://127.0.0.1:8090/cycle-count-service'],
    operations: ['createTask', 'createTask(COUNT)', 'cancelTask'],
  });
  for (const [name, { operations }] of Object.entries(services)) {
    t.true(operations.length > 0, name);
    t.is(new Set(operations).size, operations.length, name);
  }
});

test('settings of the registry apply to all services, and to single ones above that', (t) => {
  const { services } = registry(
    'http://sim',
    { timeoutMs: 300, breaker: { openMs: 50 } },
    { 'audit-service': { breaker: { openMs: 9 } } },
  );
  t.like(services['inventory-service'], { timeoutMs: 300, breaker: { openMs: 50 } });
  t.like(services['audit-service'], { timeoutMs: 300, breaker: { openMs: 9 } });
});

test('every undo that an operation names is an operation of the same service', (t) => {
  for (const [service, operations] of CATALOGUE) {
    for (const { name, undoneBy, pivot, effect } of operations) {
      for (const undo of undoneBy) t.truthy(findOperation(service, undo), `${name}: ${undo}`);
      t.false(pivot && undoneBy.length > 0, `${name} is a pivot`);
      t.true(effect || undoneBy.length === 0, `${name} only reads`);
    }
  }
});

test('operations are found by name and by their spelling with a variant', (t) => {
  t.is(findOperation('receiving-service', 'createTask(RECEIVE)')?.name, 'createTask');
  t.is(findOperation('receiving-service', 'createWave'), undefined);
  t.is(findOperation('nowhere', 'createTask'), undefined);
});
