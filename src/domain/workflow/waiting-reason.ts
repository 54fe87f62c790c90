/** Why something waits: a closed set. The most telling one that applies is given, in this order of precedence within its kind. */
export const WAITING_REASONS = [
  // the whole workflow
  'paused',
  'operator',
  'reports',
  // its release
  'load-pause',
  'look-ahead',
  'lane-cap',
  // a step
  'dependency',
  'time',
  'retry',
  // until an event or its time-out
  'event',
  'queue-paused',
  'breaker-open',
  'canary',
  'rate-limit',
  'job-lost',
  // either
  'no-worker',
  'queue-position',
  'unknown',
] as const;
export type WaitingReason = (typeof WAITING_REASONS)[number];

/** One thing that waits, and what for. Times are epoch ms. */
export type Waiting = {
  /** null: the workflow as a whole. */
  readonly stepId: string | null;
  readonly reason: WaitingReason;
  /** Whom or what it waits for: a person, a service, a queue, a lane, steps. */
  readonly subject: string | null;
  readonly since: number | null;
  /** When this reason ends by itself; null: not by itself, or nobody knows. */
  readonly until: number | null;
  /** When it ends if all goes on as now; null: no estimate. */
  readonly estimatedAt: number | null;
  /** A sentence for people. */
  readonly detail: string;
  /** What would change it. */
  readonly action: string;
};

/** What every reason may leave out. */
export function waiting(
  stepId: string | null,
  reason: WaitingReason,
  facts: Partial<Omit<Waiting, 'stepId' | 'reason'>> & Pick<Waiting, 'detail' | 'action'>,
): Waiting {
  return { stepId, reason, subject: null, since: null, until: null, estimatedAt: null, ...facts };
}

/** '1 job', '2 jobs'. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
