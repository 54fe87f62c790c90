import { breakerStatus } from '#application/breaker-status.ts';
import type { BreakerRegister } from '#application/ports/breaker-board.ts';
import type { BreakerStatus, CallResult } from '#application/ports/service-caller.ts';
import {
  admit,
  closedBreaker,
  settle,
  type Admission,
  type BreakerConfig,
  type BreakerState,
  type CallOutcome,
  type Ticket,
} from '#domain/policy/circuit-breaker.ts';

/** A breaker went from one state to another, by what happened here or in another process. */
export type BreakerChange = {
  readonly serviceName: string;
  readonly from: BreakerState['kind'];
  readonly to: BreakerState['kind'];
  /** epoch ms */
  readonly at: number;
  /** Why it opened, and until when (epoch ms); null unless it did. */
  readonly reason: string | null;
  readonly openUntil: number | null;
};

/** Conflicts in a row after which a move is left to whoever makes so many. */
const MAX_CONFLICTS = 10;
const ASK_AGAIN_MS = 100;

/**
 * The breaker of one service, as this process sees it.
 *
 * Who owns what: the register holds the state that all processes share; `#state` mirrors it, with the outcomes that this process
 * remembers while it is closed; `#seen` is what the register held last.
 *
 * 1. A call through a closed breaker, and one that an open breaker parks, asks nobody: no round trip.
 * 2. A move between states takes effect here at once and is then agreed on. Who comes second takes the state of the first and
 *    makes its own move on that: three probes are three over all processes, and each that succeeds counts.
 * 3. Agreements of one breaker follow one another: a process never conflicts with itself.
 * 4. While the register is away the process goes on by its own lights, and tells what came of it when the register is back. The
 *    later generation holds then, the register's of equals.
 * 5. What another process agreed on is learnt with `sync`, about once a second; the queue that an open breaker parks stops the others
 *    at once.
 */
export class ServiceBreaker {
  readonly #serviceName: string;
  readonly #config: BreakerConfig;
  readonly #register: BreakerRegister;
  readonly #onChange: (change: BreakerChange) => void;
  #state: BreakerState;
  #seen: BreakerState | null = null;
  #ahead = false;
  #agreements = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    serviceName: string,
    config: BreakerConfig,
    now: number,
    register: BreakerRegister,
    onChange: (change: BreakerChange) => void,
  ) {
    this.#serviceName = serviceName;
    this.#config = config;
    this.#register = register;
    this.#onChange = onChange;
    this.#state = closedBreaker(now);
  }

  /** May a call be made? null: that must be agreed on, `ask`. */
  admit(now: number): Admission | null {
    const admission = admit(this.#state, this.#config, now);
    return admission.state === this.#state ? admission : null;
  }

  /** Leave for a probe, agreed on with all processes. */
  async ask(now: () => number): Promise<Admission> {
    let admission: Admission | null = null;
    const agreed = await this.#agree(now, (state) => {
      admission = admit(state, this.#config, now());
      return admission.state;
    });
    if (agreed && admission !== null) return admission;
    const reason = 'breaker half-open: many ask at once';
    return { kind: 'parked', state: this.#state, until: now() + ASK_AGAIN_MS, reason };
  }

  /** @returns what to wait for where others must agree; null: it is done */
  settle(ticket: Ticket, outcome: CallOutcome, now: () => number): Promise<unknown> | null {
    const at = now();
    const move = (state: BreakerState) => settle(state, ticket, outcome, this.#config, at);
    const next = move(this.#state);
    if (next === this.#state) return null;
    if (next.kind === 'closed' && this.#state.kind === 'closed') {
      this.#state = next;
      return null;
    }
    // a half-open breaker counts what other processes say as well: its moves are made on the state that all agree on
    const opens = this.#state.kind === 'closed';
    if (opens) this.#become(next, at);
    const agreed = this.#agree(now, (state) => (state === next ? state : move(state)));
    return opens ? null : agreed;
  }

  status(now: number): BreakerStatus {
    return breakerStatus(this.#serviceName, this.#state, now);
  }

  /** How many agreements were begun: a reading of the register from before one of them is old. */
  agreements(): number {
    return this.#agreements;
  }

  /** Takes in what the register holds, or puts there what it lost or never heard. */
  sync(current: BreakerState | null, now: () => number): Promise<unknown> {
    const turn = this.#last.then(() => this.#takeIn(current, now));
    this.#last = turn;
    return turn;
  }

  async #takeIn(current: BreakerState | null, now: () => number): Promise<void> {
    const isNews = !this.#ahead || (current?.generation ?? -1) >= this.#state.generation;
    if (current !== null && isNews) {
      this.#ahead = false;
      this.#adopt(current, now());
    } else if (this.#ahead || this.#state.kind !== 'closed') {
      this.#seen = current;
      await this.#takeTurn(now, (state) => state);
    }
  }

  /**
   * Makes a move on the state that all agree on, or on our own while the register is away.
   * @returns false: too many others moved it meanwhile, nothing was done
   */
  #agree(now: () => number, move: (state: BreakerState) => BreakerState): Promise<boolean> {
    this.#agreements += 1;
    const turn = this.#last.then(() => this.#takeTurn(now, move));
    this.#last = turn;
    return turn;
  }

  async #takeTurn(
    now: () => number,
    move: (state: BreakerState) => BreakerState,
  ): Promise<boolean> {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
      const before = this.#state;
      const next = move(before);
      if (next === before && isSame(next, this.#seen)) return true;
      const answer = await this.#register.replace(this.#serviceName, this.#seen, next);
      if (answer.kind === 'other') {
        this.#seen = answer.current;
        if (answer.current !== null) this.#adopt(answer.current, now());
        continue;
      }
      this.#ahead = answer.kind === 'away';
      if (answer.kind === 'replaced') this.#seen = next;
      // a closed breaker goes on counting meanwhile, and may have opened
      if (this.#state === before) this.#become(next, now());
      return true;
    }
    return false;
  }

  #adopt(current: BreakerState, now: number): void {
    this.#seen = current;
    const unchanged =
      current.kind === this.#state.kind && current.generation === this.#state.generation;
    if (current.kind !== 'closed' || !unchanged) this.#become(current, now);
  }

  #become(next: BreakerState, now: number): void {
    const from = this.#state.kind;
    this.#state = next;
    if (from === next.kind) return;
    const { reason, until } = next.kind === 'open' ? next : { reason: null, until: null };
    this.#onChange({
      serviceName: this.#serviceName,
      from,
      to: next.kind,
      at: now,
      reason,
      openUntil: until,
    });
  }
}

/** Is this the state that the register holds? Outcomes are not kept there. */
function isSame(state: BreakerState, seen: BreakerState | null): boolean {
  return state === seen || (state.kind === 'closed' && seen?.generation === state.generation);
}

/**
 * What a call says of the service's health. Failures worth a retry count against it; an answer that refuses the request is an
 * answer all the same. 429 asks for patience, and a request that never left for a fault of its own says nothing.
 */
export function breakerOutcome(result: CallResult): CallOutcome {
  if (result.kind === 'replied') return 'success';
  if (result.kind === 'parked' || result.status === 429) return 'neutral';
  if (result.recoverable) return 'failure';
  return result.status === null ? 'neutral' : 'success';
}
