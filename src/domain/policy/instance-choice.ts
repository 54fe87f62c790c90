/**
 * Which instance of a service gets the next call: the least loaded of those that accept work (SPEC 4), of many the better of two
 * taken at random (M. Mitzenmacher, The Power of Two Choices, 2001: nearly as even as asking all, and no herd on one instance).
 */

/** How an instance has answered lately, as one process sees it. */
export type Standing = {
  /** Failures in a row. */
  readonly failures: number;
  /** How often in a row it was ejected. */
  readonly ejections: number;
  /** epoch ms until which others are preferred, and how long that was from its beginning; 0: never ejected since it last answered well */
  readonly ejectedUntil: number;
  readonly ejectedForMs: number;
};

export type Candidate = {
  readonly standing: Standing;
  /** Calls of this process under way. */
  readonly inFlight: number;
  /** Of its latest reading, 0..100; null: unknown. */
  readonly freeCapacity: number | null;
  readonly acceptsWork: boolean;
  /** Moved by a rebalancing; 1 by default. */
  readonly weight: number;
};

/** `unreachable`: there was nobody to answer. `neutral` says nothing of the instance. */
export type InstanceOutcome = 'success' | 'failure' | 'unreachable' | 'neutral';

export const GOOD_STANDING: Standing = {
  failures: 0,
  ejections: 0,
  ejectedUntil: 0,
  ejectedForMs: 0,
};

/** Fewer than a breaker needs to open (SPEC 3: 5 in a row): one bad instance must not cost the service. */
const FAILURES_TO_EJECT = 3;
const EJECTION_MS = 30_000;
const LONGEST_EJECTION_MS = 300_000;

/**
 * Who can't be reached fails at once, so is always the least loaded: without a pause one dead instance of two would draw nearly
 * every call. A short one, for it may only be starting.
 */
const UNREACHABLE_MS = 5000;

/** More candidates than that are many. */
const FEW = 4;

/** Of an instance of which nothing is known: neither shunned nor overrun. */
const ASSUMED_CAPACITY = 50;
/** Even a full instance gets some calls while others are no better. */
const LEAST_CAPACITY = 5;

/** Is it passed over for now? A clock that was set back must not keep it out for longer than its ejection. */
export function isEjected({ ejectedUntil, ejectedForMs }: Standing, now: number): boolean {
  return now < ejectedUntil && ejectedUntil - now <= ejectedForMs;
}

/**
 * The standing after a call. Three failures in a row eject an instance for 30 s; when it is back one more failure ejects it again,
 * for twice as long each time, up to five minutes. A success restores it.
 */
export function afterCall(standing: Standing, outcome: InstanceOutcome, now: number): Standing {
  if (outcome === 'neutral') return standing;
  if (outcome === 'success') return standing.failures === 0 ? standing : GOOD_STANDING;
  const failures = standing.failures + 1;
  if (isEjected(standing, now)) return { ...standing, failures };
  if (failures >= FAILURES_TO_EJECT) {
    const forMs = Math.min(EJECTION_MS * 2 ** standing.ejections, LONGEST_EJECTION_MS);
    return ejected(failures, standing.ejections + 1, forMs, now);
  }
  if (outcome === 'unreachable') return ejected(failures, standing.ejections, UNREACHABLE_MS, now);
  return { ...standing, failures };
}

/**
 * The candidate for the next call; undefined: there is none.
 * @param turn counts the calls: equals are taken in turn
 * @param random 0..1, for choices among many
 */
export function chooseInstance<T extends Candidate>(
  candidates: readonly T[],
  turn: number,
  random: () => number,
  now: number,
): T | undefined {
  const inService = candidates.filter(({ standing }) => !isEjected(standing, now));
  const willing = inService.filter(({ acceptsWork }) => acceptsWork);
  // nobody is well: a call that may fail is better than none that can't succeed
  const among = [willing, inService, candidates].find((group) => group.length > 0) ?? [];
  return best(among.length > FEW ? twoOf(among, random) : inTurn(among, turn));
}

function best<T extends Candidate>(among: readonly T[]): T | undefined {
  let found: T | undefined;
  for (const candidate of among) {
    if (found === undefined || pressure(candidate) < pressure(found)) found = candidate;
  }
  return found;
}

/**
 * Calls that it would have under way for what it can take. Readings are seconds old: without our own calls all would go to the
 * instance that was the least loaded then.
 */
function pressure({ inFlight, freeCapacity, weight }: Candidate): number {
  return (inFlight + 1) / (Math.max(LEAST_CAPACITY, freeCapacity ?? ASSUMED_CAPACITY) * weight);
}

function inTurn<T>(among: readonly T[], turn: number): readonly T[] {
  const first = among.length === 0 ? 0 : turn % among.length;
  return [...among.slice(first), ...among.slice(0, first)];
}

function twoOf<T>(among: readonly T[], random: () => number): readonly T[] {
  const one = Math.floor(random() * among.length) % among.length;
  const other = (one + 1 + Math.floor(random() * (among.length - 1))) % among.length;
  return [one, other].flatMap((index) => among[index] ?? []);
}

function ejected(failures: number, ejections: number, forMs: number, now: number): Standing {
  return { failures, ejections, ejectedUntil: now + forMs, ejectedForMs: forMs };
}
