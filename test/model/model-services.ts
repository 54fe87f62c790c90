import type { Clock } from '#application/ports/clock.ts';
import type { CallResult, ServiceCall, ServiceCaller } from '#application/ports/service-caller.ts';
import { createEffectLedger, type EffectLedger } from '#test/model/effect-ledger.ts';
import { answered, LOST, replied, UNREACHABLE } from '#test/support/scripted-services.ts';

/** What becomes of a call. Where it does not apply (an undo that "says no") all goes well. */
export type Fate =
  | 'well'
  /** Refused for good, unless it was granted before. */
  | 'refuse'
  /** A reply that the step's failWhen takes for a no. */
  | 'say-no'
  /** The same, and a part was done. */
  | 'say-half'
  | 'busy'
  | 'ask-for-pause'
  | 'ask-who-is-there'
  | 'unreachable'
  | 'parked'
  /** The answer is lost: the request had its effect, never arrived, or arrives some time later. */
  | 'lose-answer'
  | 'lose-request'
  | 'delay-request'
  /** It had its effect, and what the service says of it can't be used. */
  | 'garble';

export type PendingCall = {
  readonly call: ServiceCall;
  /** Until when the request can be at work at the service, whether or not its caller waits; epoch ms. */
  worksUntil: number;
  /** When the caller gives up; epoch ms. */
  endsAt: number;
  /** The service has done what was asked: its answer may be lost, and is no other than yes. */
  isCarriedOut: boolean;
  readonly resolve: (result: CallResult) => void;
};

/** A request that nobody waits for any more, and that may still have its effect. */
export type DelayedCall = Pick<PendingCall, 'call' | 'worksUntil'>;

/** A fake of all services: a call stays under way until the model says what becomes of it. */
export type ModelServices = ServiceCaller & {
  readonly ledger: EffectLedger;
  readonly pending: readonly PendingCall[];
  /** All calls ever made, and whether each came after its own step had been undone. */
  readonly made: readonly { readonly call: ServiceCall; readonly tooLate: boolean }[];
  answer(pending: PendingCall, fate: Fate): void;
  /** Does what the call asks for, answers nobody. */
  carryOut(pending: PendingCall): void;
  /** A delayed request arrives. */
  arrive(pick: number): void;
  readonly delayed: readonly DelayedCall[];
  /** The wall clock jumped; how long a call takes is measured by another. */
  shift(ms: number): void;
};

const PARK_MS = 5000;
const PAUSE_MS = 5000;
const TIMEOUT_MS = 3000;

