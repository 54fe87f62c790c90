import { Gauge, type Registry } from '@prometheus-io/client';

/** @returns makes gauges of this registry, under the engine's prefix */
export function gaugeMaker(registry: Registry) {
  return <L extends string>(name: string, help: string, ...labelNames: L[]): Gauge<L> =>
    new Gauge({ name: `wes_${name}`, help, labelNames, registers: [registry] });
}
