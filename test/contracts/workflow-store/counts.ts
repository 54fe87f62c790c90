import test from 'ava';
import fc from 'fast-check';
import type { WorkflowCounts, WorkflowHead } from '#application/ports/workflow-store.ts';
import {
  isActive,
  WORKFLOW_PRIORITIES,
  WORKFLOW_STATUSES,
  type WorkflowStatus,
} from '#domain/workflow/vocabulary.ts';
import {
  committed,
  continuation,
  creation,
  NOW,
  type OpenStore,
} from '#test/contracts/workflow-store/fixtures.ts';

const NONE: Record<WorkflowStatus, number> = {
  PENDING: 0,
  EXECUTING: 0,
  PAUSED: 0,
  COMPLETED: 0,
  FAILED: 0,
  COMPENSATING: 0,
  COMPENSATED: 0,
  CANCELLED: 0,
};

export function countsContract(name: string, open: OpenStore): void {
  test(`${name}: an empty store counts nothing and knows no average`, async (t) => {
    const store = await open(t);
    t.deepEqual(await store.counts(), {
      byStatus: NONE,
      activeByPriority: { HIGH: 0, NORMAL: 0, LOW: 0 },
      averageExecutionTimeMs: null,
    });
  });

  test(`${name}: a failed workflow is not active; only completed ones make the average`, async (t) => {
    const store = await open(t);
    const ended = (status: WorkflowHead['status'], took: number) =>
      creation({ status, startedAt: NOW, completedAt: NOW + took });
    const commits = [
      creation({ priority: 'HIGH' }),
      creation({ status: 'EXECUTING', priority: 'HIGH', startedAt: NOW }),
      creation({ status: 'PAUSED', priority: 'LOW' }),
      creation({ status: 'COMPENSATING', priority: 'LOW' }),
      creation({ status: 'FAILED', priority: 'LOW' }),
      ended('COMPLETED', 100),
      ended('COMPLETED', 301),
      ended('COMPENSATED', 9999),
      ended('CANCELLED', 9999),
    ];
    for (const commit of commits) await committed(t, store, commit);
    t.deepEqual(await store.counts(), {
      byStatus: {
        PENDING: 1,
        EXECUTING: 1,
        PAUSED: 1,
        COMPLETED: 2,
        FAILED: 1,
        COMPENSATING: 1,
        COMPENSATED: 1,
        CANCELLED: 1,
      },
      activeByPriority: { HIGH: 2, NORMAL: 0, LOW: 2 },
      averageExecutionTimeMs: 200.5,
    });
  });

  test(`${name}: the average follows when only the times of a workflow change`, async (t) => {
    const store = await open(t);
    const head = await committed(
      t,
      store,
      creation({ status: 'COMPLETED', startedAt: NOW, completedAt: NOW + 100 }),
    );
    const longer = await committed(t, store, continuation(head, { completedAt: NOW + 300 }));
    t.is((await store.counts()).averageExecutionTimeMs, 300);
    await committed(t, store, continuation(longer, { startedAt: NOW + 50 }));
    t.is((await store.counts()).averageExecutionTimeMs, 250);
  });

  test(`${name}: counts follow every way that workflows take`, async (t) => {
    const store = await open(t);
    const stages = fc.record({
      status: fc.constantFrom(...WORKFLOW_STATUSES),
      priority: fc.constantFrom(...WORKFLOW_PRIORITIES),
      startedAt: fc.option(fc.constant(NOW)),
      completedAt: fc.option(fc.integer({ min: NOW, max: NOW + 1000 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(stages, { minLength: 1, maxLength: 5 }), async (way) => {
        let head: WorkflowHead | null = null;
        for (const stage of way) {
          head = await committed(t, store, head ? continuation(head, stage) : creation(stage));
        }
        t.deepEqual(await store.counts(), recounted(await store.list({}, null, 1000)));
      }),
      { numRuns: 30 },
    );
  });
}

function recounted(heads: readonly WorkflowHead[]): WorkflowCounts {
  const active = heads.filter(({ status }) => isActive(status));
  const of = (priority: string) => active.filter((head) => head.priority === priority).length;
  const times = heads
    .filter(({ status }) => status === 'COMPLETED')
    .flatMap(({ startedAt, completedAt }) =>
      startedAt === null || completedAt === null ? [] : [completedAt - startedAt],
    );
  const byStatus = { ...NONE };
  for (const { status } of heads) byStatus[status] += 1;
  return {
    byStatus,
    activeByPriority: { HIGH: of('HIGH'), NORMAL: of('NORMAL'), LOW: of('LOW') },
    averageExecutionTimeMs:
      times.length === 0 ? null : times.reduce((sum, time) => sum + time, 0) / times.length,
  };
}
