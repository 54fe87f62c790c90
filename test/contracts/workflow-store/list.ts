import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import type {
  PageCursor,
  WorkflowFilter,
  WorkflowHead,
  WorkflowStore,
} from '#application/ports/workflow-store.ts';
import type {
  WorkflowPriority,
  WorkflowStatus,
  WorkflowType,
} from '#domain/workflow/vocabulary.ts';
import { creation, NOW, type OpenStore } from '#test/contracts/workflow-store/fixtures.ts';

const STATUSES: readonly WorkflowStatus[] = ['PENDING', 'EXECUTING', 'COMPLETED', 'FAILED'];
const TYPES: readonly WorkflowType[] = ['ORDER_FULFILLMENT', 'PICKING', 'RETURNS_PROCESSING'];
const PRIORITIES: readonly WorkflowPriority[] = ['HIGH', 'NORMAL', 'LOW'];
const CORRELATIONS = ['order-1', 'order-2', null] as const;
/** Few moments for many workflows: pages break within ties. */
const MOMENTS = 7;

export function listContract(name: string, open: OpenStore): void {
  test(`${name}: an empty store lists nothing`, async (t) => {
    const store = await open(t);
    t.deepEqual(await store.list({}, null, 10), []);
  });

  test(`${name}: newest first, and of one moment by id descending`, async (t) => {
    const store = await open(t);
    const heads = await seed(t, store, 60);
    t.deepEqual(await store.list({}, null, 100), expected(heads, {}));
    t.deepEqual(await store.list({}, null, 3), expected(heads, {}).slice(0, 3));
  });

  const filters: readonly (readonly [string, WorkflowFilter])[] = [
    ['one status', { status: ['FAILED'] }],
    ['several statuses', { status: ['FAILED', 'PENDING', 'COMPLETED'] }],
    ['a status named twice', { status: ['FAILED', 'FAILED'] }],
    ['no status at all', { status: [] }],
    ['a status that none has', { status: ['COMPENSATING'] }],
    ['workflow type', { workflowType: 'PICKING' }],
    ['priority', { priority: 'HIGH' }],
    ['correlation id', { correlationId: 'order-2' }],
    ['the beginning of a time, included', { from: NOW + 3 }],
    ['the end of a time, excluded', { to: NOW + 3 }],
    ['a span of time', { from: NOW + 2, to: NOW + 4 }],
    [
      'all at once',
      {
        status: ['PENDING', 'EXECUTING'],
        workflowType: 'PICKING',
        priority: 'LOW',
        correlationId: 'order-1',
        from: NOW,
        to: NOW + MOMENTS,
      },
    ],
  ];
  for (const [title, filter] of filters) {
    test(`${name}: the list is filtered by ${title}`, async (t) => {
      const store = await open(t);
      const heads = await seed(t, store, 144);
      t.deepEqual(await store.list(filter, null, 1000), expected(heads, filter));
    });
  }

  test(`${name}: pages join to the whole list, whatever the filter and the size`, async (t) => {
    const store = await open(t);
    const heads = await seed(t, store, 60);
    await fc.assert(
      fc.asyncProperty(arbitraryFilter(), fc.integer({ min: 1, max: 9 }), async (filter, size) => {
        t.deepEqual(await allPages(store, filter, size), expected(heads, filter));
      }),
      { numRuns: 60 },
    );
  });

  test(`${name}: a page begins after its cursor though that workflow is not in the list`, async (t) => {
    const store = await open(t);
    const heads = await seed(t, store, 60);
    for (const after of [
      { createdAt: NOW + 3, workflowId: 'w-030x' },
      { createdAt: NOW + 99, workflowId: '' },
      { createdAt: NOW - 1, workflowId: 'w-001' },
    ]) {
      const rest = (filter: WorkflowFilter) =>
        expected(heads, filter).filter((head) => byNewest(head, after) > 0);
      t.deepEqual(await store.list({}, after, 100), rest({}));
      t.deepEqual(await store.list({ to: NOW + 2 }, after, 100), rest({ to: NOW + 2 }));
    }
  });
}

/** Workflows of every combination, in no order of time. */
async function seed(
  t: ExecutionContext,
  store: WorkflowStore,
  amount: number,
): Promise<readonly WorkflowHead[]> {
  const commits = Array.from({ length: amount }, (_, index) =>
    creation({
      workflowId: `w-${String((index * 37) % amount).padStart(3, '0')}`,
      status: pick(STATUSES, index),
      workflowType: pick(TYPES, Math.floor(index / 4)),
      priority: pick(PRIORITIES, Math.floor(index / 12)),
      correlationId: pick(CORRELATIONS, Math.floor(index / 36)),
      createdAt: NOW + (index % MOMENTS),
    }),
  );
  const results = await Promise.all(commits.map((commit) => store.append(commit)));
  t.true(results.every(({ kind }) => kind === 'committed'));
  return commits.map(({ head }) => head);
}

function pick<T>(values: readonly T[], index: number): T {
  const value = values[index % values.length];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

function arbitraryFilter(): fc.Arbitrary<WorkflowFilter> {
  const moment = fc.integer({ min: NOW - 1, max: NOW + MOMENTS + 1 });
  return fc.record(
    {
      status: fc.subarray([...STATUSES]),
      workflowType: fc.constantFrom(...TYPES),
      priority: fc.constantFrom(...PRIORITIES),
      correlationId: fc.constantFrom('order-1', 'order-2', 'order-3'),
      from: moment,
      to: moment,
    },
    { requiredKeys: [] },
  );
}

async function allPages(
  store: WorkflowStore,
  filter: WorkflowFilter,
  size: number,
): Promise<readonly WorkflowHead[]> {
  const found: WorkflowHead[] = [];
  let after: PageCursor | null = null;
  for (;;) {
    const page: readonly WorkflowHead[] = await store.list(filter, after, size);
    found.push(...page);
    const last = page.at(-1);
    if (!last || page.length < size) return found;
    after = { createdAt: last.createdAt, workflowId: last.workflowId };
  }
}

/** The rule, said once more and slowly. */
function expected(heads: readonly WorkflowHead[], filter: WorkflowFilter): readonly WorkflowHead[] {
  const { status, workflowType, priority, correlationId, from, to } = filter;
  return heads
    .filter((head) => status === undefined || status.includes(head.status))
    .filter((head) => workflowType === undefined || head.workflowType === workflowType)
    .filter((head) => priority === undefined || head.priority === priority)
    .filter((head) => correlationId === undefined || head.correlationId === correlationId)
    .filter((head) => from === undefined || head.createdAt >= from)
    .filter((head) => to === undefined || head.createdAt < to)
    .toSorted(byNewest);
}

function byNewest(a: PageCursor, b: PageCursor): number {
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt;
  if (a.workflowId === b.workflowId) return 0;
  return a.workflowId < b.workflowId ? 1 : -1;
}
