import { WORKFLOW_STATUSES } from '#domain/workflow/vocabulary.ts';
import type { Tally } from './tally.ts';

const BAR_WIDTH = 24;

/** How far the orders have come. @param expected orders that will come */
export function progress(
  tally: Tally,
  expected: number,
  elapsedMs: number,
): { readonly bar: string; readonly plain: string } {
  const counts = tally.counts();
  const ended = counts.COMPLETED + counts.COMPENSATED + counts.CANCELLED + counts.FAILED;
  const present = WORKFLOW_STATUSES.filter((status) => counts[status] > 0);
  const figures = present.map((status) => `${counts[status]} ${status.toLowerCase()}`);
  const text = [...figures, `${tally.retries()} retries`].join(', ');
  const filled = Math.round((BAR_WIDTH * ended) / Math.max(1, expected));
  const bar = '#'.repeat(filled).padEnd(BAR_WIDTH, '.');
  const time = `${(elapsedMs / 1000).toFixed(0).padStart(3)} s`;
  return { bar: `[${bar}] ${ended}/${expected} ${text}`, plain: `${time}  ${text}` };
}
