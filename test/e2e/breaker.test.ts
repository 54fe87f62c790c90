import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { awaitStatus, stepOf } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { loadBody, loadDefinition } from '#test/support/processes/start-bodies.ts';

const SERVICE = 'carrier-integration';
const OPEN_MS = 3000;

/** Nothing but five failures in a row opens it, and it stays open long enough to look at. */
const engine = engineForFile(test, {
  services: { breaker: { openMs: OPEN_MS, minimumCalls: 100, window: 100 } },
  definitions: [loadDefinition('e2e-load')],
});

test('behind an open breaker steps wait without using up attempts, and health says until when', async (t) => {
  const { api, simulator } = engine();
  await simulator.outage({ service: SERVICE, durationMs: 60_000 });
  const first = await Promise.all(Array.from({ length: 6 }, () => api.start(loadBody('e2e-load'))));
  const breaker = await openBreaker();
  t.true(Date.parse(breaker.openUntil ?? '') > Date.now());
  t.is((await api.health()).status, 'DEGRADED');

  const callsBefore = (await simulator.stats()).calls;
  const { id } = await api.start(loadBody('e2e-load'));
  await simulator.outage({ service: SERVICE, durationMs: 0 });
  const late = await awaitStatus(api, id, 'COMPLETED');

  t.is(stepOf(late, 'assign-carrier').retryCount, 0);
  t.true(
    Date.parse(stepOf(late, 'assign-carrier').completedAt ?? '') >=
      Date.parse(breaker.openUntil ?? ''),
  );
  t.true((await simulator.stats()).calls > callsBefore);
  for (const workflow of first) await awaitStatus(api, workflow.id, 'COMPLETED');
});

async function openBreaker() {
  const deadline = performance.now() + OPEN_MS;
  for (;;) {
    const { breakers } = await engine().api.health();
    const breaker = breakers.find(({ serviceName }) => serviceName === SERVICE);
    if (breaker?.state === 'open') return breaker;
    if (performance.now() > deadline) throw new Error(`still ${breaker?.state}`);
    await delay(20);
  }
}
