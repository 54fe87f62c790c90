import type { SQLInputValue } from 'node:sqlite';
import type { PageCursor, WorkflowFilter } from '#application/ports/workflow-store.ts';
import { HEAD_COLUMNS } from '#adapters/sqlite/head-row.ts';

export type Query = {
  readonly sql: string;
  readonly parameters: Record<string, SQLInputValue>;
};

/** Filters that have an index, the most selective first: the first one given leads, the others are checked row by row. */
const LEADERS = ['correlation_id', 'status', 'workflow_type', 'priority'] as const;

/**
 * The query of one page, newest first. It always reads an index in the order of the page and stops at the limit: no sort,
 * no scan, whatever page it is. SQLite is not left to guess which index: a `+` before a column keeps it out of the choice.
 * @param filter without an empty list of statuses
 */
export function listQuery(filter: WorkflowFilter, after: PageCursor | null, limit: number): Query {
  const statuses = [...new Set(filter.status)];
  const parameters: Query['parameters'] = { limit };
  const conditions = new Map<string, string>();

  function equal(column: string, value: string | undefined): void {
    if (value === undefined) return;
    parameters[column] = value;
    conditions.set(column, `${column} = $${column}`);
  }

  equal('correlation_id', filter.correlationId);
  equal('workflow_type', filter.workflowType);
  equal('priority', filter.priority);
  statuses.forEach((status, index) => (parameters[`status${index}`] = status));
  const statusNames = statuses.map((_, index) => `$status${index}`);
  if (statuses.length > 0) conditions.set('status', `status IN (${statusNames.join(', ')})`);

  const leader = LEADERS.find((column) => conditions.has(column));
  const checked = [...conditions]
    .filter(([column]) => column !== leader)
    .map(([, sql]) => `+${sql}`);
  const common = [...checked, ...range(filter, after, parameters)];

  // Several statuses are as many index ranges, each in order: SQLite merges the arms as it reads them.
  const arms =
    leader === 'status'
      ? statusNames.map((name) => `status = ${name}`)
      : [leader === undefined ? undefined : conditions.get(leader)];
  const selects = arms.map((arm) => {
    const all = [...(arm === undefined ? [] : [arm]), ...common];
    const where = all.length > 0 ? ` WHERE ${all.join(' AND ')}` : '';
    return `SELECT ${HEAD_COLUMNS.join(', ')} FROM workflows${where}`;
  });
  const sql = `${selects.join(' UNION ALL ')} ORDER BY created_at DESC, workflow_id DESC LIMIT $limit`;
  return { sql, parameters };
}

/** Bounds of the index range. Of cursor and `to` only the tighter: with both SQLite might begin every page at `to`. */
function range(
  { from, to }: WorkflowFilter,
  after: PageCursor | null,
  parameters: Query['parameters'],
): string[] {
  const bounds: string[] = [];
  if (from !== undefined) {
    parameters['from'] = from;
    bounds.push('created_at >= $from');
  }
  if (after !== null && (to === undefined || after.createdAt < to)) {
    parameters['afterCreatedAt'] = after.createdAt;
    parameters['afterId'] = after.workflowId;
    bounds.push('(created_at, workflow_id) < ($afterCreatedAt, $afterId)');
  } else if (to !== undefined) {
    parameters['to'] = to;
    bounds.push('created_at < $to');
  }
  return bounds;
}
