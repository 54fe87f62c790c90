import type {
  EngineOptions,
  EngineProcesses,
} from '../../../scripts/processes/engine-processes.ts';
import type { EngineStore } from '#application/ports/engine-store.ts';
import type { ServerKind } from '../../../scripts/servers/server.ts';
import type { Start } from '../checks/evidence.ts';
import type { Orders } from './orders.ts';
import type { Placing, StartPlan } from './place-starts.ts';

/** One fault, or a group of them: how the engine is set up, and what happens to it. */
export type FaultCase = {
  /** By which it is chosen: `--only a,c`. */
  readonly letter: string;
  readonly title: string;
  /** Begun before the others: it takes the longest. */
  readonly slow?: boolean;
  /** The stores that it makes sense on; by default all. */
  readonly stores?: readonly string[];
  /** What differs from the setup that all cases share. */
  readonly setup?: (plan: Plan) => EngineOptions | Promise<EngineOptions>;
  /**
   * Loads the engine and lets the fault happen.
   * @returns when it was over, and nothing stood in the engine's way any more: recovery is measured from then
   */
  readonly play: (trial: Trial) => Promise<Healed>;
  /** A server that it starts for itself; where that can't be had the case is skipped. */
  readonly needs?: ServerKind;
  /** Times in the logs mean nothing. */
  readonly clockMoves?: boolean;
};

/** What a case knows before its engine runs. */
export type Plan = {
  /** The full shape, rather than the one that CI has time for. */
  readonly long: boolean;
  readonly seed: number;
  /** Numbers in [0, 1), the same for the same seed and case. */
  readonly random: () => number;
  /** A folder of its own, beside that of the engine. */
  readonly folder: string;
  /** Done after the engine has ended, however the case went. */
  readonly atEnd: (work: () => Promise<void>) => void;
};

export type Trial = Plan & {
  readonly engine: EngineProcesses;
  readonly orders: Orders;
  /** Begins to send starts; may be called several times. */
  readonly place: (plan: StartPlan) => Placing;
  /** All starts sent so far. */
  readonly starts: () => readonly Start[];
  /** Takes note of a start that the case has sent by itself. */
  readonly record: (start: Start) => void;
  /** Takes note of what is not as it must be; the case goes on. */
  readonly blame: (what: string) => void;
  /** Resolves once all that was accepted so far has ended, or patience has. */
  readonly settled: () => Promise<void>;
  /** A reader of the engine's store. */
  readonly store: EngineStore;
};

export type Healed = {
  readonly epochMs: number;
  readonly tick: number;
  /** How long all that was accepted took to end from then; by default until nothing moved any more. */
  readonly recoveredMs?: number;
};

/** Now. */
export function healed(): Healed {
  return { epochMs: Date.now(), tick: performance.now() };
}
