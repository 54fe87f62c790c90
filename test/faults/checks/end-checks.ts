import type { RecordedEvent } from '#domain/workflow/events.ts';
import type { Evidence, Finding, Stored } from './evidence.ts';

/** Nothing that is not over stands still longer than this once nothing stands in its way (issue: 15 s after recovery). */
export const IDLE_LIMIT_MS = 15_000;

/** Every workflow ends as it must, and none stands still for too long on the way. */
export function endFindings({ starts, stored, healedAt }: Evidence): readonly Finding[] {
  const endings = new Map(starts.map(({ correlationId, ending }) => [correlationId, ending]));
  const findings: Finding[] = [];
  for (const [id, workflow] of stored) {
    const state = workflow.states.at(-1);
    if (state === undefined) {
      findings.push({ kind: 'lost', about: id, what: 'it has a head and no log' });
      continue;
    }
    const expected = endings.get(state.correlationId ?? '');
    if (workflow.moving) {
      findings.push({ kind: 'stuck', about: id, what: `it is still ${state.status}` });
    } else if (state.status !== expected) {
      const why = state.failure === null ? '' : `: ${state.failure.message}`;
      const what = `it ended ${state.status}, not ${expected ?? 'never asked for'}${why}`;
      findings.push({ kind: 'wrong', about: id, what });
    }
    const idleMs = healedAt === null ? 0 : longestIdleMs(workflow, healedAt);
    if (idleMs > IDLE_LIMIT_MS) {
      const what = `it stood still for ${(idleMs / 1000).toFixed(1)} s`;
      findings.push({ kind: 'stuck', about: id, what });
    }
  }
  return findings;
}

/** The longest time between two events of a log in which nothing was to be waited for. */
export function longestIdleMs({ log }: Pick<Stored, 'log'>, healedAt: number): number {
  let longest = 0;
  let dueAt = 0;
  for (const [index, { event, occurredAt }] of log.entries()) {
    dueAt = Math.max(dueAt, retryDueAt(event));
    const next = log[index + 1];
    if (next === undefined) break;
    longest = Math.max(longest, next.occurredAt - Math.max(occurredAt, healedAt, dueAt));
  }
  return longest;
}

function retryDueAt(event: RecordedEvent['event']): number {
  return 'nextRetryAt' in event ? (event.nextRetryAt ?? 0) : 0;
}
