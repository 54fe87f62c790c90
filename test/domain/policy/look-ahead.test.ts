import test from 'ava';
import { holdingService, neededServices, type ClosedService } from '#domain/policy/look-ahead.ts';
import { call, definitionOf, wait } from '#test/support/domain-definitions.ts';

const definition = definitionOf([
  call('reserve', [], { serviceName: 'stock' }),
  call('wrap', ['reserve'], {
    serviceName: 'wrapping',
    condition: { equals: [{ $from: '/input/gift' }, true] },
  }),
  call('inspect', ['reserve'], {
    serviceName: 'quality',
    condition: { equals: [{ $from: '/steps/reserve/output/doubtful' }, true] },
  }),
  call('tell', ['reserve'], { serviceName: 'notifications', optional: true }),
  wait('rest', ['reserve'], { durationMs: 5 }),
  call('ship', ['rest'], { serviceName: 'carrier' }),
]);

test('needed are the services of steps that must run, as far as that is known before the start', (t) => {
  t.deepEqual([...neededServices(definition, { input: {} })], ['stock', 'carrier']);
  t.deepEqual(
    [...neededServices(definition, { input: { gift: true } })],
    ['stock', 'wrapping', 'carrier'],
  );
});

function closed(serviceName: string, until: number | null): ClosedService {
  return { serviceName, why: 'its breaker is open', since: 1, until };
}

test('of several closed services the one counts that stays so longest', (t) => {
  const needed = new Set(['stock', 'carrier']);
  t.is(holdingService(needed, []), null);
  t.is(holdingService(needed, [closed('wrapping', 9)]), null);
  const [soon, late, unknown] = [closed('stock', 5), closed('carrier', 9), closed('carrier', null)];
  t.is(holdingService(needed, [soon, late]), late);
  t.is(holdingService(needed, [late, soon]), late);
  t.is(holdingService(needed, [unknown, soon]), unknown);
});