export function createModelServices(parts: {
  readonly clock: Clock;
  readonly serviceNames: readonly string[];
  /** Has the step a failWhen that knows `{ ok: false }`? */
  readonly mayRefuse: (call: ServiceCall) => boolean;
  /** That, and an undo? */
  readonly mayDoHalf: (call: ServiceCall) => boolean;
  readonly onCall: (call: ServiceCall) => void;
}): ModelServices {
  const { clock, serviceNames, mayRefuse, mayDoHalf, onCall } = parts;
  const ledger = createEffectLedger();
  let pending: PendingCall[] = [];
  let delayed: DelayedCall[] = [];
  const made: { readonly call: ServiceCall; readonly tooLate: boolean }[] = [];

  function call(asked: ServiceCall): Promise<CallResult> {
    const tooLate = !isUndo(asked) && ledger.isUndone(asked.idempotencyKey);
    made.push({ call: asked, tooLate });
    onCall(asked);
    return new Promise((resolve) => {
      const timeoutMs = asked.timeoutMs ?? TIMEOUT_MS;
      const endsAt = clock.now() + timeoutMs;
      const worksUntil = endsAt + timeoutMs;
      pending.push({ call: asked, endsAt, worksUntil, isCarriedOut: false, resolve });
    });
  }

  /** Those who ask for one effect at one time are told the same: a no to one of them is a no to all. */
  function answer(one: PendingCall, fate: Fate): void {
    const possible = one.isCarriedOut ? afterwards(fate) : fate;
    const result = isUndo(one.call) ? undo(one.call, possible) : doIt(one, possible);
    const isNo = result.kind !== 'parked' && !ledger.isApplied(one.call.idempotencyKey);
    const key = one.call.idempotencyKey;
    const isTold = (other: PendingCall) =>
      other === one || (isNo && isFinal(result) && other.call.idempotencyKey === key);
    const told = pending.filter(isTold);
    pending = pending.filter((other) => !isTold(other));
    for (const { resolve } of told) resolve(result);
  }

  function doIt({ call: asked, worksUntil }: PendingCall, fate: Fate): CallResult {
    const key = asked.idempotencyKey;
    switch (fate) {
      case 'refuse':
        return ledger.isApplied(key) ? yes(key) : answered(422);
      case 'say-no':
        return ledger.isApplied(key) || !mayRefuse(asked) ? grant(key) : replied({ ok: false });
      case 'say-half':
        if (!mayDoHalf(asked) || ledger.apply(key) === 'refused') return grant(key);
        return replied({ ok: false, id: `id of ${key}` });
      case 'lose-answer':
        ledger.apply(key);
        return LOST;
      case 'delay-request':
        delayed.push({ call: asked, worksUntil });
        return LOST;
      case 'garble': {
        ledger.apply(key);
        const errorType = 'DATA_INTEGRITY_ERROR';
        return { ...LOST, errorType, recoverable: false, status: 200 };
      }
      default:
        return trouble(fate, clock.now()) ?? grant(key);
    }
  }

  function grant(key: string): CallResult {
    return ledger.apply(key) === 'refused' ? answered(409) : yes(key);
  }

  function undo(asked: ServiceCall, fate: Fate): CallResult {
    const doKey = doKeyOf(asked);
    switch (fate) {
      case 'refuse':
        return ledger.isUndone(doKey) ? replied() : answered(409);
      case 'garble':
        return ledger.undo(doKey) === 'nothing' ? answered(404) : replied();
      case 'lose-answer':
        ledger.undo(doKey);
        return LOST;
      default: {
        const failure = trouble(fate, clock.now());
        if (failure === null) ledger.undo(doKey);
        return failure ?? replied();
      }
    }
  }

  return {
    ledger,
    made,
    get pending() {
      return pending;
    },
    get delayed() {
      return delayed;
    },
    call,
    answer,
    carryOut(one) {
      const { call: asked } = one;
      if (isUndo(asked)) ledger.undo(doKeyOf(asked));
      else if (ledger.apply(asked.idempotencyKey) === 'refused') return;
      one.isCarriedOut = true;
    },
    arrive(pick) {
      const late = delayed[pick % Math.max(1, delayed.length)];
      if (late === undefined) return;
      delayed = delayed.filter((other) => other !== late);
      if (clock.now() < late.worksUntil) ledger.apply(late.call.idempotencyKey);
    },
    shift(ms) {
      for (const one of pending) one.endsAt += ms;
      // put forward, the clock makes the engine believe that lost requests are over: who does that must see to it that they are
      for (const one of [...pending, ...delayed]) one.worksUntil += Math.min(0, ms);
    },
    breakers: () => [],
    catalogue: () => new Map(serviceNames.map((name) => [name, { operations: null }])),
    close: async () => {},
  };
}

/** What stands between a caller and any service; null: nothing. */
function trouble(fate: Fate, now: number): CallResult | null {
  switch (fate) {
    case 'busy':
      return answered(503);
    case 'ask-for-pause':
      return answered(429, PAUSE_MS);
    case 'ask-who-is-there':
      return answered(401);
    case 'unreachable':
      return UNREACHABLE;
    case 'parked':
      return { kind: 'parked', untilMs: now + PARK_MS, reason: 'open' };
    case 'lose-request':
      return LOST;
    default:
      return null;
  }
}

/** What can still become of a call that had its effect. */
function afterwards(fate: Fate): Fate {
  const isLost = fate === 'lose-answer' || fate === 'lose-request' || fate === 'delay-request';
  return isLost ? 'lose-answer' : 'well';
}

function yes(key: string): CallResult {
  return replied({ ok: true, id: `id of ${key}`, shared: SHARED_KEY });
}

/** By which services name what is one thing for all who ask. */
export const SHARED_KEY = 'the wave';

function isUndo({ idempotencyKey }: ServiceCall): boolean {
  return idempotencyKey.endsWith(':undo');
}

function doKeyOf({ idempotencyKey }: ServiceCall): string {
  return idempotencyKey.replace(/:undo$/, ':do');
}

/** Does the caller take it for an answer, so that he may not ask again? */
function isFinal(result: CallResult): boolean {
  return result.kind === 'replied' || (result.kind === 'failed' && result.outcome !== 'unknown');
}
