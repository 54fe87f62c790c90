import test, { type ExecutionContext } from 'ava';
import { workflowPageSchema } from '#api/schemas/workflow.ts';
import { migratedMongodbForFile } from '#test/servers/mongodb.ts';
import { awaitStatus, awaitWorkflow } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { orderBody } from '#test/support/processes/start-bodies.ts';
import type { ChildProcess } from '../../scripts/processes/child-process.ts';
import { engineApi, type EngineApi } from '../../scripts/processes/engine-api.ts';

const mongodb = await migratedMongodbForFile(test);
if (mongodb !== null) {
  const engine = engineForFile(test, {
    counts: { web: 2, worker: 2, reconciler: 1 },
    faults: { latency: [{ medianMs: 30, sigma: 0.3 }] },
    settings: { STORE_URL: mongodb.url, DISPATCH_SLACK_MS: '2000', RECONCILE_INTERVAL_MS: '200' },
  });
  const ORDERS = 20;

  test.serial('MongoDB: an order completes, and each service has done its part once', async (t) => {
    const { api } = engine();
    const { id } = await api.start(orderBody());
    const workflow = await awaitStatus(api, id, 'COMPLETED');
    t.is(workflow.progressPercentage, 100);
    await ledgerAgrees(t, [id], 'COMPLETED');
  });

  test.serial('MongoDB: a refusal half-way undoes every effect in reverse order', async (t) => {
    const { api, simulator } = engine();
    const body = orderBody();
    const { correlationId } = body;
    const fault = { kind: 'status', status: 422 } as const;
    await simulator.addScripts({ correlationId, stepId: 'generate-label', fault });
    const { id } = await api.start(body);
    await awaitStatus(api, id, 'COMPENSATED');
    const effects = await simulator.ledger(id);
    t.true(effects.some(({ kind }) => kind === 'undo'));
    await ledgerAgrees(t, [id], 'COMPENSATED');
  });

  test.serial('MongoDB: one start, asked of two web processes, is one workflow', async (t) => {
    const [one, other] = await Promise.all(engine().running('web').map(apiOf));
    const body = orderBody();
    const start = async (api: EngineApi | undefined) => (await api?.start(body, 'order-4711'))?.id;
    const ids = await Promise.all([one, other, one, other].map(start));
    t.is(new Set(ids).size, 1);
    const page = await other?.ask(`/workflows?correlationId=${body.correlationId}`);
    t.is(workflowPageSchema.parse(page?.body).items.length, 1);
  });

  test.serial('MongoDB: kill -9 of a worker loses nothing and does nothing twice', async (t) => {
    const { api, running, start } = engine();
    const started = await Promise.all(Array.from({ length: ORDERS }, () => api.start(orderBody())));
    const ids = started.map(({ id }) => id);
    await awaitWorkflow(api, ids[0] ?? '', ({ progressPercentage }) => progressPercentage >= 30);
    const [worker] = running('worker');
    worker?.signal('SIGKILL');
    await worker?.ended;
    for (const id of ids) await awaitStatus(api, id, 'COMPLETED');
    await ledgerAgrees(t, ids, 'COMPLETED');
    await start('worker');
  });

  async function ledgerAgrees(
    t: ExecutionContext,
    ids: readonly string[],
    status: 'COMPLETED' | 'COMPENSATED',
  ): Promise<void> {
    const outcomes = ids.map((workflowId) => ({ workflowId, status }));
    t.like(await engine().simulator.check(outcomes), { ok: true, duplicated: 0 });
  }
}

async function apiOf(web: ChildProcess): Promise<EngineApi> {
  const [, url = ''] = await web.waitForLog(/API at (http:\/\/[\w.:[\]-]+)\/api/);
  return engineApi(url);
}
