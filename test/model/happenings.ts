import fc from 'fast-check';
import type { OperatorCommandType } from '#domain/workflow/commands.ts';
import type { Fate } from '#test/model/model-services.ts';
import type { Doom } from '#test/model/mortal-process.ts';
import { weighted } from '#test/support/domain-arbitraries.ts';

/** What an operator can ask for; `start` belongs to the waveless releaser, and what is about lanes to its tests. */
export type OperatorWish =
  Exclude<OperatorCommandType, 'start' | 'enableWaveless'> | 'cancelAndCompensate';

/** One thing that happens to the cluster; numbers pick among whatever there is. */
export type Happening = (
  | { readonly what: 'start'; readonly key: number; readonly body: number }
  | { readonly what: 'deliver' | 'deliver-any' | 'forge'; readonly pick: number }
  | { readonly what: 'answer'; readonly pick: number; readonly fate: Fate }
  | { readonly what: 'carry-out' | 'arrive' | 'lose'; readonly pick: number }
  | { readonly what: 'tick'; readonly ms: number; readonly fate: Fate }
  | { readonly what: 'jump'; readonly ms: number }
  | { readonly what: 'sweep' | 'find-stalled' | 'flush' | 'queue-away' | 'queue-back' | 'die' }
  | { readonly what: 'doom'; readonly doom: Doom }
  | {
      readonly what: 'event';
      readonly pick: number;
      readonly step: number;
      readonly name: number;
      readonly twin: number;
    }
  | { readonly what: 'event-again'; readonly pick: number }
  | {
      readonly what: 'operate';
      readonly wish: OperatorWish;
      readonly pick: number;
      readonly step: number;
    }
) & {
  /** Which process it happens in, where it is one. */
  readonly process: number;
  /** The next thing happens before this one has come to its end. */
  readonly hurried: boolean;
};

const anyFate = weighted<Fate>({
  well: 14,
  refuse: 2,
  'say-no': 2,
  'say-half': 2,
  busy: 2,
  'ask-for-pause': 1,
  'ask-who-is-there': 1,
  unreachable: 1,
  parked: 1,
  'lose-answer': 3,
  'lose-request': 2,
  'delay-request': 2,
  garble: 1,
});

/** What becomes of a call whose time is up. */
const anyLoss = fc.constantFrom<Fate>('lose-answer', 'lose-request', 'delay-request');

const anyWish = weighted<OperatorWish>({
  pause: 3,
  resume: 4,
  cancel: 1,
  cancelAndCompensate: 2,
  compensate: 2,
  retry: 3,
  retryStep: 2,
  skipStep: 1,
  executeStep: 2,
});

const pick = fc.nat(29);
const where = { process: fc.nat(1), hurried: weighted({ no: 3, yes: 1 }).map((a) => a === 'yes') };

function happening<T>(weight: number, parts: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  const arbitrary = fc.tuple(fc.record<T>(parts), fc.record(where));
  return { weight, arbitrary: arbitrary.map(([own, place]) => ({ ...own, ...place })) };
}

const what = <W extends Happening['what']>(...names: W[]) => fc.constantFrom(...names);

/** Without a bias to small numbers: they mean nothing here but which. */
export const anyHappening: fc.Arbitrary<Happening> = fc.noBias(
  fc.oneof(
    happening(4, {
      what: what('start'),
      key: fc.nat(3),
      body: weighted({ 0: 5, 1: 1 }).map(Number),
    }),
    happening(34, { what: what('deliver'), pick }),
    happening(3, { what: what('deliver-any', 'forge'), pick }),
    happening(30, { what: what('answer'), pick, fate: anyFate }),
    happening(3, { what: what('carry-out', 'arrive', 'lose'), pick }),
    happening(10, {
      what: what('tick'),
      ms: fc.oneof(
        { weight: 12, arbitrary: fc.nat(1500) },
        { weight: 6, arbitrary: fc.nat(9000) },
        { weight: 1, arbitrary: fc.constant(400_000) },
      ),
      fate: anyLoss,
    }),
    happening(1, { what: what('jump'), ms: fc.constantFrom(-3_600_000, -2000, 2000, 3_600_000) }),
    happening(6, { what: what('sweep') }),
    happening(4, { what: what('die', 'find-stalled', 'find-stalled') }),
    happening(2, { what: what('flush', 'queue-away', 'queue-back', 'queue-back') }),
    happening(3, {
      what: what('doom'),
      doom: fc.constantFrom<Doom>(
        'store-away',
        'die-before-commit',
        'die-after-commit',
        'cut-dispatch',
      ),
    }),
    happening(8, {
      what: what('event'),
      pick,
      step: pick,
      name: fc.nat(7),
      twin: weighted({ 0: 4, 1: 1 }).map(Number),
    }),
    happening(2, { what: what('event-again'), pick }),
    happening(9, { what: what('operate'), wish: anyWish, pick, step: pick }),
  ),
);
