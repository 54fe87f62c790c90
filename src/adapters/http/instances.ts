import { createCallMeter, type CallMeter } from '#adapters/http/call-meter.ts';
import type { InstanceAddress } from '#adapters/http/service-registry.ts';
import type { ServiceLoad } from '#application/ports/load-board.ts';
import {
  chooseInstance,
  GOOD_STANDING,
  isEjected,
  type Standing,
} from '#domain/policy/instance-choice.ts';

/** An instance of a service, what this process has to do with it, and what the monitor says of it. */
export type Instance = {
  readonly address: InstanceAddress;
  readonly meter: CallMeter;
  standing: Standing;
  /** 0..100; null: unknown */
  freeCapacity: number | null;
  acceptsWork: boolean;
  weight: number;
};

export function createInstances(addresses: readonly InstanceAddress[]): readonly Instance[] {
  return addresses.map((address) => ({
    address,
    meter: createCallMeter(),
    standing: GOOD_STANDING,
    freeCapacity: null,
    acceptsWork: true,
    weight: 1,
  }));
}

/**
 * The instance for the next call.
 * @param turn counts the calls
 * @param now epoch ms
 */
export function pickInstance(
  instances: readonly Instance[],
  turn: number,
  now: number,
): Instance | undefined {
  // nearly all services have one: there is nothing to weigh
  if (instances.length === 1) return instances[0];
  const candidates = instances.map((instance) => {
    const { standing, freeCapacity, acceptsWork, weight, meter } = instance;
    return { instance, standing, freeCapacity, acceptsWork, weight, inFlight: meter.inFlight };
  });
  return chooseInstance(candidates, turn, Math.random, now)?.instance;
}

/** Is it passed over while others serve? What it still answers then says nothing of the service. */
export function isPassedOver(
  instance: Instance,
  instances: readonly Instance[],
  now: number,
): boolean {
  if (!isEjected(instance.standing, now)) return false;
  const others = instances.filter((each) => each !== instance);
  return others.some(({ standing }) => !isEjected(standing, now));
}

/** Takes in what the monitor says; null: nothing current, each instance is treated alike. */
export function steerInstances(instances: readonly Instance[], load: ServiceLoad | null): void {
  for (const instance of instances) {
    const known = load?.instances.find(({ url }) => url === instance.address.url);
    const score = known?.score ?? null;
    instance.freeCapacity = score === null ? null : Math.max(0, 100 - score);
    instance.acceptsWork = known?.acceptsWork ?? true;
    instance.weight = known?.weight ?? 1;
  }
}
