import { createCallMeter, type CallMeter } from '#adapters/http/call-meter.ts';
import type { InstanceAddress } from '#adapters/http/service-registry.ts';

/** An instance of a service and what this process has to do with it now. */
export type Instance = {
  readonly address: InstanceAddress;
  readonly meter: CallMeter;
  /** epoch ms until which others are preferred */
  avoidUntil: number;
};

/**
 * How long an instance that could not be reached is passed over while there are others. It fails at once, so it is always the
 * least loaded: without a pause one dead instance of two would draw nearly every call.
 */
const AVOID_MS = 5000;

export function createInstances(addresses: readonly InstanceAddress[]): readonly Instance[] {
  return addresses.map((address) => ({ address, meter: createCallMeter(), avoidUntil: 0 }));
}

/**
 * The instance for the next call: the least calls under way, in turn among equals; one that could not be reached lately only
 * when all could not.
 * @param instances at least one
 * @param turn counts the calls
 * @param now epoch ms
 */
export function pickInstance(
  instances: readonly Instance[],
  turn: number,
  now: number,
): Instance | undefined {
  let best: Instance | undefined;
  for (let offset = 0; offset < instances.length; offset += 1) {
    const candidate = instances[(turn + offset) % instances.length];
    if (candidate && (best === undefined || isBetter(candidate, best, now))) best = candidate;
  }
  return best;
}

/** Notes that an instance could not be reached. */
export function avoid(instance: Instance, now: number): void {
  instance.avoidUntil = now + AVOID_MS;
}

function isBetter(a: Instance, b: Instance, now: number): boolean {
  const aAvoided = isAvoided(a, now);
  if (aAvoided !== isAvoided(b, now)) return !aAvoided;
  return a.meter.inFlight < b.meter.inFlight;
}

/** A clock that was set back must not keep an instance out for longer than the pause. */
function isAvoided(instance: Instance, now: number): boolean {
  return now < instance.avoidUntil && instance.avoidUntil - now <= AVOID_MS;
}
