import { eventsSchema, faultsSchema, scriptsSchema } from '#simulator/faults/config.ts';
import type {
  EventsInput,
  EventsSettings,
  Faults,
  FaultsInput,
  ScriptInput,
} from '#simulator/faults/config.ts';
import { createOutages, outageSchema } from '#simulator/faults/outages.ts';
import type { OutageInput, Outages } from '#simulator/faults/outages.ts';
import { createFaultPlan } from '#simulator/faults/plan.ts';
import type { FaultPlan } from '#simulator/faults/plan.ts';
import { createLedger } from '#simulator/ledger/ledger.ts';
import type { Ledger, LedgerEntry } from '#simulator/ledger/ledger.ts';
import { outcomesSchema } from '#simulator/ledger/outcome.ts';
import type { Outcome } from '#simulator/ledger/outcome.ts';
import { reportOn } from '#simulator/ledger/report.ts';
import type { LedgerReport } from '#simulator/ledger/report.ts';
import { parseOrThrow } from '#simulator/problems.ts';
import { createStats } from '#simulator/stats.ts';
import type { Stats, StatsReport } from '#simulator/stats.ts';
import { createTurns, type Turns } from '#simulator/turns.ts';

/** All that the simulated services remember. A call keeps to the world in which it arrived, through a reset as well. */
export type World = {
  readonly seed: number;
  readonly ledger: Ledger;
  readonly stats: Stats;
  readonly outages: Outages;
  readonly turns: Turns;
  /** Replaced when the faults are. */
  plan: FaultPlan;
  /** Where events go; null: nobody is told. */
  events: EventsSettings | null;
};

/** What tests and operators can do to the services and ask of them. Methods that take input throw InvalidInputError. */
export type Simulation = {
  readonly world: () => World;
  /** Entries in order of application: of one workflow. */
  readonly entriesOf: (workflowId: string) => readonly LedgerEntry[];
  /** Entries of all workflows after a seq (from 0), at most `limit`. */
  readonly entries: (after: number, limit: number) => readonly LedgerEntry[];
  readonly check: (outcomes: readonly Outcome[]) => LedgerReport;
  readonly stats: () => StatsReport;
  readonly faults: () => Faults;
  /** Replaces all faults, latencies and scripts. */
  readonly setFaults: (faults: FaultsInput) => void;
  /** Adds to the scripts. */
  readonly addScripts: (scripts: readonly ScriptInput[]) => void;
  /** From now on events go there; null: nobody is told. */
  readonly sendEvents: (events: EventsInput | null) => void;
  readonly beginOutage: (outage: OutageInput) => void;
  /** Forgets everything and goes back to the faults of the start. */
  readonly reset: () => void;
};

/** @throws InvalidInputError for faults that can't be */
export function createSimulation(
  seed: number,
  initialFaults: FaultsInput,
  initialEvents: EventsInput | null = null,
): Simulation {
  const initial = parseOrThrow(faultsSchema, initialFaults);
  const events = initialEvents && parseOrThrow(eventsSchema, initialEvents);
  let world = createWorld(seed, initial, events);
  return {
    world: () => world,
    entriesOf: (workflowId) => world.ledger.ofWorkflow(workflowId),
    entries: (after, limit) => world.ledger.entries(after, limit),
    check: (outcomes) => reportOn(world.ledger, parseOrThrow(outcomesSchema, outcomes)),
    stats: () => world.stats.report(),
    faults: () => world.plan.faults(),
    setFaults: (faults) => {
      world.plan = createFaultPlan(seed, parseOrThrow(faultsSchema, faults));
    },
    addScripts: (scripts) => world.plan.addScripts(parseOrThrow(scriptsSchema, scripts)),
    sendEvents: (to) => {
      world.events = to && parseOrThrow(eventsSchema, to);
    },
    beginOutage: (outage) => world.outages.begin(parseOrThrow(outageSchema, outage)),
    reset: () => {
      world = createWorld(seed, initial, events);
    },
  };
}

function createWorld(seed: number, faults: Faults, events: EventsSettings | null): World {
  return {
    seed,
    ledger: createLedger(),
    stats: createStats(),
    outages: createOutages(),
    turns: createTurns(),
    plan: createFaultPlan(seed, faults),
    events,
  };
}
