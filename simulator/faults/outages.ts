import { z } from 'zod';
import { CATALOGUE } from '#simulator/services.ts';

/** A service that is away for a while: every call answered 503, or every connection reset. */
export const outageSchema = z.strictObject({
  service: z.string().refine((name) => CATALOGUE.has(name), { error: 'unknown service' }),
  /** From now; 0 ends an outage. */
  durationMs: z.int().min(0).max(86_400_000),
  as: z.enum(['unavailable', 'reset']).default('unavailable'),
});

export type OutageInput = z.input<typeof outageSchema>;
export type Outage = z.output<typeof outageSchema>;

export type Outages = {
  readonly begin: (outage: Outage) => void;
  /** How the service is away at present; null: it isn't. */
  readonly current: (service: string) => Outage['as'] | null;
};

/** Calls during an outage never reach the service: they are no attempts, and shift no later fault. */
export function createOutages(): Outages {
  const until = new Map<string, { readonly endsAt: number; readonly as: Outage['as'] }>();
  return {
    begin: ({ service, durationMs, as }) => {
      until.set(service, { endsAt: performance.now() + durationMs, as });
    },
    current: (service) => {
      const outage = until.get(service);
      if (!outage) return null;
      if (performance.now() < outage.endsAt) return outage.as;
      until.delete(service);
      return null;
    },
  };
}
