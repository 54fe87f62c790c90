import test from 'ava';
import { outcomesOf } from '../../scripts/processes/outcomes-of.ts';
import { awaitStatus } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { orderBody } from '#test/support/processes/start-bodies.ts';

// all other suites run with the default, by commit
const engine = engineForFile(test, { settings: { STEP_HANDOVER: 'flow' } });

test('with segments as flows orders complete, and what is refused half-way is undone', async (t) => {
  const { api, simulator } = engine();
  const refused = orderBody();
  const { correlationId } = refused;
  const fault = { kind: 'status', status: 422 } as const;
  await simulator.addScripts({ correlationId, stepId: 'generate-label', fault });
  const ids = [(await api.start(orderBody())).id, (await api.start(refused)).id] as const;
  const ended = [
    await awaitStatus(api, ids[0], 'COMPLETED'),
    await awaitStatus(api, ids[1], 'COMPENSATED'),
  ];
  t.like(await simulator.check(await outcomesOf(api, ended)), { ok: true, workflows: 2 });
});
