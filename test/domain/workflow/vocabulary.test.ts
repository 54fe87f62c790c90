import test from 'ava';
import {
  isActive,
  isTerminal,
  needsInventory,
  supportsWaveless,
  WORKFLOW_STATUSES,
  WORKFLOW_TYPES,
} from '#domain/workflow/vocabulary.ts';

test('three workflow types may run waveless, three need inventory', (t) => {
  t.deepEqual(
    WORKFLOW_TYPES.filter((type) => supportsWaveless(type)),
    ['ORDER_FULFILLMENT', 'PICKING', 'PACKING'],
  );
  t.deepEqual(
    WORKFLOW_TYPES.filter((type) => needsInventory(type)),
    ['ORDER_FULFILLMENT', 'PICKING', 'REPLENISHMENT'],
  );
});

test('FAILED is neither active nor terminal: it rests until an operator decides', (t) => {
  t.deepEqual(
    WORKFLOW_STATUSES.filter((status) => isTerminal(status)),
    ['COMPLETED', 'COMPENSATED', 'CANCELLED'],
  );
  t.deepEqual(
    WORKFLOW_STATUSES.filter((status) => isActive(status)),
    ['PENDING', 'EXECUTING', 'PAUSED', 'COMPENSATING'],
  );
});
