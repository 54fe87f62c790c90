/** What was answered: an HTTP status, or `reset` where the connection was broken instead. */
export type AnswerKind = number | 'reset';

export type Stats = {
  readonly count: (service: string, operation: string, answer: AnswerKind) => void;
  /** An answer given again from memory. */
  readonly replayed: () => void;
  /** A late `do`, refused after its undo. */
  readonly refused: () => void;
  readonly struck: (faultKind: string) => void;
  readonly report: () => StatsReport;
};

export type StatsReport = {
  readonly calls: number;
  readonly replays: number;
  readonly refusals: number;
  /** faults by kind */
  readonly faults: Readonly<Record<string, number>>;
  /** service, operation (`-` where none was reached), answer: number of calls */
  readonly services: Readonly<Record<string, Readonly<Record<string, Record<string, number>>>>>;
};

export function createStats(): Stats {
  const services: Record<string, Record<string, Record<string, number>>> = {};
  const faults: Record<string, number> = {};
  let calls = 0;
  let replays = 0;
  let refusals = 0;
  return {
    count: (service, operation, answer) => {
      calls += 1;
      const answers = ((services[service] ??= {})[operation] ??= {});
      answers[answer] = (answers[answer] ?? 0) + 1;
    },
    replayed: () => {
      replays += 1;
    },
    refused: () => {
      refusals += 1;
    },
    struck: (faultKind) => {
      faults[faultKind] = (faults[faultKind] ?? 0) + 1;
    },
    report: () => structuredClone({ calls, replays, refusals, faults, services }),
  };
}
