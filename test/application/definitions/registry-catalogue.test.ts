import test from 'ava';
import { catalogueOfRegistry } from '#application/definitions/registry-catalogue.ts';

test('services are known by name and aliases, with their operations where they list them', (t) => {
  const catalogue = catalogueOfRegistry({
    services: {
      'inventory-service': {
        instances: ['http://10.0.0.7:8080'],
        aliases: ['inventory'],
        operations: ['bulkAllocateStock'],
      },
      'audit-service': { instances: ['http://10.0.0.8:8080'] },
    },
  });
  t.deepEqual([...catalogue.keys()], ['inventory-service', 'inventory', 'audit-service']);
  t.deepEqual(catalogue.get('inventory'), { operations: new Set(['bulkAllocateStock']) });
  t.deepEqual(catalogue.get('audit-service'), { operations: null });
});

test('what is no registry is refused', (t) => {
  for (const registry of [null, {}, { services: [] }, { services: { a: { aliases: 'b' } } }]) {
    t.throws(() => catalogueOfRegistry(registry));
  }
});
