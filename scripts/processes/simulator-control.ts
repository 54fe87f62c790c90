import { z } from 'zod';
import type { WorkflowStatus } from '#domain/workflow/vocabulary.ts';
import type { EventsInput, FaultsInput, ScriptInput } from '#simulator/faults/config.ts';
import type { OutageInput } from '#simulator/faults/outages.ts';
import { askJson } from './http-json.ts';

const ledgerEntry = z.object({
  seq: z.int(),
  workflowId: z.string(),
  stepId: z.string(),
  kind: z.enum(['do', 'undo', 'noop']),
  service: z.string(),
  operation: z.string(),
  key: z.string(),
});
const entriesSchema = z.object({ entries: z.array(ledgerEntry) });

const checkSchema = z.object({
  ok: z.boolean(),
  workflows: z.int(),
  unlisted: z.int(),
  applied: z.int(),
  undone: z.int(),
  duplicated: z.int(),
  leftUndone: z.int(),
  offences: z.array(
    z.object({
      offence: z.string(),
      workflowId: z.string(),
      stepId: z.string(),
      detail: z.string(),
    }),
  ),
});

const statsSchema = z.object({
  calls: z.int(),
  replays: z.int(),
  faults: z.record(z.string(), z.int()),
});

export type LedgerEntry = z.output<typeof ledgerEntry>;
export type LedgerCheck = z.output<typeof checkSchema>;
export type SimulatorStats = z.output<typeof statsSchema>;
export type WorkflowOutcome = {
  readonly workflowId: string;
  readonly status: WorkflowStatus;
  /** The steps that must be undone when the workflow is; by default the simulator judges by its operations. */
  readonly compensable?: readonly string[];
  /** The engine's own order of completion, first to last; by default the order in which the services sent their answers. */
  readonly completionOrder?: readonly string[];
};

/** The control API of a running simulator. */
export type SimulatorControl = {
  readonly url: string;
  /** The effects of one workflow, in the order in which they happened. */
  ledger(workflowId: string): Promise<readonly LedgerEntry[]>;
  /** The effects of all workflows, in the order in which they happened. */
  effects(): Promise<readonly LedgerEntry[]>;
  /** Holds the ledger against what the engine says became of its workflows. */
  check(outcomes: readonly WorkflowOutcome[]): Promise<LedgerCheck>;
  stats(): Promise<SimulatorStats>;
  /** Replaces all faults. */
  setFaults(faults: FaultsInput): Promise<void>;
  /** Adds faults of chosen steps. */
  addScripts(...scripts: readonly ScriptInput[]): Promise<void>;
  /** From now on services send their events there; null: nowhere. */
  sendEvents(events: EventsInput | null): Promise<void>;
  /** Begins an outage; `durationMs: 0` ends it. */
  outage(outage: OutageInput): Promise<void>;
};

/** Entries of the ledger in one answer. */
const PAGE = 10_000;

export function simulatorControl(url: string): SimulatorControl {
  async function ask(path: string, body?: unknown): Promise<unknown> {
    const question = body === undefined ? {} : { method: 'POST' as const, body };
    const answer = await askJson(`${url}/_control/${path}`, question);
    if (answer.status === 200) return answer.body;
    throw new Error(`simulator: ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return {
    url,
    ledger: async (workflowId) =>
      entriesSchema.parse(await ask(`ledger?workflowId=${encodeURIComponent(workflowId)}`)).entries,
    async effects() {
      const all: LedgerEntry[] = [];
      for (let after = 0; ; after = all.length) {
        const page = entriesSchema.parse(await ask(`ledger?after=${after}&limit=${PAGE}`)).entries;
        all.push(...page);
        if (page.length < PAGE) return all;
      }
    },
    check: async (outcomes) => checkSchema.parse(await ask('ledger/check', outcomes)),
    stats: async () => statsSchema.parse(await ask('stats')),
    setFaults: async (faults) => void (await ask('faults', faults)),
    addScripts: async (...scripts) => void (await ask('scripts', scripts)),
    sendEvents: async (events) => void (await ask('events', events)),
    outage: async (outage) => void (await ask('outage', outage)),
  };
}
