import type { Logger } from '#application/ports/logger.ts';

/** Turns a stream of failed attempts into two lines: one when it breaks, one when it works again. */
export type OutageLog = {
  readonly failed: (error: Error) => void;
  readonly recovered: () => void;
};

/** @param what the thing that breaks, as the subject of the sentence, such as "Redis connection 'web'" */
export function createOutageLog(logger: Logger, what: string): OutageLog {
  let outage: { since: number; attempts: number } | null = null;
  return {
    failed(error) {
      if (outage !== null) {
        outage.attempts += 1;
        return;
      }
      outage = { since: performance.now(), attempts: 1 };
      logger.warn(`${what} is down; retrying`, { error });
    },
    recovered() {
      if (outage === null) return;
      const downMs = Math.round(performance.now() - outage.since);
      logger.info(`${what} is back`, { downMs, attempts: outage.attempts });
      outage = null;
    },
  };
}
