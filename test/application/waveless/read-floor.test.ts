import test from 'ava';
import type { LoadView } from '#application/ports/load-board.ts';
import type { BreakerStatus } from '#application/ports/service-caller.ts';
import { createFloor } from '#application/waveless/read-floor.ts';
import { createFakeClock } from '#test/support/fake-clock.ts';
import { loadViewOf, serviceLoadOf } from '#test/support/load-figures.ts';

/** A floor whose boards show what the test puts there. */
function scene() {
  const clock = createFakeClock();
  const boards: { view: LoadView | null; breakers: BreakerStatus[] } = { view: null, breakers: [] };
  const floor = createFloor({
    loadBoard: { view: async () => boards.view },
    breakerBoard: { read: async () => boards.breakers },
    clock,
  });
  return { clock, boards, read: () => floor.read() };
}

test('an overloaded service and one whose breaker is open take no calls; one that may be probed does', async (t) => {
  const { clock, boards, read } = scene();
  const now = clock.now();
  boards.view = loadViewOf(now, [
    serviceLoadOf('fine'),
    serviceLoadOf('full', { health: 'CRITICAL', score: 97 }),
    serviceLoadOf('with one instance of two that is full', { health: 'CRITICAL', score: 60 }),
    serviceLoadOf('unknown', { health: 'UNKNOWN', score: null }),
  ]);
  const open = { state: 'open', since: now, reason: 'it fails' } as const;
  boards.breakers = [
    { ...open, serviceName: 'down', openUntil: now + 60_000 },
    { ...open, serviceName: 'due', openUntil: now },
  ];
  const { closed, load } = await read();
  t.deepEqual(closed.map(({ serviceName }) => serviceName).toSorted(), ['down', 'full']);
  t.truthy(load);
});

test('what the monitor said last holds for 15 s, also where Redis was wiped since', async (t) => {
  const { clock, boards, read } = scene();
  t.is((await read()).load, null);
  boards.view = loadViewOf(clock.now(), [serviceLoadOf('full', { score: 95 })]);
  const before = await read();
  boards.view = null;
  clock.move(15_000);
  t.is(before.closed.length, 1);
  t.deepEqual(await read(), before);
  clock.move(1);
  t.deepEqual(await read(), { load: null, breakers: [], closed: [] });
});
