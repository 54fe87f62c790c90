import type { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { OVERDUE_SQL, WRITTEN_AFTER_SQL } from '#adapters/sqlite/heads.ts';
import { listQuery } from '#adapters/sqlite/list-query.ts';
import { connect } from '#adapters/sqlite/connection.ts';
import {
  AHEAD_SQL,
  CUT_OFF_SQL,
  LANES_SQL,
  ON_FLOOR_SQL,
  WAITING_SQL,
} from '#adapters/sqlite/release-line.ts';
import type { WorkflowFilter } from '#application/ports/workflow-store.ts';
import { temporaryFile } from '#test/adapters/sqlite/temporary-file.ts';

const AFTER = { createdAt: 5, workflowId: 'w' };

const leads: readonly (readonly [WorkflowFilter, string])[] = [
  [{}, 'workflows_by_creation'],
  [{ from: 1, to: 9 }, 'workflows_by_creation'],
  [{ status: ['FAILED'] }, 'workflows_by_status'],
  [{ status: ['FAILED', 'PENDING', 'PAUSED'] }, 'workflows_by_status'],
  [{ workflowType: 'PICKING' }, 'workflows_by_type'],
  [{ priority: 'HIGH' }, 'workflows_by_priority'],
  [{ correlationId: 'order-1' }, 'workflows_by_correlation'],
  [{ status: ['FAILED'], workflowType: 'PICKING', priority: 'LOW' }, 'workflows_by_status'],
  [{ workflowType: 'PICKING', priority: 'LOW', from: 1 }, 'workflows_by_type'],
  [
    { correlationId: 'order-1', status: ['FAILED', 'PENDING'], workflowType: 'PICKING', to: 9 },
    'workflows_by_correlation',
  ],
];

for (const [filter, index] of leads) {
  test(`the list by ${JSON.stringify(filter)} reads ${index} in the order of the page`, (t) => {
    for (const after of [null, AFTER]) {
      const { sql, parameters } = listQuery(filter, after, 10);
      const plan = explain(t, sql, parameters);
      const reads = plan.filter((line) => /^(SEARCH|SCAN)/.test(line));
      t.is(reads.length, filter.correlationId === undefined ? (filter.status?.length ?? 1) : 1);
      for (const line of reads) t.regex(line, new RegExp(`USING (COVERING )?INDEX ${index}\\b`));
      t.false(
        plan.some((line) => line.includes('TEMP B-TREE')),
        plan.join('\n'),
      );
    }
  });
}

test('a later page begins at its cursor, also within a span of time', (t) => {
  const { sql, parameters } = listQuery({ status: ['FAILED'], to: 9 }, AFTER, 10);
  const [line = ''] = explain(t, sql, parameters);
  t.true(line.includes('(status=? AND (created_at,workflow_id)<(?,?))'), line);
});

test('what is overdue is read from the index of times alone', (t) => {
  const [line = '', ...others] = explain(t, OVERDUE_SQL, {});
  t.regex(
    line,
    /USING INDEX workflows_by_wake \(wake_at>\? AND wake_at<\?\)|USING INDEX workflows_by_wake \(wake_at<\?\)/,
  );
  t.deepEqual(others, []);
});

test('what was written ahead is read from the index of times alone', (t) => {
  const [line = '', ...others] = explain(t, WRITTEN_AFTER_SQL, {});
  t.regex(line, /USING INDEX workflows_by_wake \(wake_at>\?\)/);
  t.deepEqual(others, []);
});

const releases = [
  ['lanes are summed up', LANES_SQL, 'workflows_by_lane'],
  ['the line of a lane', WAITING_SQL, 'workflows_by_lane'],
  ['the floor of a lane, by its statuses', ON_FLOOR_SQL, 'workflows_by_lane'],
  ['a place in the line', AHEAD_SQL, 'workflows_by_lane'],
  ['the next cut-offs', CUT_OFF_SQL, 'workflows_by_cut_off'],
] as const;

for (const [what, sql, index] of releases) {
  test(`${what}: read from ${index} alone, in its order`, (t) => {
    const [line = '', ...others] = explain(t, sql, {});
    t.regex(line, new RegExp(`USING (COVERING )?INDEX ${index}\\b`));
    t.deepEqual(others, []);
  });
}

/** The steps of SQLite's plan, the merging of arms included. */
function explain(
  t: ExecutionContext,
  sql: string,
  parameters: ReturnType<typeof listQuery>['parameters'],
): readonly string[] {
  const database: DatabaseSync = connect(temporaryFile(t));
  t.teardown(() => database.close());
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(parameters);
  return plan.map((row) => String(row['detail']));
}
