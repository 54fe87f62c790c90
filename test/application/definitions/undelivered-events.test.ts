import test from 'ava';
import { undeliveredEvents } from '#application/definitions/undelivered-events.ts';
import { readTriggers } from '#application/inbound/read-triggers.ts';
import { byEvent, call, definitionOf } from '#test/support/domain-definitions.ts';

const definition = definitionOf([
  call('a'),
  call('b', ['a'], {
    serviceName: 'stock',
    completion: byEvent({ event: 'Done', failOn: ['Broken', 'Cancelled'] }),
  }),
]);

/** `stock` is another name of the inventory service. */
const services = { find: () => ({ name: 'inventory-service', timeoutMs: 1 }) };

function triggers(...events: readonly (readonly [string, string])[]) {
  const read = readTriggers({
    triggers: [
      { name: 'other', topic: 'other', action: 'ignore' },
      ...events.map(([service, event]) => ({
        ...{ name: `${service}.${event}`, topic: `${service}.${event}`, action: 'step' },
        ...{ service, event, key: '/id' },
      })),
    ],
  });
  if (read.kind === 'invalid') throw new Error(read.faults.join());
  return read.triggers;
}

test('events that no trigger of the service brings are named, failing ones included', (t) => {
  const some = triggers(['inventory-service', 'Done'], ['yard-management-service', 'Broken']);
  t.deepEqual(undeliveredEvents(definition, some, services), [
    { stepId: 'b', service: 'inventory-service', event: 'Broken' },
    { stepId: 'b', service: 'inventory-service', event: 'Cancelled' },
  ]);
});

test('where all of them are brought nothing is named', (t) => {
  const names = ['Done', 'Broken', 'Cancelled'] as const;
  const all = triggers(...names.map((name) => ['inventory-service', name] as const));
  t.deepEqual(undeliveredEvents(definition, all, services), []);
});
